import { describe, expect, it } from "vitest";
import { HEADER_BYTES, SECTOR } from "./format.ts";
import {
  cut,
  type Edits,
  EMPTY_NOTE,
  filesOf,
  flip,
  makeLog,
  signer,
  signerOf,
} from "./made-log.ts";
import { type RecoverResult, recover } from "./recover.ts";

const dir = "/log";
const SHAPE = [
  [2, 1],
  [3, 1],
];
const [ONE, TWO, THREE] = ["seg-000001.alog", "seg-000002.alog", "seg-000003.alog"] as const;

async function summary(result: RecoverResult): Promise<unknown> {
  if (!result.ok) return `${result.error.code}: ${result.error.message}`;
  const { state, tornBytes } = result;
  return { ...state, frontier: state.frontier.size, tornBytes };
}

describe("where a log ends", () => {
  const { notes } = makeLog(SHAPE);
  const whole = { frontier: 7, note: notes[3], segment: 2, end: HEADER_BYTES + 2 * SECTOR };
  const ahead = makeLog([[2, 1], [3, 1], [1]]).files.get(THREE) as Buffer;

  it.each<
    readonly [
      what: string,
      damage: (files: Map<string, Buffer>) => void,
      found: object,
      done: readonly string[],
    ]
  >([
    ["whole", () => undefined, { ...whole, tornBytes: 0 }, []],
    [
      "with an older checkpoint",
      (files) => files.set("checkpoint", Buffer.from(notes[2] as string)),
      { ...whole, tornBytes: 0 },
      [],
    ],
    [
      "with a checkpoint of a segment before",
      (files) => files.set("checkpoint", Buffer.from(notes[0] as string)),
      { ...whole, tornBytes: 0 },
      [],
    ],
    [
      "with the checkpoint from before its first record",
      (files) => files.set("checkpoint", Buffer.from(EMPTY_NOTE)),
      { ...whole, tornBytes: 0 },
      [],
    ],
    [
      "new",
      (files) => files.clear(),
      { frontier: 0, note: "", segment: 1, end: 0, tornBytes: 0 },
      [],
    ],
    [
      "new, but for its checkpoint",
      (files) => {
        files.clear();
        files.set("checkpoint", Buffer.from(EMPTY_NOTE));
      },
      { frontier: 0, note: "", segment: 1, end: 0, tornBytes: 0 },
      [],
    ],
    [
      "torn in the first byte of a batch",
      (files) => {
        files.set(TWO, Buffer.concat([files.get(TWO) as Buffer, Buffer.alloc(1, 1)]));
      },
      { ...whole, tornBytes: 1 },
      [`truncate ${TWO} to ${whole.end}`, `open ${TWO}`, "datasync", "close"],
    ],
    [
      "with a second segment that was only begun",
      (files) => {
        files.set(TWO, (files.get(TWO) as Buffer).subarray(0, HEADER_BYTES));
        files.set("checkpoint", Buffer.from(notes[1] as string));
      },
      { frontier: 3, note: notes[1], segment: 2, end: HEADER_BYTES, tornBytes: 0 },
      [],
    ],
    [
      "torn in a batch",
      (files) => {
        files.set(TWO, Buffer.concat([files.get(TWO) as Buffer, Buffer.alloc(700, 1)]));
      },
      { ...whole, tornBytes: 700 },
      [`truncate ${TWO} to ${whole.end}`, `open ${TWO}`, "datasync", "close"],
    ],
    [
      "torn in the header of a segment",
      (files) => files.set(THREE, ahead.subarray(0, 100)),
      { ...whole, tornBytes: 100 },
      [`remove ${THREE}`, "sync the folder", "list"],
    ],
    [
      "torn in the header of a segment, which is all there but not what was written",
      (files) => {
        files.set(THREE, ahead.subarray(0, HEADER_BYTES));
        flip(files, THREE, 5);
      },
      { ...whole, tornBytes: HEADER_BYTES },
      [`remove ${THREE}`, "sync the folder", "list"],
    ],
    [
      "torn in the header of a segment and in the batch before it",
      (files) => {
        files.set(TWO, Buffer.concat([files.get(TWO) as Buffer, Buffer.alloc(10, 1)]));
        files.set(THREE, Buffer.alloc(0));
      },
      { ...whole, tornBytes: 10 },
      [
        `remove ${THREE}`,
        "sync the folder",
        "list",
        `truncate ${TWO} to ${whole.end}`,
        `open ${TWO}`,
        "datasync",
        "close",
      ],
    ],
    [
      "with a segment that was only begun",
      (files) => files.set(THREE, ahead.subarray(0, HEADER_BYTES)),
      { frontier: 7, note: notes[3], segment: 3, end: HEADER_BYTES, tornBytes: 0 },
      [],
    ],
    [
      "with a first segment that was only begun",
      (files) => {
        files.set(ONE, (files.get(ONE) as Buffer).subarray(0, HEADER_BYTES));
        files.set("checkpoint", Buffer.from(EMPTY_NOTE));
        files.delete(TWO);
      },
      { frontier: 0, note: "", segment: 1, end: HEADER_BYTES, tornBytes: 0 },
      [],
    ],
  ])("is known: %s", async (_, damage, found, done) => {
    const { files } = makeLog(SHAPE);
    damage(files);
    const calls: string[] = [];
    expect(await summary(await recover(dir, signer, filesOf(files, calls)))).toEqual(found);
    expect(calls).toEqual(["list", ...done]);
  });
});

