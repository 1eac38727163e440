// Streamed answers: event-stream frames as steps and pieces, for ConverseStream and for the chunks of each family
// of InvokeModelWithResponseStream. A frame that is not changed is passed on as it came.

import {
  isMessageCut,
  messagesOpaque,
  messagesStep,
  messagesTables,
  messagesUsage,
} from "@writ/anthropic";
import { createFrameDecoder, encodeFrame, encodeMessage, type Frame } from "@writ/event-stream";
import {
  type AnswerStream,
  canonicalBytes,
  type JsonObject,
  type MachineOptions,
  memberOf,
  PADDING,
  type PlacedPiece,
  type ReceivedFrame,
  type Replacement,
  readJson,
  readPieces,
  replaceIn,
  type SentSoFar,
  type StreamFrame,
  type StreamStep,
  splice,
  stringOf,
  type Usage,
} from "@writ/surface";
import { converseStep, converseTable, converseUsage, isConverseCut } from "./stream-converse.ts";
import {
  BEDROCK,
  CLAUDE_COMPLETION,
  METRICS,
  METRICS_PLACES,
  metricsUsage,
  PLAIN_FORMATS,
  plainSteps,
  plainTable,
} from "./stream-plain.ts";

/** Reads the answer of a streamed operation, frame by frame. */
export function openAnswerStream(
  operation: string,
  family: string,
  maxFrameBytes: number,
): AnswerStream {
  const isConverse = operation === "ConverseStream";
  const decoder = createFrameDecoder({ maxFrameBytes });
  const received = (frame: Frame): ReceivedFrame => ({
    bytes: frame.bytes,
    read() {
      const read = readFrame(frame, isConverse, family);
      return read === undefined
        ? { ok: false, message: "an event of the stream cannot be read in one way" }
        : { ok: true, frame: read };
    },
  });
  return {
    machine: machineOf(isConverse, family),
    push(chunk) {
      const decoded = decoder.push(chunk);
      const frames = decoded.frames.map(received);
      return decoded.ok
        ? { ok: true, frames }
        : { ok: false, frames, message: decoded.error.message };
    },
    deny: (refusal, sent) =>
      isConverse
        ? converseDenial(refusal, sent)
        : [exceptionFrame("validationException", refusal.message)],
    fail: ({ message }) => exceptionFrame("modelStreamErrorException", message),
  };
}

function readFrame(frame: Frame, isConverse: boolean, family: string): StreamFrame | undefined {
  const type = textHeader(frame, ":message-type");
  if (type === "exception" || type === "error") return readFailure(frame);
  if (type !== "event") return undefined;
  return isConverse ? readEvent(frame) : readChunk(frame, family);
}

function machineOf(isConverse: boolean, family: string): MachineOptions {
  if (isConverse || family === "nova")
    return { impliesMessage: false, impliesBlocks: true, countsBlocks: false };
  return family === "claude"
    ? { impliesMessage: true, impliesBlocks: false, countsBlocks: true }
    : { impliesMessage: true, impliesBlocks: true, countsBlocks: false };
}

function readEvent(frame: Frame): StreamFrame | undefined {
  const type = textHeader(frame, ":event-type");
  const read = readJson(frame.payload);
  if (type === undefined || !read.ok || read.root.kind !== "object") return undefined;
  const { root, text } = read;
  const step = converseStep(type, root);
  if (step === undefined) return undefined;
  const { placed, opaque } = readPieces(root, converseTable(type));
  return withHeaders(frame, {
    steps: [step],
    placed,
    opaque,
    usage: converseUsage(root),
    isAtLimit: isConverseCut(type, root),
    rewrite: (edits) => Buffer.from(splice(text, edits), "utf8"),
    source: text,
  });
}

