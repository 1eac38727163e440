// Streamed answers of these models as Bedrock carries them: each event in base64, in a chunk of an event stream. To
// their client they are the server-sent events that they would be.

import { createFrameDecoder, type Frame } from "@writ/event-stream";
import { encodeSse } from "@writ/http";
import {
  type AnswerStream,
  canonicalBytes,
  memberOf,
  type ReceivedFrame,
  readJson,
  type StreamFrame,
  stringOf,
} from "@writ/surface";
import { errorBody } from "./errors.ts";
import { endings, readMessagesEvent } from "./stream.ts";

export function openHostedStream(model: string, maxFrameBytes: number): AnswerStream {
  const decoder = createFrameDecoder({ maxFrameBytes });
  const received = (frame: Frame): ReceivedFrame => ({
    bytes: frame.bytes,
    read() {
      const read = readFrame(frame);
      return read === undefined
        ? { ok: false, message: "an event of the stream cannot be read in one way" }
        : { ok: true, frame: read };
    },
  });
  return {
    ...endings(model),
    push(chunk) {
      const decoded = decoder.push(chunk);
      const frames = decoded.frames.map(received);
      return decoded.ok
        ? { ok: true, frames }
        : { ok: false, frames, message: decoded.error.message };
    },
  };
}

function readFrame({ headers, payload }: Frame): StreamFrame | undefined {
  const type = headers.get(":message-type")?.value;
  const read = readJson(payload);
  if (!read.ok) return undefined;
  if (type === "exception" || type === "error") {
    const message = stringOf(memberOf(read.root, "message")) ?? "the model service gave up";
    const exception = headers.get(":exception-type")?.value;
    const name = typeof exception === "string" ? EXCEPTIONS.get(exception) : undefined;
    return asEvent("error", errorBody(name ?? "api_error", message));
  }
  const carried = memberOf(read.root, "bytes");
  if (type !== "event" || carried?.kind !== "string") return undefined;
  const bytes = canonicalBytes(carried.value);
  const inner = bytes === undefined ? undefined : readJson(bytes);
  const name = inner?.ok === true ? stringOf(memberOf(inner.root, "type")) : undefined;
  if (inner?.ok !== true || name === undefined || !NAME.test(name)) return undefined;
  // An end of line between values is a space; within a string there is none.
  return asEvent(name, inner.text.replace(/[\r\n]/g, " "));
}

/** What this API calls the exceptions that clients do something about. */
const EXCEPTIONS: ReadonlyMap<string, string> = new Map([
  ["throttlingException", "rate_limit_error"],
  ["serviceUnavailableException", "overloaded_error"],
  ["modelTimeoutException", "timeout_error"],
  ["validationException", "invalid_request_error"],
]);

const NAME = /^[a-z_]{1,64}$/;

function asEvent(name: string, data: string): StreamFrame | undefined {
  return readMessagesEvent(name, data, {
    bytes: encodeSse(name, data),
    rewrite: (changed) => encodeSse(name, changed),
  });
}
