import { createPublicKey } from "node:crypto";
import { describe, expect, it } from "vitest";
import { HEADER_BYTES, SECTOR } from "./format.ts";
import { cut, EMPTY_NOTE, filesOf, flip, makeLog, signer, signerOf } from "./made-log.ts";
import { EMPTY_ROOT } from "./merkle.ts";
import { type VerifyOptions, type VerifyResult, verifyLog } from "./verify.ts";

const dir = "/log";
const SHAPE = [[2, 1], [3]];
const [ONE, TWO] = ["seg-000001.alog", "seg-000002.alog"] as const;

function verify(made: Map<string, Buffer>, options: VerifyOptions = {}): Promise<VerifyResult> {
  return verifyLog(dir, { files: filesOf(made), ...options });
}

function problems(result: VerifyResult): readonly string[] {
  return result.ok
    ? []
    : result.problems.map((p) => `${p.file}@${p.offset} ${p.code}: ${p.message}`);
}

/** The key of a `vkey`, as PEM. */
function pemOf(vkey: string): string {
  const [, , encoded = ""] = vkey.split("+");
  const bytes = Buffer.from(encoded, "base64").subarray(1);
  const key = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), bytes]);
  return createPublicKey({ key, format: "der", type: "spki" })
    .export({ type: "spki", format: "pem" })
    .toString();
}

describe("a whole log", () => {
  const { files, notes } = makeLog(SHAPE);
  const whole = {
    ok: true,
    records: 6,
    batches: 3,
    root: Buffer.from(notes.at(-1)?.split("\n")[2] ?? "", "base64").toString("hex"),
    origin: "test/log",
    key: signer.vkey,
    pinned: false,
  };

  it("is described", async () => {
    expect(await verify(files)).toStrictEqual(whole);
  });

  it.each<readonly [what: string, options: VerifyOptions, more: object]>([
    ["under its key", { publicKey: signer.vkey }, { pinned: true }],
    ["under its key, with space around it", { publicKey: ` ${signer.vkey}\n` }, { pinned: true }],
    ["under its key in PEM", { publicKey: pemOf(signer.vkey) }, { pinned: true }],
    ["with its newest checkpoint kept", { checkpoint: notes[2] ?? "" }, { kept: 6 }],
    ["with an older one", { checkpoint: notes[0] ?? "" }, { kept: 2 }],
    ["with one whose end is spelled otherwise", { checkpoint: `${notes[1]}\n \n` }, { kept: 3 }],
    ["with the one from before its first record", { checkpoint: EMPTY_NOTE }, { kept: 0 }],
  ])("is one %s", async (_, options, more) => {
    expect(await verify(files, options)).toEqual({ ...whole, ...more });
  });

  it("may hold no record yet, and the next checkpoint half written", async () => {
    const made = makeLog([[]]).files;
    made.set("checkpoint.new", Buffer.from("half"));
    expect(await verify(made)).toMatchObject({
      ok: true,
      records: 0,
      batches: 0,
      root: EMPTY_ROOT.toString("hex"),
    });
  });

  it("may be read while it is written: a torn end that is gone a moment later is none", async () => {
    const calls: string[] = [];
    const torn = new Map(files);
    cut(torn, TWO, HEADER_BYTES + 100);
    torn.set("checkpoint", Buffer.from(notes[1] as string));
    const changing = filesOf(torn, calls);
    const startedAt = performance.now();
    const result = await verifyLog(dir, {
      files: {
        ...changing,
        list: (path) => {
          if (calls.length > 0) for (const [name, bytes] of files) torn.set(name, bytes);
          return changing.list(path);
        },
      },
    });
    expect(result).toEqual(whole);
    expect(calls).toEqual(["list", "list"]);
    expect(performance.now() - startedAt).toBeGreaterThan(100);
  });
});

