// Streamed answers as server-sent events. An event is read in the one way that all clients of this API read it, and
// one that is not changed is passed on as it came.

import { createSseDecoder, encodeSse, type SseEvent } from "@writ/http";
import {
  type AnswerStream,
  nativeError,
  type Piece,
  type PlacedPiece,
  type ReceivedFrame,
  readJson,
  readPieces,
  replaceIn,
  type SentSoFar,
  type StreamFrame,
  splice,
} from "@writ/surface";
import { errorBody, errors } from "./errors.ts";
import {
  isMessageCut,
  messagesOpaque,
  messagesStep,
  messagesTables,
  messagesUsage,
} from "./stream-events.ts";

const MACHINE = { impliesMessage: false, impliesBlocks: false, countsBlocks: true };
const tableOf = messagesTables({ "amazon-bedrock-invocationMetrics/": "control" });

/** A streamed answer of `model`, which an answer that is denied at once is said to be of. */
export function openSseStream(model: string, maxEventBytes: number): AnswerStream {
  const decoder = createSseDecoder({ maxEventBytes });
  return {
    ...endings(model),
    push(chunk) {
      const decoded = decoder.push(chunk);
      const frames = decoded.events.map(received);
      return decoded.ok ? { ok: true, frames } : { ok: false, frames, message: decoded.message };
    },
  };
}

/** How an answer of this API is ended early, whatever it comes from. */
export function endings(model: string): Pick<AnswerStream, "machine" | "deny" | "fail"> {
  return {
    machine: MACHINE,
    deny: ({ message }, sent) => denial(message, model, sent),
    fail: (refusal) => {
      const { name } = nativeError(errors, refusal);
      return encodeSse("error", errorBody(name, refusal.message));
    },
  };
}

function received(event: SseEvent): ReceivedFrame {
  return {
    bytes: event.bytes,
    read() {
      const frame = readEvent(event);
      return frame === undefined
        ? { ok: false, message: "an event of the stream cannot be read in one way" }
        : { ok: true, frame };
    },
  };
}

function readEvent({ bytes, text, event, data, dataAt }: SseEvent): StreamFrame | undefined {
  if (event === undefined && data === undefined) return commentFrame(bytes, text);
  // Clients drop an event without a name, or without data.
  if (event === undefined || data === undefined) return undefined;
  return readMessagesEvent(event, data, {
    bytes,
    rewrite: (changed) =>
      Buffer.from(text.slice(0, dataAt) + changed + text.slice(dataAt + data.length), "utf8"),
  });
}

/** How an event goes to its client: as it is, and with its data changed. */
export interface EventForm {
  readonly bytes: Buffer;
  readonly rewrite: (data: string) => Buffer;
}

/** Names of events: one that a reader would have to trim or to mask is none. */
const NAME = /^[a-z_]{1,64}$/;

/** Undefined for an event that readers take for different things. */
export function readMessagesEvent(
  name: string,
  data: string,
  { bytes, rewrite }: EventForm,
): StreamFrame | undefined {
  if (!NAME.test(name)) return undefined;
  const read = readJson(Buffer.from(data, "utf8"));
  if (!read.ok || read.root.kind !== "object") return undefined;
  const { root, text } = read;
  const type = root.members.find(({ key }) => key.value === "type")?.value;
  // Some go by the name, others by the type.
  if (type?.kind !== "string" || type.value !== name) return undefined;
  const step = messagesStep(name, root, text);
  if (step === undefined) return undefined;
  const { placed, opaque } = readPieces(root, tableOf(name));
  return {
    bytes,
    steps: [step],
    pieces: placed.map(({ piece }: PlacedPiece) => piece),
    opaque: [...opaque, ...messagesOpaque(root)],
    usage: messagesUsage(root),
    isAtLimit: isMessageCut(name, root),
    edit(edits) {
      const changes = [...edits].flatMap(([index, parts]) => {
        const node = placed[index]?.node;
        return node === undefined ? [] : replaceIn(text, node, parts);
      });
      return rewrite(splice(text, changes));
    },
  };
}

/** Clients skip comments; whoever reads the bytes does not, and reads on from one to the next. */
function commentFrame(bytes: Buffer, text: string): StreamFrame {
  const lines = text.split("\n").map((line) => line.replace(/^:/, "").trim());
  const pieces = lines
    .filter((line) => line !== "")
    .map(
      (line): Piece => ({
        kind: "joined",
        text: line,
        place: "comment",
        key: undefined,
        rewritable: false,
      }),
    );
  return {
    bytes,
    steps: [],
    pieces,
    opaque: [],
    usage: undefined,
    edit: () => bytes,
  };
}

/** An answer that the model declined, as this API has it: an error would be taken for a fault, and asked for again. */
function denial(
  explanation: string,
  model: string,
  { hasStarted, openBlocks }: SentSoFar,
): readonly Buffer[] {
  const usage = { input_tokens: 0, output_tokens: 0 };
  const start = {
    type: "message_start",
    message: {
      id: "msg_denied",
      type: "message",
      role: "assistant",
      model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage,
    },
  };
  const events = [
    ...(hasStarted ? [] : [start]),
    ...openBlocks.map((block) => ({ type: "content_block_stop", index: Number(block) })),
    {
      type: "message_delta",
      delta: {
        stop_reason: "refusal",
        stop_sequence: null,
        stop_details: { type: "refusal", category: null, explanation },
      },
      usage: { output_tokens: 0 },
    },
    { type: "message_stop" },
  ];
  return events.map((event) => encodeSse(event.type, JSON.stringify(event)));
}
