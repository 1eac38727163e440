// The file format. A segment is a header block and frames; a frame is a batch of records with the signed
// checkpoint of the log after them. Every byte is accounted for: headers and frames carry digests, padding
// is zero, and what a reader accepts it could have written.
//
// Frames are padded to SECTOR bytes and begin on such a boundary: a sector that holds an acknowledged
// record is never written again, so a torn write cannot reach back.

import { createHash } from "node:crypto";
import { type Frontier, frontierLength, type Hash } from "./merkle.ts";

export const SECTOR = 512;
export const HEADER_BYTES = 4096;
const MAGIC = Buffer.from("WFR1", "latin1");
const FRAME_HEADER_BYTES = 32;
const DIGEST_BYTES = 32;
export const MAX_FRAME_BYTES: number = 4 * 1024 * 1024;

export interface SegmentHeader {
  readonly vkey: string;
  readonly segment: number;
  /** The size of the log before this segment, and the tree it had. */
  readonly firstSeq: number;
  readonly frontier: readonly Hash[];
  /** SHA-256 of the last checkpoint before this segment, hex; of nothing for the first. */
  readonly previous: string;
}

export function encodeSegmentHeader(header: SegmentHeader): Buffer {
  const { vkey, segment, firstSeq, frontier, previous } = header;
  const lines = [
    "writ-audit-segment/1",
    vkey,
    String(segment),
    String(firstSeq),
    frontier.map((hash) => hash.toString("base64")).join(" "),
    previous,
  ];
  const text = Buffer.from(`${lines.join("\n")}\n`, "utf8");
  const sum = Buffer.from(`${digest(text).toString("hex")}\n`);
  if (text.length + sum.length > HEADER_BYTES)
    throw new Error("a segment header is too long: shorten the origin");
  return Buffer.concat([text, sum], HEADER_BYTES);
}

/** Undefined unless the block is exactly what `encodeSegmentHeader` writes. */
export function decodeSegmentHeader(block: Buffer): SegmentHeader | undefined {
  const [, vkey = "", segment = "", firstSeq = "", frontier = "", previous = ""] = block
    .toString("utf8")
    .split("\n");
  const header: SegmentHeader = {
    vkey,
    segment: Number(segment),
    firstSeq: Number(firstSeq),
    frontier: frontier === "" ? [] : frontier.split(" ").map((hash) => Buffer.from(hash, "base64")),
    previous,
  };
  const isSound =
    Number.isSafeInteger(header.segment) &&
    Number.isSafeInteger(header.firstSeq) &&
    header.firstSeq >= 0 &&
    header.frontier.length === frontierLength(header.firstSeq) &&
    header.frontier.every((hash) => hash.length === 32);
  try {
    return isSound && encodeSegmentHeader(header).equals(block) ? header : undefined;
  } catch {
    return undefined;
  }
}

export interface Frame {
  readonly firstSeq: number;
  readonly note: string;
  readonly records: readonly Buffer[];
}

export function encodeFrame({ firstSeq, note, records }: Frame): Buffer {
  const noteBytes = Buffer.byteLength(note);
  const bodyBytes = records.reduce((sum, { length }) => sum + 4 + length, noteBytes);
  const end = FRAME_HEADER_BYTES + bodyBytes;
  const frame = Buffer.alloc(Math.ceil((end + DIGEST_BYTES) / SECTOR) * SECTOR);
  MAGIC.copy(frame);
  frame.writeUInt32BE(bodyBytes, 4);
  frame.writeBigUInt64BE(BigInt(firstSeq), 8);
  frame.writeUInt32BE(records.length, 16);
  frame.writeUInt32BE(noteBytes, 20);
  let at = FRAME_HEADER_BYTES + frame.write(note, FRAME_HEADER_BYTES, "utf8");
  for (const record of records) {
    at = frame.writeUInt32BE(record.length, at);
    at += record.copy(frame, at);
  }
  digest(frame.subarray(0, end)).copy(frame, end);
  return frame;
}

export type FrameResult =
  | { readonly ok: true; readonly frame: Frame; readonly length: number }
  | { readonly ok: false; readonly message: string };

/** Reads the frame at an offset. */
export function decodeFrame(bytes: Buffer, at: number): FrameResult {
  const header = bytes.subarray(at, at + FRAME_HEADER_BYTES);
  if (header.length < FRAME_HEADER_BYTES || !header.subarray(0, 4).equals(MAGIC))
    return bad("no batch begins here");
  const bodyLength = header.readUInt32BE(4);
  const end = at + FRAME_HEADER_BYTES + bodyLength + DIGEST_BYTES;
  const length = Math.ceil((end - at) / SECTOR) * SECTOR;
  if (bodyLength > MAX_FRAME_BYTES || at + length > bytes.length)
    return bad("the batch is not all there");
  const content = bytes.subarray(at, end - DIGEST_BYTES);
  if (!digest(content).equals(bytes.subarray(end - DIGEST_BYTES, end)))
    return bad("the batch is not what was written");
  const firstSeq = Number(header.readBigUInt64BE(8));
  const noteLength = header.readUInt32BE(20);
  const note = content
    .subarray(FRAME_HEADER_BYTES, FRAME_HEADER_BYTES + noteLength)
    .toString("utf8");
  const records: Buffer[] = [];
  for (let from = FRAME_HEADER_BYTES + noteLength; from + 4 <= content.length; ) {
    const size = content.readUInt32BE(from);
    records.push(content.subarray(from + 4, from + 4 + size));
    from += 4 + size;
  }
  const frame = { firstSeq, note, records };
  // Padding, reserved bytes and lengths that do not add up would all show here.
  if (!encodeFrame(frame).equals(bytes.subarray(at, at + length)))
    return bad("the batch is not written as it must be");
  return { ok: true, frame, length };
}

export function segmentName(segment: number): string {
  return `seg-${String(segment).padStart(6, "0")}.alog`;
}

export const SEGMENT_NAME: RegExp = /^seg-(\d{6,})\.alog$/;
export const CHECKPOINT_NAME = "checkpoint";

export function noteDigest(note: string): string {
  return digest(Buffer.from(note, "utf8")).toString("hex");
}

export function headerOf(
  vkey: string,
  segment: number,
  frontier: Frontier,
  lastNote: string,
): SegmentHeader {
  return {
    vkey,
    segment,
    firstSeq: frontier.size,
    frontier: frontier.roots,
    previous: noteDigest(lastNote),
  };
}

function digest(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}

function bad(message: string): FrameResult {
  return { ok: false, message };
}
