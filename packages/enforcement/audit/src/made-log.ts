// For tests: logs in memory, put together batch by batch, with whatever is to be wrong with them in its place
// and all else, signatures too, right.

import { createPrivateKey } from "node:crypto";
import { basename } from "node:path";
import { createSigner, type Signer } from "./checkpoint.ts";
import { type LogFiles, nodeFiles } from "./files.ts";
import {
  encodeFrame,
  encodeSegmentHeader,
  type Frame,
  headerOf,
  type SegmentHeader,
  segmentName,
} from "./format.ts";
import { EMPTY_ROOT, Frontier, leafHash } from "./merkle.ts";

/** A signer whose key is the same number 32 times. */
export function signerOf(byte: number, origin = "test/log"): Signer {
  const seed = Buffer.alloc(32, byte);
  const key = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]);
  return createSigner(origin, createPrivateKey({ key, format: "der", type: "pkcs8" }));
}

export const signer: Signer = signerOf(1);
export const EMPTY_NOTE: string = signer.sign({
  origin: signer.origin,
  size: 0,
  root: EMPTY_ROOT,
});

/** What is to be otherwise; batches are counted through all segments, from 0. */
export interface Edits {
  readonly header?: (header: SegmentHeader, segment: number) => SegmentHeader;
  readonly batch?: (frame: Frame, index: number) => Frame;
}

export interface MadeLog {
  readonly files: Map<string, Buffer>;
  /** The checkpoint after each batch. */
  readonly notes: readonly string[];
}

/** How many records each batch of each segment has; every record and its place fit a sector. */
export function makeLog(segments: readonly (readonly number[])[], edits: Edits = {}): MadeLog {
  const { header = (same) => same, batch = (same) => same } = edits;
  const frontier = new Frontier();
  const files = new Map<string, Buffer>();
  const notes: string[] = [];
  for (const [index, batches] of segments.entries()) {
    const number = index + 1;
    const begun = headerOf(signer.vkey, number, frontier, notes.at(-1) ?? "");
    const parts = [encodeSegmentHeader(header(begun, number))];
    for (const count of batches) {
      const firstSeq = frontier.size;
      const records = Array.from({ length: count }, (_, at) =>
        Buffer.from(JSON.stringify({ id: `d-${firstSeq + at}`, seq: firstSeq + at })),
      );
      for (const record of records) frontier.add(leafHash(record));
      const { origin } = signer;
      const note = signer.sign({ origin, size: frontier.size, root: frontier.root() });
      parts.push(encodeFrame(batch({ firstSeq, note, records }, notes.length)));
      notes.push(note);
    }
    files.set(segmentName(number), Buffer.concat(parts));
  }
  files.set("checkpoint", Buffer.from(notes.at(-1) ?? EMPTY_NOTE));
  return { files, notes };
}

/** Files in memory, of one folder, with what was done to them. */
export function filesOf(files: Map<string, Buffer>, calls: string[] = []): LogFiles {
  const get = (path: string): Buffer => {
    const bytes = files.get(basename(path));
    if (bytes === undefined) throw Object.assign(new Error("ENOENT"), { code: "ENOENT" });
    return bytes;
  };
  return {
    ...nodeFiles,
    list: async () => {
      calls.push("list");
      return [...files.keys()];
    },
    read: async (path) => get(path),
    identify: async (path) => ({ identity: path, size: get(path).length }),
    async truncate(path, length) {
      calls.push(`truncate ${basename(path)} to ${length}`);
      files.set(basename(path), get(path).subarray(0, length));
    },
    async remove(path) {
      calls.push(`remove ${basename(path)}`);
      files.delete(basename(path));
    },
    async syncFolder() {
      calls.push("sync the folder");
    },
    async open(path) {
      calls.push(`open ${basename(path)}`);
      return {
        write: async () => {
          throw new Error("nothing is written here");
        },
        datasync: async () => {
          calls.push("datasync");
        },
        close: async () => {
          calls.push("close");
        },
      };
    },
  };
}

/** A copy of a file with one byte changed. */
export function flip(files: Map<string, Buffer>, name: string, at: number): void {
  const bytes = Buffer.from(files.get(name) as Buffer);
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  files.set(name, bytes);
}

export function cut(files: Map<string, Buffer>, name: string, length: number): void {
  files.set(name, (files.get(name) as Buffer).subarray(0, length));
}