/** A chunk carries an event of the model's own in base64. */
function readChunk(frame: Frame, family: string): StreamFrame | undefined {
  const outer = readJson(frame.payload);
  if (!outer.ok || outer.root.kind !== "object") return undefined;
  const carried = memberOf(outer.root, "bytes");
  if (textHeader(frame, ":event-type") !== "chunk" || carried?.kind !== "string") return undefined;
  const bytes = canonicalBytes(carried.value);
  const inner = bytes === undefined ? undefined : readJson(bytes);
  if (inner?.ok !== true || inner.root.kind !== "object") return undefined;
  const read = readModelEvent(family, inner.root, inner.text);
  if (read === undefined) return undefined;
  // What stands beside the chunk is of nobody's definition.
  const members = outer.root.members.filter(({ value }) => value !== carried);
  const beside = readPieces({ ...outer.root, members }, { places: {}, others: "joined" });
  return withHeaders(frame, {
    ...read,
    placed: [...read.placed, ...beside.placed.map(({ piece }) => fixed(piece))],
    opaque: [...read.opaque, ...beside.opaque],
    rewrite: (edits) => {
      const changed = Buffer.from(splice(inner.text, edits), "utf8").toString("base64");
      const { start, end } = carried;
      return Buffer.from(splice(outer.text, [{ start, end, text: `"${changed}"` }]), "utf8");
    },
    source: inner.text,
  });
}

const claudeTable = messagesTables(METRICS_PLACES);

type ModelEvent = Pick<ReadFrame, "steps" | "placed" | "opaque" | "usage" | "isAtLimit">;

function readModelEvent(family: string, root: JsonObject, text: string): ModelEvent | undefined {
  if (family === "nova") return readNova(root);
  const type = stringOf(memberOf(root, "type"));
  const plain = Object.hasOwn(PLAIN_FORMATS, family) ? PLAIN_FORMATS[family] : undefined;
  // Older models of Claude, and what Bedrock adds by itself.
  const format = family === "claude" && type === undefined ? CLAUDE_COMPLETION : plain;
  if (format !== undefined) {
    const { placed, opaque } = readPieces(root, plainTable(format));
    return { steps: plainSteps(format, root), placed, opaque, usage: metricsUsage(root) };
  }
  if (family !== "claude" || type === undefined) return undefined;
  const step = messagesStep(type, root, text);
  if (step === undefined) return undefined;
  const { placed, opaque: marked } = readPieces(root, claudeTable(type));
  return {
    steps: [step],
    placed,
    opaque: [...marked, ...messagesOpaque(root)],
    usage: metricsUsage(root) ?? messagesUsage(root),
    isAtLimit: isMessageCut(type, root),
  };
}

/** A chunk of Nova is one event of Converse under its name, and perhaps what Bedrock adds to it. */
function readNova(root: JsonObject): ModelEvent | undefined {
  const [event, ...more] = root.members.filter(({ key }) => !key.value.startsWith(BEDROCK));
  if (event?.value.kind !== "object" || more.length > 0) return undefined;
  const { key, value } = event;
  const step = converseStep(key.value, value);
  if (step === undefined) return undefined;
  const read = readPieces(value, converseTable(key.value));
  const members = root.members.filter((member) => member !== event);
  const added = readPieces(
    { ...root, members },
    { places: { [`${METRICS}/`]: "control" }, others: "complete" },
  );
  return {
    steps: [step],
    placed: [...read.placed, ...added.placed],
    opaque: [...read.opaque, ...added.opaque],
    usage: metricsUsage(root) ?? converseUsage(value),
    isAtLimit: isConverseCut(key.value, value),
  };
}

/** The service gives up: what it says of that is a text like any other. */
function readFailure(frame: Frame): StreamFrame | undefined {
  const read = readJson(frame.payload);
  const steps: readonly StreamStep[] = [{ kind: "failure" }];
  if (!read.ok || read.root.kind !== "object") return undefined;
  const { placed, opaque } = readPieces(read.root, { places: {}, others: "complete" });
  return withHeaders(frame, {
    steps,
    placed,
    opaque,
    usage: undefined,
    rewrite: (edits) => Buffer.from(splice(read.text, edits), "utf8"),
    source: read.text,
  });
}