describe("a log that a crash did not damage", () => {
  const { notes } = makeLog(SHAPE);
  const forged = makeLog([
    [2, 1],
    [3, 2],
  ]);
  const other = signerOf(2);

  it.each<
    readonly [
      what: string,
      edits: Edits,
      damage: (files: Map<string, Buffer>) => void,
      message: RegExp,
    ]
  >([
    [
      "its segments are gone",
      {},
      (files) => {
        files.delete(ONE);
        files.delete(TWO);
      },
      /^corrupt: there is a checkpoint, but no segment of the log it is of$/,
    ],
    [
      "its checkpoint is gone",
      {},
      (files) => files.delete("checkpoint"),
      /^corrupt: the newest checkpoint is gone, without which/,
    ],
    [
      "its checkpoint is none",
      {},
      (files) => files.set("checkpoint", Buffer.from("x")),
      /^corrupt: the newest checkpoint is not signed by the log's key$/,
    ],
    [
      "its checkpoint is of another history",
      {},
      (files) => files.set("checkpoint", sized(6)),
      /^corrupt: the newest checkpoint is of another history of this log$/,
    ],
    [
      "its checkpoint covers more",
      {},
      (files) => files.set("checkpoint", Buffer.from(forged.notes[3] as string)),
      /^corrupt: records 7 to 7 were acknowledged and are not here$/,
    ],
    [
      "its last batch is gone",
      {},
      (files) => cut(files, TWO, HEADER_BYTES + SECTOR),
      /^corrupt: records 6 to 6 were acknowledged and are not here$/,
    ],
    [
      "its last segment's header is damaged",
      {},
      (files) => flip(files, TWO, 10),
      /^corrupt: seg-000002\.alog:0: the segment's header is not what was written$/,
    ],
    [
      "a batch is damaged that another follows",
      {},
      (files) => flip(files, TWO, HEADER_BYTES + 40),
      /^corrupt: seg-000002\.alog:4096: the batch is not what was written$/,
    ],
    [
      "its last segment is another's",
      { header: (header, segment) => (segment === 2 ? { ...header, vkey: other.vkey } : header) },
      () => undefined,
      /^key_mismatch: the log was begun under another key or origin$/,
    ],
    [
      "its header has another tree",
      {
        header: (header, segment) =>
          segment === 2
            ? { ...header, frontier: header.frontier.map(() => Buffer.alloc(32)) }
            : header,
      },
      (files) => files.set("checkpoint", Buffer.from(notes[0] as string)),
      /^corrupt: seg-000002\.alog: the batch's checkpoint is not of these records$/,
    ],
    [
      "its last checkpoint is signed by another",
      {
        batch: (frame, index) =>
          index === 3
            ? {
                ...frame,
                note: other.sign({ origin: "test/log", size: 7, root: Buffer.alloc(32) }),
              }
            : frame,
      },
      (files) => files.set("checkpoint", Buffer.from(notes[0] as string)),
      /^corrupt: seg-000002\.alog: the batch's checkpoint is not signed by the log's key$/,
    ],
  ])("is not mended: %s", async (_, edits, damage, message) => {
    const { files } = makeLog(SHAPE, edits);
    damage(files);
    const calls: string[] = [];
    expect(await summary(await recover(dir, signer, filesOf(files, calls)))).toMatch(message);
    expect(calls).toEqual(["list"]);
  });

  it("refuses another signer", async () => {
    const result = await recover(dir, other, filesOf(makeLog(SHAPE).files));
    expect(await summary(result)).toMatch(/^key_mismatch/);
  });

  it("refuses a folder with another's checkpoint alone", async () => {
    for (const note of [notes[0] as string, signerOf(2).sign({ ...EMPTY, origin: "test/log" })]) {
      const files = new Map([["checkpoint", Buffer.from(note)]]);
      expect(await summary(await recover(dir, signer, filesOf(files)))).toMatch(
        /^corrupt: there is/,
      );
    }
  });
});

const EMPTY = { size: 0, root: Buffer.alloc(32) };

/** A checkpoint of this log's key, of no tree of its. */
function sized(size: number): Buffer {
  return Buffer.from(signer.sign({ origin: signer.origin, size, root: Buffer.alloc(32, 9) }));
}
