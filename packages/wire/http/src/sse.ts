// Server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html), read more narrowly than
// browsers read them: what clients of LLM APIs take for different things is refused. An event keeps the bytes it came
// in, so that what is passed on untouched is passed on to the byte.

/** One block of lines, as it came. */
export interface SseEvent {
  readonly bytes: Buffer;
  readonly text: string;
  /** Undefined for a block of comments. */
  readonly event: string | undefined;
  readonly data: string | undefined;
  /** Where in its text the data begin. */
  readonly dataAt: number;
}

export type SseResult =
  | { readonly ok: true; readonly events: readonly SseEvent[] }
  | { readonly ok: false; readonly events: readonly SseEvent[]; readonly message: string };

export interface SseDecoder {
  /** The events that are whole with these bytes, and those before a failure. After it nothing more is read. */
  push(chunk: Buffer): SseResult;
}

const LF = 0x0a;
const CR = 0x0d;
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

const TOO_LARGE = "an event is larger than what is inspected";

export function createSseDecoder({
  maxEventBytes,
}: {
  readonly maxEventBytes: number;
}): SseDecoder {
  const blocks = new BlockSplitter();
  let failed: string | undefined;
  return {
    push(chunk) {
      const events: SseEvent[] = [];
      if (failed !== undefined) return { ok: false, events, message: failed };
      for (const bytes of blocks.push(chunk)) {
        const event = bytes.length > maxEventBytes ? TOO_LARGE : readEvent(bytes);
        if (typeof event === "string") {
          failed = event;
          return { ok: false, events, message: failed };
        }
        events.push(event);
      }
      if (blocks.pendingBytes > maxEventBytes) failed = TOO_LARGE;
      return failed === undefined ? { ok: true, events } : { ok: false, events, message: failed };
    },
  };
}

/** Splits bytes after each empty line. */
class BlockSplitter {
  #parts: Buffer[] = [];
  pendingBytes = 0;
  /** Nothing of the line so far: an end of line here ends the block. */
  #isLineEmpty = true;

  push(chunk: Buffer): readonly Buffer[] {
    const blocks: Buffer[] = [];
    let start = 0;
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at];
      if (byte !== LF) {
        if (byte !== CR) this.#isLineEmpty = false;
        continue;
      }
      if (this.#isLineEmpty) {
        blocks.push(this.#take(chunk.subarray(start, at + 1)));
        start = at + 1;
      }
      this.#isLineEmpty = true;
    }
    if (start < chunk.length) {
      this.#parts.push(chunk.subarray(start));
      this.pendingBytes += chunk.length - start;
    }
    return blocks;
  }

  #take(last: Buffer): Buffer {
    const block = Buffer.concat([...this.#parts, last]);
    this.#parts = [];
    this.pendingBytes = 0;
    return block;
  }
}

/** An event, or why it is none that all clients read alike. */
function readEvent(bytes: Buffer): SseEvent | string {
  const text = decode(bytes);
  if (text === undefined) return "an event is not UTF-8";
  const fields = new Map<string, { readonly value: string; readonly at: number }>();
  let hasComment = false;
  for (const [content, at] of linesOf(text)) {
    // Some readers end a line here, others do not; a byte order mark is part of a name to some.
    if (content.includes("\r") || content.startsWith("\uFEFF"))
      return "an event has a line that ends in two ways";
    const colon = content.indexOf(":");
    const name = colon < 0 ? content : content.slice(0, colon);
    const value = colon < 0 ? "" : content.slice(colon + 1).replace(/^ /, "");
    if (name === "") {
      hasComment = true;
      continue;
    }
    if (!FIELDS.has(name) || fields.has(name)) return READ_DIFFERENTLY;
    fields.set(name, { value, at: at + content.length - value.length });
  }
  // Some clients drop an event that has a comment in it; and nobody reads what the comment says.
  if (hasComment && fields.size > 0) return READ_DIFFERENTLY;
  const data = fields.get("data");
  return {
    bytes,
    text,
    event: fields.get("event")?.value,
    data: data?.value,
    dataAt: data?.at ?? 0,
  };
}

/** The lines of a block that are not empty, each with its place. */
function* linesOf(text: string): Generator<readonly [content: string, at: number]> {
  let at = 0;
  for (const line of text.split("\n")) {
    const content = line.endsWith("\r") ? line.slice(0, -1) : line;
    if (content !== "") yield [content, at];
    at += line.length + 1;
  }
}

function decode(bytes: Buffer): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

const READ_DIFFERENTLY = "an event has a line that clients read in different ways";
/** Others are read in different ways. */
const FIELDS: ReadonlySet<string> = new Set(["event", "data"]);

/** An event as every client reads it. */
export function encodeSse(event: string, data: string): Buffer {
  return Buffer.from(`event: ${event}\ndata: ${data}\n\n`, "utf8");
}
