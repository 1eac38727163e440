// Frames of `application/vnd.amazon.eventstream`: a length, a header length and their CRC, typed headers, a
// payload, and a CRC of it all (https://docs.aws.amazon.com/lexv2/latest/dg/event-stream-encoding.html). A
// frame keeps the bytes it came in, so that what is passed on untouched is passed on to the byte.

import { crc32 } from "node:zlib";

/** A header, of one of the types the encoding has. */
export type HeaderValue =
  | { readonly type: "boolean"; readonly value: boolean }
  | { readonly type: "byte" | "short" | "integer"; readonly value: number }
  | { readonly type: "long"; readonly value: bigint }
  | { readonly type: "binary"; readonly value: Buffer }
  | { readonly type: "string"; readonly value: string }
  | { readonly type: "timestamp"; readonly value: Date }
  | { readonly type: "uuid"; readonly value: string };

/** A frame, read, and the bytes it came in. */
export interface Frame {
  readonly headers: ReadonlyMap<string, HeaderValue>;
  readonly payload: Buffer;
  readonly bytes: Buffer;
}

const PRELUDE = 12;
const TRAILER = 4;
const MAX_HEADERS = 128 * 1024;
const MAX_PAYLOAD = 24 * 1024 * 1024;

/** A frame as it goes on the wire, lengths and checksums included. */
export function encodeFrame(headers: ReadonlyMap<string, HeaderValue>, payload: Uint8Array): Frame {
  const encoded = Buffer.concat([...headers].map(([name, value]) => encodeHeader(name, value)));
  const bytes = Buffer.alloc(PRELUDE + encoded.length + payload.length + TRAILER);
  bytes.writeUInt32BE(bytes.length, 0);
  bytes.writeUInt32BE(encoded.length, 4);
  bytes.writeUInt32BE(crc32(bytes.subarray(0, 8)), 8);
  encoded.copy(bytes, PRELUDE);
  bytes.set(payload, PRELUDE + encoded.length);
  bytes.writeUInt32BE(crc32(bytes.subarray(0, -TRAILER)), bytes.length - TRAILER);
  return { headers, payload: bytes.subarray(PRELUDE + encoded.length, -TRAILER), bytes };
}

/** A frame whose headers are all strings, as events and exceptions have them. */
export function encodeMessage(
  headers: Readonly<Record<string, string>>,
  payload: Uint8Array,
): Frame {
  return encodeFrame(
    new Map(Object.entries(headers).map(([name, value]) => [name, { type: "string", value }])),
    payload,
  );
}

export type DecodeResult =
  | { readonly ok: true; readonly frame: Frame }
  | {
      readonly ok: false;
      readonly error: { readonly code: FrameErrorCode; readonly message: string };
    };

/** Why bytes are no frame. */
export type FrameErrorCode =
  | "length_invalid"
  | "checksum_invalid"
  | "headers_invalid"
  | "too_large";

/** Decodes exactly one whole frame. */
export function decodeFrame(bytes: Buffer): DecodeResult {
  const size = frameLength(bytes, MAX_PAYLOAD + MAX_HEADERS);
  if (typeof size === "object") return size;
  if (size !== bytes.length) return failed("length_invalid", "the frame is not as long as it says");
  if (crc32(bytes.subarray(0, -TRAILER)) !== bytes.readUInt32BE(bytes.length - TRAILER)) {
    return failed("checksum_invalid", "the frame's checksum is wrong");
  }
  const headersLength = bytes.readUInt32BE(4);
  const headers = decodeHeaders(bytes.subarray(PRELUDE, PRELUDE + headersLength));
  if (headers === undefined) return failed("headers_invalid", "the frame's headers cannot be read");
  return {
    ok: true,
    frame: { headers, payload: bytes.subarray(PRELUDE + headersLength, -TRAILER), bytes },
  };
}

/** The length a frame's prelude gives, checked; undefined while the prelude is not all there. */
function frameLength(bytes: Buffer, limit: number): number | Extract<DecodeResult, { ok: false }> {
  if (bytes.length < PRELUDE)
    return failed("length_invalid", "the frame is shorter than its prelude");
  const [total, headers] = [bytes.readUInt32BE(0), bytes.readUInt32BE(4)];
  if (crc32(bytes.subarray(0, 8)) !== bytes.readUInt32BE(8))
    return failed("checksum_invalid", "the prelude's checksum is wrong");
  if (total > limit || headers > MAX_HEADERS || total - headers - PRELUDE - TRAILER > MAX_PAYLOAD) {
    return failed("too_large", "the frame is larger than is read");
  }
  if (total < PRELUDE + TRAILER + headers)
    return failed("length_invalid", "the frame is shorter than its headers");
  return total;
}

/** Cuts bytes into frames; holds back what is not whole. */
export interface FrameDecoder {
  /** The frames that are whole now, and those before an error. After it nothing more is decoded. */
  push(chunk: Uint8Array): FramesResult;
  /** Bytes of a frame that is not whole. */
  readonly pending: number;
}

export type FramesResult =
  | { readonly ok: true; readonly frames: readonly Frame[] }
  | (Extract<DecodeResult, { ok: false }> & { readonly frames: readonly Frame[] });

