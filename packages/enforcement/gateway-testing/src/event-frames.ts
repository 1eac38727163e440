// Frames of an event stream in the notation of the cases: `{ messageStart: {…} }` is an event of that type,
// `{ chunk: {…} }` a chunk with that JSON in it, `{ exception: { type, message } }` an exception,
// `{ raw: { headers, payload } }` anything else. A text in the place of a value is the payload as it is.

import { createFrameDecoder, encodeFrame, type Frame, type HeaderValue } from "@writ/event-stream";
import { jsonOf } from "./case-file.ts";
import { differences } from "./differences.ts";

/** The bytes of a frame. */
export function encodeEventFrame(frame: unknown): Buffer {
  const [[type, value] = ["", {}]] = Object.entries(frame as object) as [string, unknown][];
  switch (type) {
    case "chunk": {
      const bytes = Buffer.from(jsonOf(value)).toString("base64");
      return event("chunk", JSON.stringify({ bytes, p: "abc" }));
    }
    case "exception": {
      const { type: name, ...payload } = value as { readonly type: string };
      return frameOf(
        {
          ":exception-type": name,
          ":content-type": "application/json",
          ":message-type": "exception",
        },
        JSON.stringify(payload),
      );
    }
    case "raw": {
      const { headers, payload } = value as {
        readonly headers: { readonly [name: string]: string };
        readonly payload: unknown;
      };
      return frameOf(headers, jsonOf(payload));
    }
    default:
      return event(type, jsonOf(value));
  }
}

function event(type: string, payload: string): Buffer {
  return frameOf(
    { ":event-type": type, ":content-type": "application/json", ":message-type": "event" },
    payload,
  );
}

function frameOf(headers: { readonly [name: string]: string }, payload: string): Buffer {
  const typed = Object.entries(headers).map(([name, value]): [string, HeaderValue] => [
    name,
    { type: "string", value },
  ]);
  return encodeFrame(new Map(typed), Buffer.from(payload)).bytes;
}

/** What of the frames that a client got is not as expected; `sent` are those of the upstream. */
export function frameDifferences(
  received: Buffer,
  expected: "same" | readonly unknown[],
  sent: readonly Buffer[],
): readonly string[] {
  const decoded = createFrameDecoder({ maxFrameBytes: 1 << 24 }).push(received);
  if (!decoded.ok) return [`stream: ${decoded.error.message}`];
  const wanted = expected === "same" ? sent.map((_bytes, index) => index) : expected;
  const got = decoded.frames.map((frame, index) =>
    typeof wanted[index] === "number" ? describeBytes(frame.bytes) : describe(frame),
  );
  const items = wanted.map((one) =>
    typeof one === "number" ? describeBytes(sent[one] ?? Buffer.alloc(0)) : one,
  );
  return differences(items, got, "stream");
}

function describeBytes(bytes: Buffer): string {
  return bytes.toString("latin1");
}

function describe(frame: Frame): object {
  const text = (name: string): string | undefined => {
    const header = frame.headers.get(name);
    return header?.type === "string" ? header.value : undefined;
  };
  const payload = JSON.parse(frame.payload.toString()) as { readonly [key: string]: unknown };
  const exception = text(":exception-type");
  if (exception !== undefined) return { exception: { type: exception, ...payload } };
  const type = text(":event-type") ?? "";
  if (type !== "chunk") return { [type]: payload };
  return { chunk: JSON.parse(Buffer.from(String(payload["bytes"]), "base64").toString()) };
}
