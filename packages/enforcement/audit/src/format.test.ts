import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  decodeFrame,
  decodeSegmentHeader,
  encodeFrame,
  encodeSegmentHeader,
  type Frame,
  HEADER_BYTES,
  headerOf,
  MAX_FRAME_BYTES,
  noteDigest,
  SECTOR,
  segmentName,
} from "./format.ts";
import { Frontier, leafHash } from "./merkle.ts";

const vkey = "example.com/log+00000000+key";
const NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

function headerAt(size: number): ReturnType<typeof headerOf> {
  const frontier = new Frontier();
  for (let index = 0; index < size; index += 1) frontier.add(leafHash(Buffer.from([index])));
  return headerOf(vkey, 7, frontier, "note");
}

describe("the header of a segment", () => {
  it.each([0, 1, 2, 7, 20])("is read as it was written, at %i records", (size) => {
    const header = headerAt(size);
    const block = encodeSegmentHeader(header);
    expect(block).toHaveLength(HEADER_BYTES);
    expect(decodeSegmentHeader(block)).toEqual(header);
  });

  it("says what came before it", () => {
    const lines = encodeSegmentHeader(headerAt(3)).toString().split("\n");
    expect(lines.slice(0, 4)).toEqual(["writ-audit-segment/1", vkey, "7", "3"]);
    expect(lines[4]?.split(" ")).toHaveLength(2);
    expect(lines[5]).toBe(noteDigest("note"));
    expect(noteDigest("")).toBe(NOTHING);
  });

  it("is none with any byte changed", () => {
    const block = encodeSegmentHeader(headerAt(3));
    for (let at = 0; at < block.length; at += 1) {
      const changed = Buffer.from(block);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      expect(decodeSegmentHeader(changed), `byte ${at}`).toBeUndefined();
    }
    expect(decodeSegmentHeader(block.subarray(0, -1))).toBeUndefined();
    expect(decodeSegmentHeader(Buffer.alloc(0))).toBeUndefined();
  });

  const header = headerAt(3);
  it.each([
    [
      "a place before the first record",
      { ...header, firstSeq: -1, frontier: [header.frontier[0]] },
    ],
    ["half a record", { ...header, firstSeq: 2.5 }],
    ["half a segment", { ...header, segment: 1.5 }],
    ["a tree of another size", { ...header, firstSeq: 4 }],
    ["no tree", { ...header, frontier: [] }],
    [
      "a hash that is none",
      { ...header, frontier: header.frontier.map((hash) => hash.subarray(1)) },
    ],
  ])("is none with %s, whoever wrote it", (_, wrong) => {
    const block = encodeSegmentHeader(wrong as typeof header);
    expect(decodeSegmentHeader(block)).toBeUndefined();
  });

  it("has room for a long name, not for any", () => {
    const fixed = encodeSegmentHeader({ ...header, vkey: "" })
      .toString()
      .indexOf("\0");
    const longest = { ...header, vkey: "k".repeat(HEADER_BYTES - fixed) };
    expect(decodeSegmentHeader(encodeSegmentHeader(longest))).toEqual(longest);
    expect(() => encodeSegmentHeader({ ...longest, vkey: `${longest.vkey}k` })).toThrow(
      "a segment header is too long: shorten the origin",
    );
  });
});