describe("a log that is not whole", () => {
  const other = signerOf(2);
  const history = makeLog([[2, 1], [1]]);

  it.each<
    readonly [
      what: string,
      damage: (files: Map<string, Buffer>) => void,
      options: VerifyOptions,
      expected: readonly string[],
      looks: number,
    ]
  >([
    ["nothing is there", (files) => files.clear(), {}, [`${dir}@0 empty: there is no log here`], 1],
    [
      "there is no segment",
      (files) => {
        files.delete(ONE);
        files.delete(TWO);
      },
      {},
      [`${dir}@0 empty: there is no log here`],
      1,
    ],
    [
      "the checkpoint is gone",
      (files) => files.delete("checkpoint"),
      {},
      ["checkpoint@0 checkpoint_invalid: the newest checkpoint is not there"],
      1,
    ],
    [
      "the checkpoint is signed by another",
      (files) =>
        files.set(
          "checkpoint",
          Buffer.from(other.sign({ origin: "test/log", size: 6, root: EMPTY_ROOT })),
        ),
      {},
      ["checkpoint@0 checkpoint_invalid: the newest checkpoint is not signed by the log's key"],
      1,
    ],
    [
      "the checkpoint is of another history",
      (files) => files.set("checkpoint", sized(6)),
      {},
      ["checkpoint@0 checkpoint_invalid: the newest checkpoint is of no batch of this log"],
      1,
    ],
    [
      "the checkpoint is of no records, with a root",
      (files) => files.set("checkpoint", sized(0)),
      {},
      ["checkpoint@0 checkpoint_invalid: the newest checkpoint is of no batch of this log"],
      1,
    ],
    [
      "the checkpoint covers more",
      (files) => files.set("checkpoint", sized(9)),
      {},
      [
        "checkpoint@0 records_missing: records 6 to 8 were acknowledged and are not here: the newest checkpoint covers them",
      ],
      2,
    ],
    [
      "a kept checkpoint covers more",
      () => undefined,
      { checkpoint: sized(7).toString() },
      [
        "kept checkpoint@0 records_missing: records 6 to 6 were acknowledged and are not here: the kept checkpoint covers them",
      ],
      2,
    ],
    [
      "a kept checkpoint is of another history",
      () => undefined,
      { checkpoint: history.notes[2] as string },
      ["kept checkpoint@0 checkpoint_invalid: the kept checkpoint is of no batch of this log"],
      1,
    ],
    [
      "its end is torn, and covered",
      (files) => cut(files, TWO, HEADER_BYTES + 100),
      {},
      [
        `${TWO}@${HEADER_BYTES} batch_invalid: the batch is damaged: records 3 to 5 were acknowledged`,
      ],
      1,
    ],
    [
      "its end is torn, and covered by a kept checkpoint only",
      (files) => {
        cut(files, TWO, HEADER_BYTES + 100);
        files.delete("checkpoint");
      },
      { checkpoint: makeLog(SHAPE).notes[2] as string },
      [
        `${TWO}@${HEADER_BYTES} batch_invalid: the batch is damaged: records 3 to 5 were acknowledged`,
      ],
      1,
    ],
    [
      "its end is torn, which the checkpoint does not cover",
      (files) => {
        cut(files, TWO, HEADER_BYTES + 100);
        files.set("checkpoint", Buffer.from(makeLog(SHAPE).notes[1] as string));
      },
      {},
      [
        expect.stringMatching(
          `^${TWO}@${HEADER_BYTES} torn_tail: the batch is not all there; these 100 bytes were never`,
        ),
      ],
      2,
    ],
    [
      "its end is torn, and the checkpoint is none",
      (files) => {
        cut(files, TWO, HEADER_BYTES + 100);
        files.set("checkpoint", Buffer.from("x"));
      },
      {},
      [expect.stringMatching(`^${TWO}@${HEADER_BYTES} torn_tail: `)],
      2,
    ],
    [
      "its first batch is torn",
      (files) => {
        files.delete(TWO);
        cut(files, ONE, HEADER_BYTES + 100);
        files.set("checkpoint", Buffer.from(EMPTY_NOTE));
      },
      {},
      [expect.stringMatching(`^${ONE}@${HEADER_BYTES} torn_tail: `)],
      2,
    ],
    [
      "a batch is damaged",
      (files) => flip(files, ONE, HEADER_BYTES + 40),
      {},
      [`${ONE}@${HEADER_BYTES} batch_invalid: the batch is not what was written`],
      1,
    ],
    [
      "something else is there, and a batch is damaged",
      (files) => {
        files.set("notes.txt", Buffer.alloc(0));
        flip(files, ONE, HEADER_BYTES + SECTOR + 40);
      },
      {},
      [
        "notes.txt@0 unexpected_file: this is no part of a log",
        `${ONE}@${HEADER_BYTES + SECTOR} batch_invalid: the batch is not what was written`,
      ],
      1,
    ],
    [
      "something else is there, and the key is another",
      (files) => files.set("checkpoint.old", Buffer.alloc(0)),
      { publicKey: other.vkey },
      [
        "checkpoint.old@0 unexpected_file: this is no part of a log",
        `${dir}@0 key_mismatch: the log is signed by another key than the one given`,
      ],
      1,
    ],
    [
      "the key is another, in PEM",
      () => undefined,
      { publicKey: pemOf(other.vkey) },
      [`${dir}@0 key_mismatch: the log is signed by another key than the one given`],
      1,
    ],
    [
      "the key is none",
      () => undefined,
      { publicKey: "-----BEGIN PUBLIC KEY-----" },
      [`${dir}@0 key_mismatch: the log is signed by another key than the one given`],
      1,
    ],
  ])("is found out: %s", async (_, damage, options, expected, looks) => {
    const { files } = makeLog(SHAPE);
    damage(files);
    const calls: string[] = [];
    expect(problems(await verifyLog(dir, { files: filesOf(files, calls), ...options }))).toEqual(
      expected,
    );
    // What may be a write under way is looked at again.
    expect(calls.filter((call) => call === "list")).toHaveLength(looks);
  });

  it("and a folder that cannot be listed has none", async () => {
    expect(problems(await verifyLog("/nowhere/at/all"))).toEqual([
      "/nowhere/at/all@0 empty: there is no log here",
    ]);
  });
});

/** A checkpoint of this log's key, of no tree of its. */
function sized(size: number): Buffer {
  const root = Buffer.alloc(32, 9);
  return Buffer.from(signer.sign({ origin: signer.origin, size, root }));
}
