// The archive: a .tar.gz (ustar) whose bytes depend on nothing but the names and contents of its files:
// sorted names, no times, owners or modes, and stored deflate blocks, since compressors differ between
// versions and processors. There is one encoding, and no other is accepted.

import { crc32, gunzipSync } from "node:zlib";
import { createTar, type ParsedTarFileItem, parseTar } from "nanotar";

export interface ArchiveFile {
  /** Relative, with `/`; no empty, `.` or `..` part. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

export interface ArchiveLimits {
  readonly maxBytes: number;
  readonly maxFiles: number;
}

export const ARCHIVE_LIMITS: ArchiveLimits = { maxBytes: 256 * 1024 * 1024, maxFiles: 20_000 };

/** Magic, deflate, no flags, no time, no level, no operating system. */
const GZIP_HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
const MAX_STORED = 0xffff;
/** Longer names have no place in the header's first field, and nothing here needs them. */
export const MAX_PATH_LENGTH = 100;

export function encodeArchive(files: readonly ArchiveFile[]): Buffer {
  return gzipStored(encodeTar(files));
}

/** RFC 1952 with the blocks of RFC 1951 section 3.2.4. */
function gzipStored(content: Uint8Array): Buffer {
  const parts: Uint8Array[] = [GZIP_HEADER];
  for (let at = 0; at === 0 || at < content.length; at += MAX_STORED) {
    const block = content.subarray(at, at + MAX_STORED);
    const header = Buffer.alloc(5);
    header[0] = at + MAX_STORED >= content.length ? 1 : 0;
    header.writeUInt16LE(block.length, 1);
    header.writeUInt16LE(~block.length & 0xffff, 3);
    parts.push(header, block);
  }
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(crc32(content), 0);
  trailer.writeUInt32LE(content.length % 2 ** 32, 4);
  return Buffer.concat([...parts, trailer]);
}

function encodeTar(files: readonly ArchiveFile[]): Uint8Array {
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  const attrs = { mode: "644", uid: 0, gid: 0, mtime: 0, user: "", group: "" };
  return createTar(sorted.map(({ path, bytes }) => ({ name: path, data: bytes, attrs })));
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
  const entries = readEntries(bytes, limits);
  if (entries === undefined)
    return refused("is not a readable .tar.gz, or unpacks to more than is allowed");
  const files = new Map<string, Uint8Array>();
  for (const { name, data, type } of entries) {
    if (type !== "file" || !isSafePath(name))
      return refused("holds something that is not a plain file");
    if (files.has(name)) return refused("names a file twice");
    if (files.size >= limits.maxFiles) return refused("holds too many files");
    files.set(name, data ?? new Uint8Array());
  }
  const canonical = encodeArchive([...files].map(([path, content]) => ({ path, bytes: content })));
  if (Buffer.compare(canonical, bytes) !== 0) return refused("is not packed as `writ build` packs");
  return { ok: true, files };
}

function readEntries(
  bytes: Uint8Array,
  limits: ArchiveLimits,
): readonly ParsedTarFileItem[] | undefined {
  try {
    // A copy: parseTar reads from the start of the underlying buffer, which small Buffers share.
    const tar = new Uint8Array(gunzipSync(bytes, { maxOutputLength: limits.maxBytes }));
    return parseTar(tar) as ParsedTarFileItem[];
  } catch {
    return undefined;
  }
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