/** Limits of what is held back. */
export interface FrameDecoderOptions {
  readonly maxFrameBytes: number;
}

/** Decodes a stream of frames, however it is cut. */
export function createFrameDecoder({ maxFrameBytes }: FrameDecoderOptions): FrameDecoder {
  let chunks: Buffer[] = [];
  let size = 0;
  let broken: Extract<FramesResult, { ok: false }> | undefined;
  const take = (): FramesResult => {
    const frames: Frame[] = [];
    let bytes = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, size);
    while (bytes.length >= PRELUDE) {
      const length = frameLength(bytes, maxFrameBytes);
      if (typeof length === "object") return { ...length, frames };
      if (bytes.length < length) break;
      const decoded = decodeFrame(bytes.subarray(0, length));
      if (!decoded.ok) return { ...decoded, frames };
      frames.push(decoded.frame);
      bytes = bytes.subarray(length);
    }
    chunks = bytes.length === 0 ? [] : [bytes];
    size = bytes.length;
    return { ok: true, frames };
  };
  return {
    push(chunk) {
      if (broken !== undefined) return broken;
      chunks.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
      size += chunk.byteLength;
      const result = take();
      if (!result.ok) broken = { ...result, frames: [] };
      return result;
    },
    get pending() {
      return size;
    },
  };
}

const TYPES = [
  "true",
  "false",
  "byte",
  "short",
  "integer",
  "long",
  "binary",
  "string",
  "timestamp",
  "uuid",
] as const;

function decodeHeaders(bytes: Buffer): ReadonlyMap<string, HeaderValue> | undefined {
  const headers = new Map<string, HeaderValue>();
  try {
    for (let at = 0; at < bytes.length; ) {
      const nameLength = bytes.readUInt8(at);
      const name = bytes.toString("utf8", at + 1, at + 1 + nameLength);
      const type = TYPES[bytes.readUInt8(at + 1 + nameLength)];
      const decoded =
        type === undefined ? undefined : decodeValue(type, bytes, at + 2 + nameLength);
      if (decoded === undefined || nameLength === 0 || headers.has(name)) return undefined;
      headers.set(name, decoded.value);
      at = decoded.end;
    }
  } catch {
    // Reading past the end: the lengths do not add up.
    return undefined;
  }
  return headers;
}

function decodeValue(
  type: (typeof TYPES)[number],
  bytes: Buffer,
  at: number,
): { value: HeaderValue; end: number } | undefined {
  switch (type) {
    case "true":
    case "false":
      return { value: { type: "boolean", value: type === "true" }, end: at };
    case "byte":
      return { value: { type, value: bytes.readInt8(at) }, end: at + 1 };
    case "short":
      return { value: { type, value: bytes.readInt16BE(at) }, end: at + 2 };
    case "integer":
      return { value: { type, value: bytes.readInt32BE(at) }, end: at + 4 };
    case "long":
      return { value: { type, value: bytes.readBigInt64BE(at) }, end: at + 8 };
    case "timestamp":
      return { value: { type, value: new Date(Number(bytes.readBigInt64BE(at))) }, end: at + 8 };
    case "uuid": {
      if (at + 16 > bytes.length) return undefined;
      const hex = bytes.toString("hex", at, at + 16);
      return {
        value: { type, value: hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5") },
        end: at + 16,
      };
    }
    default: {
      const end = at + 2 + bytes.readUInt16BE(at);
      if (end > bytes.length) return undefined;
      const content = bytes.subarray(at + 2, end);
      return {
        value:
          type === "string"
            ? { type, value: content.toString("utf8") }
            : { type: "binary", value: content },
        end,
      };
    }
  }
}

function encodeHeader(name: string, header: HeaderValue): Buffer {
  const nameBytes = Buffer.from(name, "utf8");
  const content = encodeValue(header);
  const type = header.type === "boolean" ? String(header.value) : header.type;
  const code = TYPES.indexOf(type as (typeof TYPES)[number]);
  return Buffer.concat([Buffer.from([nameBytes.length]), nameBytes, Buffer.from([code]), content]);
}

function encodeValue(header: HeaderValue): Buffer {
  const sized = (length: number, write: (bytes: Buffer) => void): Buffer => {
    const bytes = Buffer.alloc(length);
    write(bytes);
    return bytes;
  };
  switch (header.type) {
    case "boolean":
      return Buffer.alloc(0);
    case "byte":
      return sized(1, (bytes) => bytes.writeInt8(header.value));
    case "short":
      return sized(2, (bytes) => bytes.writeInt16BE(header.value));
    case "integer":
      return sized(4, (bytes) => bytes.writeInt32BE(header.value));
    case "long":
      return sized(8, (bytes) => bytes.writeBigInt64BE(header.value));
    case "timestamp":
      return sized(8, (bytes) => bytes.writeBigInt64BE(BigInt(header.value.getTime())));
    case "uuid":
      return Buffer.from(header.value.replaceAll("-", ""), "hex");
    default: {
      const content = Buffer.from(header.value as string);
      return Buffer.concat([sized(2, (bytes) => bytes.writeUInt16BE(content.length)), content]);
    }
  }
}

function failed(code: FrameErrorCode, message: string): Extract<DecodeResult, { ok: false }> {
  return { ok: false, error: { code, message } };
}
