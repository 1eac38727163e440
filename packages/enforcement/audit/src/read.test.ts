import { describe, expect, it } from "vitest";
import { HEADER_BYTES, SECTOR, type SegmentHeader } from "./format.ts";
import { cut, type Edits, filesOf, flip, makeLog, signer, signerOf } from "./made-log.ts";
import { EMPTY_ROOT, leafHash } from "./merkle.ts";
import { listLog, type ReadOptions, type ReadResult, readSegments, streamRecords } from "./read.ts";

const dir = "/log";
const SHAPE = [[2, 1], [1], [3, 2]];
const [ONE, TWO, THREE] = ["seg-000001.alog", "seg-000002.alog", "seg-000003.alog"] as const;

async function read(made: Map<string, Buffer>, options: ReadOptions = {}): Promise<ReadResult> {
  const files = filesOf(made);
  return readSegments(dir, await listLog(dir, files), { files, ...options });
}

describe("a folder", () => {
  const list = (names: readonly string[], lockBytes = 0) =>
    listLog(
      dir,
      filesOf(new Map(names.map((name) => [name, Buffer.alloc(name === "lock" ? lockBytes : 1)]))),
    );

  it("has segments, in order, a checkpoint and an empty lock", async () => {
    expect(await list(["lock", "checkpoint", "seg-1000000.alog", TWO, ONE])).toEqual({
      segments: [1, 2, 1_000_000],
      hasCheckpoint: true,
      unexpected: [],
    });
    expect(await list([])).toEqual({ segments: [], hasCheckpoint: false, unexpected: [] });
  });

  it("has nothing else", async () => {
    const others = ["seg-1.alog", "seg-0000001.alog", `${ONE}.gz`, `x${ONE}`, "checkpoint.new"];
    expect(await list([ONE, ...others])).toMatchObject({ segments: [1], unexpected: others });
    expect(await list(["lock"], 1)).toMatchObject({ unexpected: ["lock"] });
  });
});

describe("reading", () => {
  it("gives every record and batch, and where the log ends", async () => {
    const { files, notes } = makeLog(SHAPE);
    const records: string[] = [];
    const batches: string[] = [];
    const { state, problem } = await read(files, {
      onRecord: (bytes, seq) => records.push(`${seq} ${JSON.parse(bytes.toString()).id}`),
      onBatch: ({ records: { length } }, file, offset) =>
        batches.push(`${file} ${offset}: ${length}`),
    });
    expect(problem).toBeUndefined();
    expect(records).toEqual(Array.from({ length: 9 }, (_, seq) => `${seq} d-${seq}`));
    expect(batches).toEqual([
      `${ONE} 4096: 2`,
      `${ONE} 4608: 1`,
      `${TWO} 4096: 1`,
      `${THREE} 4096: 3`,
      `${THREE} 4608: 2`,
    ]);
    expect(state).toMatchObject({ note: notes.at(-1), segment: 3, end: 5120, batches: 5 });
    expect(state.frontier.size).toBe(9);
    expect(state.verifier?.vkey).toBe(signer.vkey);
  });

  it("begins at a segment, believing its header", async () => {
    const { files } = makeLog(SHAPE);
    files.delete(ONE);
    const seqs: number[] = [];
    const { state, problem } = await read(files, { from: 2, onRecord: (_, seq) => seqs.push(seq) });
    expect(problem).toBeUndefined();
    expect(seqs).toEqual([3, 4, 5, 6, 7, 8]);
    expect(state.frontier.root()).toEqual((await read(makeLog(SHAPE).files)).state.frontier.root());
    expect((await read(files)).problem).toMatchObject({ file: ONE, code: "segment_missing" });
  });

  it("of nothing gives nothing", async () => {
    const { state, problem } = await read(new Map());
    expect(problem).toBeUndefined();
    expect(state).toMatchObject({ verifier: undefined, note: "", segment: 1, end: 0, batches: 0 });
    expect(state.frontier.root()).toEqual(EMPTY_ROOT);
  });
});