describe("a batch", () => {
  const frame: Frame = {
    firstSeq: 5,
    note: "note \u2014",
    records: ["one", "", "three"].map((text) => Buffer.from(text)),
  };
  const encoded = encodeFrame(frame);

  it("is laid out as the format says", () => {
    expect(encoded).toHaveLength(SECTOR);
    expect(encoded.toString("latin1", 0, 4)).toBe("WFR1");
    // The note has eight bytes; of each record, four say how long it is.
    expect(encoded.readUInt32BE(4)).toBe(8 + 3 * 4 + 8);
    expect(encoded.readBigUInt64BE(8)).toBe(5n);
    expect(encoded.readUInt32BE(16)).toBe(3);
    expect(encoded.readUInt32BE(20)).toBe(8);
    expect(encoded.subarray(24, 32)).toEqual(Buffer.alloc(8));
    expect(encoded.toString("utf8", 32, 40)).toBe(frame.note);
    expect(encoded.subarray(40, 47)).toEqual(Buffer.from("\0\0\0\u0003one"));
    expect(encoded.subarray(60 + 32)).toEqual(Buffer.alloc(SECTOR - 92));
  });

  it("is read as it was written, wherever it stands, in whole sectors", () => {
    fc.assert(
      fc.property(
        fc.nat(2 ** 40),
        fc.string({ maxLength: 200 }).filter((text) => text.isWellFormed()),
        fc.array(fc.uint8Array({ maxLength: 400 })),
        fc.nat(3),
        (firstSeq, note, bodies, sector) => {
          const records = bodies.map((bytes) => Buffer.from(bytes));
          const written = encodeFrame({ firstSeq, note, records });
          expect(written.length % SECTOR).toBe(0);
          const at = sector * SECTOR;
          const around = Buffer.concat([Buffer.alloc(at, 1), written, Buffer.alloc(SECTOR, 2)]);
          expect(decodeFrame(around, at)).toEqual({
            ok: true,
            frame: { firstSeq, note, records },
            length: written.length,
          });
          const used =
            32 + Buffer.byteLength(note) + records.reduce((n, r) => n + 4 + r.length, 32);
          expect(written.length - used).toBeLessThan(SECTOR);
        },
      ),
      { numRuns: 200 },
    );
  });

  it("fills its last sector to the end", () => {
    const full = { ...frame, note: "", records: [Buffer.alloc(SECTOR - 32 - 32 - 4, 1)] };
    expect(encodeFrame(full)).toHaveLength(SECTOR);
    expect(encodeFrame({ ...full, note: "x" })).toHaveLength(2 * SECTOR);
  });

  it("is none with any byte changed", () => {
    for (let at = 0; at < encoded.length; at += 1) {
      const changed = Buffer.from(encoded);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      expect(decodeFrame(changed, 0).ok, `byte ${at}`).toBe(false);
    }
  });

  it.each<readonly [what: string, bytes: Buffer, message: string]>([
    ["nothing", Buffer.alloc(0), "no batch begins here"],
    ["half a header", encoded.subarray(0, 31), "no batch begins here"],
    ["another beginning", change((bytes) => bytes.write("WFR2", 0)), "no batch begins here"],
    ["a sector cut short", encoded.subarray(0, SECTOR - 1), "the batch is not all there"],
    [
      "a body beyond the end",
      change((bytes) => bytes.writeUInt32BE(SECTOR, 4)),
      "the batch is not all there",
    ],
    [
      "another record",
      change((bytes) => bytes.write("two", 44)),
      "the batch is not what was written",
    ],
    [
      "something in its padding",
      change((bytes) => bytes.writeUInt8(1, SECTOR - 1)),
      "the batch is not written as it must be",
    ],
  ])("is none with %s", (_, bytes, message) => {
    expect(decodeFrame(bytes, 0)).toEqual({ ok: false, message });
  });

  function change(edit: (bytes: Buffer) => unknown): Buffer {
    const bytes = Buffer.from(encoded);
    edit(bytes);
    return bytes;
  }

  it("has a largest size", () => {
    const largest = { ...frame, note: "", records: [Buffer.alloc(MAX_FRAME_BYTES - 4)] };
    expect(decodeFrame(encodeFrame(largest), 0).ok).toBe(true);
    expect(decodeFrame(encodeFrame({ ...largest, note: "x" }), 0)).toEqual({
      ok: false,
      message: "the batch is not all there",
    });
  });
});

describe("the name of a segment", () => {
  it.each([
    [1, "seg-000001.alog"],
    [123_456, "seg-123456.alog"],
    [1_234_567, "seg-1234567.alog"],
  ])("of %i is %s", (segment, name) => {
    expect(segmentName(segment)).toBe(name);
  });
});
