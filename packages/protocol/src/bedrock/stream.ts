// Streamed responses: event-stream frames as events that say what is text, what is a tool call and what
// ends what, for ConverseStream and for the chunks of each family of InvokeModelWithResponseStream. A frame
// that is not changed is passed on as it came.

import { encodeMessage, type Frame } from "../event-stream/frame.ts";
import type { ModelDescription } from "./model.ts";
import type { OperationMatch } from "./operation.ts";
import { chunkEvents } from "./stream-chunk.ts";
import {
  holdsOpaque,
  inspect,
  isJsonObject,
  type JsonObject,
  othersOf,
  PADDING,
  type StreamEvent,
  stringsOf,
} from "./stream-event.ts";
import { messageEvents, type StreamMessage } from "./stream-message.ts";

/** One streamed answer. `push` is not `ok` for a frame that cannot be read: nothing after it can be trusted. */
export interface StreamReader {
  push(
    frame: Frame,
  ):
    | { readonly ok: true; readonly events: readonly StreamEvent[] }
    | { readonly ok: false; readonly message: string };
  /** Whether the stream has said that it is over; one that just ends is cut short. */
  complete(): boolean;
  /** Ends the stream here by decision, as this operation's clients understand it. */
  denyFrames(message: string): readonly Frame[];
  /** Ends it as failed. */
  errorFrame(message: string): Frame;
}

/** Reads the answer of a streamed operation, frame by frame. */
export function createStreamReader(
  operation: OperationMatch,
  model: ModelDescription,
): StreamReader {
  const isConverse = operation.name === "ConverseStream";
  const open = new Set<string>();
  let isComplete = false;
  let hasStarted = false;
  return {
    push(frame) {
      const type = textHeader(frame, ":message-type");
      if (type !== "event") {
        const code = textHeader(frame, ":exception-type") ?? textHeader(frame, ":error-code") ?? "";
        return { ok: true, events: [{ kind: "exception", frame, code }] };
      }
      const messages = isConverse ? readEvent(frame) : readChunk(frame, model.family);
      if (messages === undefined)
        return { ok: false, message: "an event of the stream cannot be read" };
      hasStarted = true;
      const events = [
        ...inspect(unknownHeaders(frame)),
        ...messages.flatMap((message) =>
          "events" in message ? message.events : messageEvents(message),
        ),
      ];
      for (const event of events) {
        if (event.kind === "text" || event.kind === "tool-start")
          open.add(event.block.split("/")[0] as string);
        if (event.kind === "block-stop") open.delete(event.block);
        if (event.kind === "stop") isComplete = true;
      }
      return { ok: true, events };
    },
    complete: () => isComplete,
    denyFrames(message) {
      if (!isConverse) return [exceptionFrame("validationException", message)];
      const stops = [...open].map((block) =>
        eventFrame("contentBlockStop", { contentBlockIndex: Number(block) }),
      );
      const start = hasStarted ? [] : [eventFrame("messageStart", { role: "assistant" })];
      return [
        ...start,
        ...stops,
        eventFrame("messageStop", { stopReason: "guardrail_intervened" }),
        eventFrame("metadata", {
          usage: { inputTokens: 0, outputTokens: 0, totalTokens: 0 },
          metrics: { latencyMs: 0 },
        }),
      ];
    },
    errorFrame: (message) => exceptionFrame("modelStreamErrorException", message),
  };
}

function padding(): string {
  return PADDING.slice(0, 2 + Math.floor(Math.random() * (PADDING.length - 2)));
}

function readEvent(frame: Frame): readonly StreamMessage[] | undefined {
  const type = textHeader(frame, ":event-type");
  const value = parse(frame.payload);
  if (type === undefined || value === undefined) return undefined;
  return [
    {
      type,
      value,
      frame,
      encode: (changed) =>
        reframe(frame, { ...changed, ...("p" in value ? { p: padding() } : {}) }),
    },
  ];
}

function readChunk(
  frame: Frame,
  family: string,
): readonly (StreamMessage | { readonly events: readonly StreamEvent[] })[] | undefined {
  const outer = parse(frame.payload);
  if (textHeader(frame, ":event-type") !== "chunk" || typeof outer?.["bytes"] !== "string") {
    return outer === undefined
      ? undefined
      : [{ events: [...inspect([], holdsOpaque(outer)), passthrough(frame, stringsOf(outer))] }];
  }
  const value = parse(Buffer.from(outer["bytes"], "base64"));
  if (value === undefined) return undefined;
  const encode = (changed: { readonly [key: string]: unknown }): Frame => {
    const bytes = Buffer.from(JSON.stringify(changed), "utf8").toString("base64");
    return reframe(frame, { ...outer, bytes, ...("p" in outer ? { p: padding() } : {}) });
  };
  if (family === "nova") return novaMessages(value, frame, encode);
  const beside = inspect(othersOf(outer, "bytes"));
  return [{ events: [...beside, ...chunkEvents(family, value, frame, encode)] }];
}

function passthrough(frame: Frame, strings: readonly string[]): StreamEvent {
  return { kind: "passthrough", frame, strings };
}

const KNOWN_HEADERS = new Set([
  ":event-type",
  ":content-type",
  ":message-type",
  ":exception-type",
  ":error-code",
  ":error-message",
]);

function unknownHeaders(frame: Frame): readonly string[] {
  return [...frame.headers].flatMap(([name, header]) =>
    KNOWN_HEADERS.has(name) ? [] : [name, header.type === "string" ? header.value : ""],
  );
}

/** A chunk of Nova is an event of Converse under its name. */
function novaMessages(
  value: JsonObject,
  frame: Frame,
  encode: (changed: JsonObject) => Frame,
): readonly StreamMessage[] {
  const type = Object.keys(value).find((key) => isJsonObject(value[key])) ?? "unknown";
  const inner = isJsonObject(value[type]) ? value[type] : value;
  return [
    { type, value: inner, frame, encode: (changed) => encode({ ...value, [type]: changed }) },
  ];
}

function parse(bytes: Uint8Array): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString("utf8"));
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function textHeader(frame: Frame, name: string): string | undefined {
  const header = frame.headers.get(name);
  return header?.type === "string" ? header.value : undefined;
}

function reframe(frame: Frame, value: JsonObject): Frame {
  const headers: Record<string, string> = {};
  for (const [name, header] of frame.headers)
    if (header.type === "string") headers[name] = header.value;
  return encodeMessage(headers, Buffer.from(JSON.stringify(value), "utf8"));
}

function eventFrame(type: string, value: JsonObject): Frame {
  const headers = {
    ":event-type": type,
    ":content-type": "application/json",
    ":message-type": "event",
  };
  return encodeMessage(headers, Buffer.from(JSON.stringify({ ...value, p: padding() }), "utf8"));
}

function exceptionFrame(type: string, message: string): Frame {
  const headers = {
    ":exception-type": type,
    ":content-type": "application/json",
    ":message-type": "exception",
  };
  return encodeMessage(headers, Buffer.from(JSON.stringify({ message }), "utf8"));
}
