// The archive: a .tar.gz (ustar) whose bytes depend on nothing but the names and contents of its files:
// sorted names, no times, owners or modes, and stored deflate blocks, since compressors differ between
// versions and processors. There is one encoding, and no other is accepted.

import { crc32 } from "node:zlib";

/** A file of an archive. */
export interface ArchiveFile {
  /** Relative, with `/`; no empty, `.` or `..` part. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

export interface ArchiveLimits {
  readonly maxBytes: number;
  readonly maxFiles: number;
}

const ARCHIVE_LIMITS: ArchiveLimits = { maxBytes: 256 * 1024 * 1024, maxFiles: 20_000 };

/** Magic, deflate, no flags, no time, no level, no operating system. */
const GZIP_HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
const MAX_STORED = 0xffff;
/** Longer names have no place in the header's first field, and nothing here needs them. */
const MAX_PATH_LENGTH = 100;

export function encodeArchive(files: readonly ArchiveFile[]): Buffer {
  return gzipStored(encodeTar(files));
}

/** RFC 1952 with the blocks of RFC 1951 section 3.2.4. */
function gzipStored(content: Uint8Array): Buffer {
  const parts: Uint8Array[] = [GZIP_HEADER];
  for (let at = 0; at === 0 || at < content.length; at += MAX_STORED) {
    const block = content.subarray(at, at + MAX_STORED);
    parts.push(blockHeader(block.length, at + MAX_STORED >= content.length), block);
  }
  return Buffer.concat([...parts, gzipTrailer(content)]);
}

const BLOCK_HEADER_BYTES = 5;

function blockHeader(length: number, isLast: boolean): Buffer {
  const header = Buffer.alloc(BLOCK_HEADER_BYTES);
  header[0] = Number(isLast);
  header.writeUInt16LE(length, 1);
  header.writeUInt16LE(~length & 0xffff, 3);
  return header;
}

const TRAILER_BYTES = 8;

function gzipTrailer(content: Uint8Array): Buffer {
  const trailer = Buffer.alloc(TRAILER_BYTES);
  trailer.writeUInt32LE(crc32(content), 0);
  trailer.writeUInt32LE(content.length % 2 ** 32, 4);
  return trailer;
}

const TAR_BLOCK = 512;
/** Tar is padded with zeros to whole records. */
const TAR_RECORD = 20 * TAR_BLOCK;

function encodeTar(files: readonly ArchiveFile[]): Uint8Array {
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  const used = sorted.reduce(
    (sum, { bytes }) => sum + TAR_BLOCK + padded(bytes.length, TAR_BLOCK),
    0,
  );
  const tar = Buffer.alloc(padded(used, TAR_RECORD));
  let at = 0;
  for (const { path, bytes } of sorted) {
    tar.set(tarHeader(path, bytes.length), at);
    tar.set(bytes, at + TAR_BLOCK);
    at += TAR_BLOCK + padded(bytes.length, TAR_BLOCK);
  }
  return tar;
}

function padded(length: number, unit: number): number {
  return Math.ceil(length / unit) * unit;
}

/** POSIX ustar, of a plain file that anyone may read and nobody in particular owns. */
function tarHeader(path: string, size: number): Buffer {
  const header = Buffer.alloc(TAR_BLOCK);
  const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, "0");
  header.write(path, 0, MAX_PATH_LENGTH, "utf8");
  header.write("0000644", 100);
  header.write(octal(0, 7), 108);
  header.write(octal(0, 7), 116);
  header.write(octal(size, 11), 124);
  header.write(octal(0, 11), 136);
  // The checksum is that of a header with spaces in its place.
  header.write("        ", 148);
  header.write("0", 156);
  header.write("ustar\u000000", 257);
  const checksum = header.reduce((sum, byte) => sum + byte, 0).toString(8);
  header.fill(0, 148, 156);
  header.write(checksum, 148);
  return header;
}

export type ArchiveResult =
  | { readonly ok: true; readonly files: ReadonlyMap<string, Uint8Array> }
  | { readonly ok: false; readonly message: string };

/**
 * Reads an archive that may be hostile: bounded when unpacked, every name once, no way out of the
 * folder. Only the one encoding of its files is accepted, so no bit of it is free to carry anything.
 */
export function decodeArchive(
  bytes: Uint8Array,
  limits: ArchiveLimits = ARCHIVE_LIMITS,
): ArchiveResult {
  // Stored blocks hold less than they take: what is too long packed need not be unpacked.
  if (bytes.length > limits.maxBytes) return refused("is larger than is allowed");
  const tar = readStored(bytes);
  if (tar === undefined) return refused("is not a .tar.gz as `writ build` packs it");
  return readTar(tar, limits.maxFiles);
}

/** What was stored; undefined unless these are the very bytes that `gzipStored` makes of it. */
function readStored(bytes: Uint8Array): Buffer | undefined {
  const blocks = bytes.length - GZIP_HEADER.length - TRAILER_BYTES;
  const count = Math.ceil(blocks / (BLOCK_HEADER_BYTES + MAX_STORED));
  const length = blocks - count * BLOCK_HEADER_BYTES;
  if (length < 0 || Buffer.compare(bytes.subarray(0, GZIP_HEADER.length), GZIP_HEADER) !== 0)
    return undefined;
  const content = Buffer.allocUnsafe(length);
  let from = GZIP_HEADER.length;
  for (let at = 0; at === 0 || at < length; at += MAX_STORED) {
    const size = Math.min(MAX_STORED, length - at);
    const header = bytes.subarray(from, from + BLOCK_HEADER_BYTES);
    if (Buffer.compare(header, blockHeader(size, at + MAX_STORED >= length)) !== 0)
      return undefined;
    from += BLOCK_HEADER_BYTES;
    content.set(bytes.subarray(from, from + size), at);
    from += size;
  }
  const isWhole = Buffer.compare(bytes.subarray(from), gzipTrailer(content)) === 0;
  return isWhole ? content : undefined;
}

/** The files, as parts of the archive: nothing is copied. */
function readTar(tar: Buffer, maxFiles: number): ArchiveResult {
  const files = new Map<string, Uint8Array>();
  let last = "";
  let at = 0;
  while (at < tar.length && tar[at] !== 0) {
    const header = tar.subarray(at, at + TAR_BLOCK);
    const nameEnd = header.indexOf(0);
    const path = header.toString("utf8", 0, Math.min(nameEnd, MAX_PATH_LENGTH));
    const size = Number.parseInt(header.toString("latin1", 124, 135), 8);
    const from = at + TAR_BLOCK;
    const isOurs = from + size <= tar.length && header.equals(tarHeader(path, size));
    if (!isOurs)
      return refused("holds something that is not a plain file as `writ build` packs it");
    if (!isSafePath(path)) return refused("holds a file with a name that leads out of its folder");
    if (files.size > 0 && path <= last) return refused("names a file twice, or out of order");
    if (files.size >= maxFiles) return refused("holds too many files");
    files.set(path, tar.subarray(from, from + size));
    last = path;
    at = from + padded(size, TAR_BLOCK);
    if (!isZero(tar.subarray(from + size, at))) return refused("has something between its files");
  }
  return tar.length === padded(at, TAR_RECORD) && isZero(tar.subarray(at))
    ? { ok: true, files }
    : refused("has something after its last file");
}

function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}

function isSafePath(path: string): boolean {
  return (
    path !== "" &&
    !path.includes("\\") &&
    path.split("/").every((part) => !["", ".", ".."].includes(part))
  );
}

function refused(message: string): ArchiveResult {
  return { ok: false, message: `the bundle ${message}` };
}