interface ReadFrame {
  readonly steps: readonly StreamStep[];
  readonly placed: readonly PlacedPiece[];
  readonly opaque: readonly string[];
  readonly usage: Usage | undefined;
  readonly isAtLimit?: boolean;
  /** The text that the nodes of the pieces are places in. */
  readonly source: string;
  /** The payload with that text changed. */
  readonly rewrite: (edits: readonly Replacement[]) => Buffer;
}

function withHeaders(frame: Frame, read: ReadFrame): StreamFrame {
  const { steps, usage, isAtLimit = false, source, rewrite } = read;
  const headers = readHeaders(frame);
  const placed = headers.placed.length === 0 ? read.placed : [...read.placed, ...headers.placed];
  return {
    bytes: frame.bytes,
    steps,
    pieces: placed.map(({ piece }) => piece),
    opaque: [...read.opaque, ...headers.opaque],
    usage,
    isAtLimit,
    edit(edits) {
      const changes = [...edits].flatMap(([index, parts]) => {
        const node = placed[index]?.node;
        return node === undefined ? [] : replaceIn(source, node, parts);
      });
      return encodeFrame(frame.headers, rewrite(changes)).bytes;
    },
  };
}

/** Headers whose values are of the wire's own words. */
const KNOWN_HEADERS: ReadonlyMap<string, RegExp> = new Map([
  [":event-type", /^[A-Za-z]{1,64}$/],
  [":content-type", /^application\/json$/],
  [":message-type", /^[a-z]{1,16}$/],
  [":exception-type", /^[A-Za-z]{1,64}$/],
  [":error-code", /^[A-Za-z0-9.]{1,64}$/],
]);

function readHeaders(frame: Frame): {
  readonly placed: readonly PlacedPiece[];
  readonly opaque: readonly string[];
} {
  const placed: PlacedPiece[] = [];
  const opaque: string[] = [];
  for (const [name, header] of frame.headers) {
    if (header.type !== "string") opaque.push("header");
    else if (KNOWN_HEADERS.get(name)?.test(header.value) !== true) {
      for (const [text, key] of [
        [name, undefined],
        [header.value, name],
      ] as const)
        placed.push(fixed({ kind: "complete", text, place: name, key, rewritable: false }));
    }
  }
  return { placed, opaque };
}

function fixed(piece: PlacedPiece["piece"]): PlacedPiece {
  return { piece: { ...piece, rewritable: false }, node: undefined };
}

function converseDenial(
  { message, decisionId }: { readonly message: string; readonly decisionId: string },
  { hasStarted, openBlocks }: SentSoFar,
): readonly Buffer[] {
  const start = hasStarted ? [] : [eventFrame("messageStart", { role: "assistant" })];
  const stops = openBlocks.map((block) =>
    eventFrame("contentBlockStop", { contentBlockIndex: Number(block) }),
  );
  return [
    ...start,
    ...stops,
    eventFrame("messageStop", {
      stopReason: "guardrail_intervened",
      additionalModelResponseFields: { writ: { message, decisionId } },
    }),
    eventFrame("metadata", {
      usage: { inputTokens: 0, outputTokens: 0, totalTokens: 0 },
      metrics: { latencyMs: 0 },
    }),
  ];
}

function padding(): string {
  return PADDING.slice(0, 2 + Math.floor(Math.random() * (PADDING.length - 2)));
}

function textHeader(frame: Frame, name: string): string | undefined {
  const header = frame.headers.get(name);
  return header?.type === "string" ? header.value : undefined;
}

function eventFrame(type: string, value: { readonly [key: string]: unknown }): Buffer {
  const headers = {
    ":event-type": type,
    ":content-type": "application/json",
    ":message-type": "event",
  };
  const payload = JSON.stringify({ ...value, p: padding() });
  return encodeMessage(headers, Buffer.from(payload, "utf8")).bytes;
}

function exceptionFrame(type: string, message: string): Buffer {
  const headers = {
    ":exception-type": type,
    ":content-type": "application/json",
    ":message-type": "exception",
  };
  return encodeMessage(headers, Buffer.from(JSON.stringify({ message }), "utf8")).bytes;
}