/** What is done to a log of three segments, and the problem that is found. */
const damages: readonly (readonly [
  what: string,
  edits: Edits,
  damage: (files: Map<string, Buffer>) => void,
  problem: readonly [file: string, offset: number, code: string, message: RegExp],
])[] = [
  [
    "a segment is gone",
    {},
    (files) => files.delete(TWO),
    [TWO, 0, "segment_missing", /^this segment is not there$/],
  ],
  [
    "a header is damaged",
    {},
    (files) => flip(files, TWO, 10),
    [TWO, 0, "header_invalid", /header is not what was written$/],
  ],
  [
    "a header is of another segment",
    onHeader(2, { segment: 3 }),
    () => undefined,
    [TWO, 0, "header_invalid", /header is of another segment$/],
  ],
  [
    "a header names no key",
    onHeader(1, { vkey: "nobody" }),
    () => undefined,
    [ONE, 0, "header_invalid", /header names no key$/],
  ],
  [
    "a header names another key",
    onHeader(2, { vkey: signerOf(2).vkey }),
    () => undefined,
    [TWO, 0, "header_invalid", /signed by another key$/],
  ],
  [
    "a header is for another place",
    onHeader(2, { firstSeq: 5 }),
    () => undefined,
    [TWO, 0, "header_invalid", /does not follow the one before it$/],
  ],
  [
    "a header is after another checkpoint",
    onHeader(2, { previous: "0".repeat(64) }),
    () => undefined,
    [TWO, 0, "header_invalid", /does not follow the one before it$/],
  ],
  [
    "a header has another tree",
    onHeader(2, { frontier: [leafHash(Buffer.from("a")), leafHash(Buffer.from("b"))] }),
    () => undefined,
    [TWO, 0, "header_invalid", /does not follow the one before it$/],
  ],
  [
    "a header is for a place with a larger tree",
    onHeader(2, { firstSeq: 7, frontier: [1, 2, 3].map(() => leafHash(Buffer.from("a"))) }),
    () => undefined,
    [TWO, 0, "header_invalid", /does not follow the one before it$/],
  ],
  [
    "the second header is half there, at the end",
    {},
    (files) => {
      files.delete(THREE);
      cut(files, TWO, HEADER_BYTES - 1);
    },
    [TWO, 0, "torn_tail", /header is not what was written$/],
  ],
  [
    "a header is half there, at the end",
    {},
    (files) => cut(files, THREE, HEADER_BYTES - 1),
    [THREE, 0, "torn_tail", /header is not what was written$/],
  ],
  [
    "a header is damaged, at the end, and nothing follows",
    {},
    (files) => {
      flip(files, THREE, 10);
      cut(files, THREE, HEADER_BYTES);
    },
    [THREE, 0, "torn_tail", /header is not what was written$/],
  ],
  [
    "a header is damaged, at the end, and something follows",
    {},
    (files) => {
      flip(files, THREE, 10);
      cut(files, THREE, HEADER_BYTES + 1);
    },
    [THREE, 0, "header_invalid", /header is not what was written$/],
  ],
  [
    "a header is half there, but not at the end",
    {},
    (files) => cut(files, TWO, HEADER_BYTES - 1),
    [TWO, 0, "header_invalid", /header is not what was written$/],
  ],
  [
    "the first header is half there",
    {},
    (files) => {
      files.delete(TWO);
      files.delete(THREE);
      cut(files, ONE, 100);
    },
    [ONE, 0, "header_invalid", /header is not what was written$/],
  ],
  [
    "a batch is damaged, and another follows",
    {},
    (files) => flip(files, THREE, HEADER_BYTES + 40),
    [THREE, HEADER_BYTES, "batch_invalid", /^the batch is not what was written$/],
  ],
  [
    "the last batch is damaged",
    {},
    (files) => flip(files, THREE, HEADER_BYTES + SECTOR + 40),
    [
      THREE,
      HEADER_BYTES + SECTOR,
      "torn_tail",
      /^the batch is not what was written; these 512 bytes were never acknowledged if/,
    ],
  ],
  [
    "the last batch of another segment is damaged",
    {},
    (files) => flip(files, ONE, HEADER_BYTES + SECTOR + 40),
    [ONE, HEADER_BYTES + SECTOR, "batch_invalid", /^the batch is not what was written$/],
  ],
  [
    "a batch is for a later place",
    { batch: (frame, index) => (index === 2 ? { ...frame, firstSeq: 5 } : frame) },
    () => undefined,
    [TWO, HEADER_BYTES, "batch_invalid", /^records 3 to 4 are not here$/],
  ],
  [
    "a record says it is another",
    onRecords(0, '{"seq":0}', '{"seq":2}'),
    () => undefined,
    [ONE, HEADER_BYTES, "record_invalid", /^record 1 says it is another$/],
  ],
  [
    "a record is none",
    onRecords(0, '{"seq":0}', "{"),
    () => undefined,
    [ONE, HEADER_BYTES, "record_invalid", /^record 1 says it is another$/],
  ],
  [
    "a checkpoint is of other records",
    onRecords(0, '{"seq":0,"x":1}', '{"seq":1}'),
    () => undefined,
    [ONE, HEADER_BYTES, "checkpoint_invalid", /checkpoint is not of these records$/],
  ],
  [
    "a checkpoint is of another size",
    onRecords(1, '{"seq":2}', '{"seq":3}'),
    () => undefined,
    [ONE, HEADER_BYTES + SECTOR, "checkpoint_invalid", /checkpoint is not of these records$/],
  ],
  [
    "a checkpoint is signed by another",
    {
      batch: (frame, index) =>
        index === 4
          ? { ...frame, note: signerOf(2).sign({ origin: "test/log", size: 9, root: EMPTY_ROOT }) }
          : frame,
    },
    () => undefined,
    [THREE, HEADER_BYTES + SECTOR, "checkpoint_invalid", /is not signed by the log's key$/],
  ],
];

function onHeader(wanted: number, changed: Partial<SegmentHeader>): Edits {
  return {
    header: (header, segment) => (segment === wanted ? { ...header, ...changed } : header),
  };
}

function onRecords(wanted: number, ...records: readonly string[]): Edits {
  return {
    batch: (frame, index) =>
      index === wanted
        ? { ...frame, records: records.map((record) => Buffer.from(record)) }
        : frame,
  };
}

describe("a problem", () => {
  it.each(damages)("is that %s", async (_, edits, damage, [file, offset, code, message]) => {
    const { files } = makeLog(SHAPE, edits);
    damage(files);
    const { problem } = await read(files);
    expect(problem).toEqual({ file, offset, code, message: expect.stringMatching(message) });
  });

  it("ends what is told, at the batch before it", async () => {
    const { files } = makeLog(SHAPE, onRecords(3, '{"seq":4}', '{"seq":5}', '{"seq":7}'));
    const seqs: number[] = [];
    let batches = 0;
    const { state } = await read(files, {
      onRecord: (_, seq) => seqs.push(seq),
      onBatch: () => {
        batches += 1;
      },
    });
    expect(seqs).toEqual([0, 1, 2, 3]);
    expect(batches).toBe(3);
    expect(state).toMatchObject({ batches: 3, segment: 3, end: HEADER_BYTES });
    expect(state.frontier.size).toBe(4);
  });

  it("of a signature is not looked for where the caller says so", async () => {
    const { files } = makeLog(SHAPE, onRecords(0, '{"seq":0,"x":1}', '{"seq":1}'));
    const { problem } = await read(files, { skipSignatures: true });
    // The tree is another from there on.
    expect(problem).toMatchObject({ file: TWO, code: "header_invalid" });
    expect((await read(files, { skipSignatures: false })).problem).toMatchObject({ file: ONE });
  });
});

describe("a stream of records", () => {
  async function stream(made: Map<string, Buffer>): Promise<readonly unknown[]> {
    const all: unknown[] = [];
    const records = streamRecords(dir, filesOf(made));
    for (;;) {
      const { done, value } = await records.next();
      if (done === true) return [...all, value];
      all.push(value.seq);
    }
  }

  it("has them all, in order", async () => {
    expect(await stream(makeLog(SHAPE).files)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, undefined]);
    expect(await stream(makeLog([[1], []]).files)).toEqual([0, undefined]);
  });

  it.each<
    readonly [
      what: string,
      edits: Edits,
      damage: (files: Map<string, Buffer>) => void,
      end: readonly unknown[],
    ]
  >([
    [
      "there is none",
      {},
      (files) => files.clear(),
      [{ file: dir, offset: 0, code: "empty", message: "there is no log here" }],
    ],
    [
      "the first segment is gone",
      {},
      (files) => files.delete(ONE),
      [{ file: ONE, offset: 0, code: "segment_missing", message: "this segment is not there" }],
    ],
    [
      "another is gone",
      {},
      (files) => files.delete(TWO),
      [
        0,
        1,
        2,
        { file: TWO, offset: 0, code: "segment_missing", message: "this segment is not there" },
      ],
    ],
    [
      "a segment is of another place",
      onHeader(2, { firstSeq: 5 }),
      (files) => files.set(TWO, makeLog([[2], [3]]).files.get(TWO) as Buffer),
      [
        0,
        1,
        2,
        {
          file: TWO,
          offset: 0,
          code: "header_invalid",
          message: "the segment does not follow the one before it",
        },
      ],
    ],
    [
      "its end is torn",
      {},
      (files) => cut(files, THREE, HEADER_BYTES + SECTOR + 100),
      [
        0,
        1,
        2,
        3,
        4,
        5,
        6,
        expect.objectContaining({ file: THREE, offset: 4608, code: "torn_tail" }),
      ],
    ],
    [
      "the end of another segment is torn",
      {},
      (files) => cut(files, ONE, HEADER_BYTES + SECTOR + 100),
      [0, 1, expect.objectContaining({ file: ONE, offset: 4608, code: "batch_invalid" })],
    ],
    [
      "a batch is damaged",
      {},
      (files) => flip(files, THREE, HEADER_BYTES + 40),
      [0, 1, 2, 3, expect.objectContaining({ file: THREE, code: "batch_invalid" })],
    ],
  ])("ends where %s", async (_, edits, damage, end) => {
    const { files } = makeLog(SHAPE, edits);
    damage(files);
    expect(await stream(files)).toEqual(end);
  });

  it("of a folder that cannot be listed is none", async () => {
    const records = streamRecords("/nowhere/at/all");
    expect(await records.next()).toMatchObject({ done: true, value: { code: "empty" } });
  });
});
