// What a writer asks of the file system, in order, and what it tells whom: it is this order that a crash
// cannot break.

import { generateKeyPairSync } from "node:crypto";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { type LogFile, type LogFiles, nodeFiles } from "./files.ts";
import { openLog } from "./log.ts";
import type { AppendResult, AuditLog, OpenLogOptions } from "./port.ts";
import { verifyLog } from "./verify.ts";

const { privateKey } = generateKeyPairSync("ed25519");
const home = mkdtempSync(join(tmpdir(), "writ-writer-"));
afterAll(() => rmSync(home, { recursive: true, force: true }));
afterEach(() => {
  vi.useRealTimers();
});

let folders = 0;
function newFolder(): string {
  folders += 1;
  return join(home, `log-${folders}`);
}

const options = (dir: string, more: Partial<OpenLogOptions> = {}): OpenLogOptions => ({
  dir,
  origin: "test/log",
  signingKey: privateKey,
  ...more,
});

async function open(dir: string, more: Partial<OpenLogOptions> = {}): Promise<AuditLog> {
  const opened = await openLog(options(dir, more));
  if (!opened.ok) throw new Error(opened.error.message);
  return opened.log;
}

const record = (index: number, pad = 0) => ({
  type: "decision",
  id: `d-${index}`,
  ...(pad > 0 ? { pad: "x".repeat(pad) } : {}),
});

const codeOf = (result: AppendResult): string =>
  result.ok ? `seq ${result.receipt.seq}` : result.error.code;

/** Files that note what is asked of them and do it, unless `fail` says that this one fails. */
function noting(calls: string[], fail: (call: string) => boolean = () => false): LogFiles {
  const note = (call: string): void => {
    calls.push(call);
    if (fail(call)) throw Object.assign(new Error("EIO"), { code: "EIO" });
  };
  return {
    ...nodeFiles,
    async open(path) {
      const name = basename(path);
      note(`open ${name}`);
      const file = await nodeFiles.open(path);
      return {
        async write(bytes, position) {
          note(`write ${name} at ${position}, ${bytes.length}`);
          return file.write(bytes, position);
        },
        async datasync() {
          note(`sync ${name}`);
          await file.datasync();
        },
        async close() {
          note(`close ${name}`);
          await file.close();
        },
      };
    },
    async rename(from, to) {
      note(`rename ${basename(from)}`);
      await nodeFiles.rename(from, to);
    },
    async syncFolder(path) {
      note(`sync the folder ${basename(path)}`);
      await nodeFiles.syncFolder(path);
    },
    async identify(path) {
      note(`identify ${basename(path)}`);
      return nodeFiles.identify(path);
    },
  };
}

const SEGMENT = "seg-000001.alog";
const checkpoint = (dir: string, bytes: number): readonly string[] => [
  "open checkpoint.new",
  `write checkpoint.new at 0, ${bytes}`,
  "sync checkpoint.new",
  "close checkpoint.new",
  "rename checkpoint.new",
  `sync the folder ${basename(dir)}`,
];
/** The origin twice, the size, the root, and the signature. */
const NOTE_BYTES = 163;

describe("the order of writing", () => {
  it("of a log that is begun, goes on, takes another segment and is closed", async () => {
    const dir = newFolder();
    const calls: string[] = [];
    const log = await open(dir, { files: noting(calls), segmentBytes: 4096 + 512 });
    const name = basename(dir);
    const batch = (segment: string, at: number): readonly string[] => [
      `write ${segment} at ${at}, 512`,
      `sync ${segment}`,
      "identify lock",
      `identify ${segment}`,
    ];
    expect(calls).toEqual([
      `sync the folder ${basename(home)}`,
      // Once as a reader does, once as the writer that must find it again.
      "identify lock",
      "identify lock",
      ...checkpoint(dir, NOTE_BYTES),
      `open ${SEGMENT}`,
      `write ${SEGMENT} at 0, 4096`,
      `sync ${SEGMENT}`,
      `sync the folder ${name}`,
      `identify ${SEGMENT}`,
      ...batch(SEGMENT, 4096),
      ...checkpoint(dir, NOTE_BYTES),
    ]);
    calls.length = 0;
    expect(codeOf(await log.append(record(1)))).toBe("seq 1");
    expect(calls).toEqual([
      `close ${SEGMENT}`,
      "open seg-000002.alog",
      "write seg-000002.alog at 0, 4096",
      "sync seg-000002.alog",
      `sync the folder ${name}`,
      "identify seg-000002.alog",
      ...batch("seg-000002.alog", 4096),
    ]);
    expect(log.size).toBe(2);
    calls.length = 0;
    await log.close();
    await log.close();
    expect(calls).toEqual([...checkpoint(dir, NOTE_BYTES), "close seg-000002.alog"]);
    calls.length = 0;
    // A log that is there is gone on with where it ends.
    const again = await open(dir, { files: noting(calls), segmentBytes: 4096 + 1024 });
    expect(calls).toEqual([
      "identify lock",
      "identify lock",
      "open seg-000002.alog",
      "identify seg-000002.alog",
      ...batch("seg-000002.alog", 4608),
      ...checkpoint(dir, NOTE_BYTES),
    ]);
    await again.close();
    expect(await verifyLog(dir)).toMatchObject({ ok: true, records: 3, batches: 3 });
  });

  it("makes one batch of what comes in one turn, and of what comes while one is written", async () => {
    const dir = newFolder();
    const log = await open(dir);
    const told: string[] = [];
    const append = (index: number): Promise<unknown> =>
      log.append(record(index)).then((result) => told.push(codeOf(result)));
    const first = [append(1), append(2)];
    await Promise.resolve();
    await Promise.resolve();
    const second = [append(3), append(4)];
    await Promise.all([...first, ...second]);
    expect(told).toEqual(["seq 1", "seq 2", "seq 3", "seq 4"]);
    await log.close();
    expect(await verifyLog(dir)).toMatchObject({ ok: true, records: 5, batches: 3 });
  });

  it.each<readonly [what: string, count: number, pad: number, batches: number]>([
    ["1024 records", 1024, 0, 1],
    ["more than 1024 records", 1025, 0, 2],
    ["a megabyte of records", 4, 261_600, 1],
    ["more than a megabyte of records", 5, 261_600, 2],
  ])("makes batches of %s", async (_, count, pad, batches) => {
    const dir = newFolder();
    const log = await open(dir);
    const all = Array.from({ length: count }, (__, index) => log.append(record(index, pad)));
    expect(new Set((await Promise.all(all)).map(({ ok }) => ok))).toEqual(new Set([true]));
    await log.close();
    expect(await verifyLog(dir)).toMatchObject({ ok: true, batches: 1 + batches });
  });
});

describe("a record", () => {
  it("has its place, its time and its writer, and its receipt names it", async () => {
    const dir = newFolder();
    const now = (): Date => new Date(1_700_000_000_000);
    const log = await open(dir, { now });
    const result = await log.append({ ...record(1), seq: 99, boot: "mine" });
    await log.close();
    const { streamRecords } = await import("./read.ts");
    const { leafHash } = await import("./merkle.ts");
    const all: Buffer[] = [];
    for await (const { bytes } of streamRecords(dir)) all.push(bytes);
    const [opened, written] = all.map((bytes) => JSON.parse(bytes.toString()));
    expect(opened).toEqual({
      v: 1,
      seq: 0,
      time: "2023-11-14T22:13:20.000Z",
      node: "test/log",
      boot: expect.stringMatching(/^[0-9a-f]{16}$/),
      type: "log.opened",
      id: opened.boot,
    });
    expect(written).toEqual({ ...opened, seq: 1, type: "decision", id: "d-1" });
    const leaf = leafHash(all[1] as Buffer).toString("hex");
    expect(result).toEqual({ ok: true, receipt: { origin: "test/log", seq: 1, leaf } });
  });

  it("of a log after a crash says how much was cut off", async () => {
    const dir = newFolder();
    await (await open(dir)).close();
    const file = await nodeFiles.open(join(dir, SEGMENT));
    await file.write(Buffer.from("torn"), 4096 + 512);
    await file.close();
    const opened = await openLog(options(dir));
    expect(opened).toMatchObject({ ok: true, recovered: { records: 1, tornBytes: 4 } });
    if (opened.ok) await opened.log.close();
    const { streamRecords } = await import("./read.ts");
    const types: unknown[] = [];
    for await (const { bytes } of streamRecords(dir)) {
      const { type, tornBytes } = JSON.parse(bytes.toString());
      types.push([type, tornBytes]);
    }
    expect(types).toEqual([
      ["log.opened", undefined],
      ["crash.recovered", 4],
    ]);
  });
});

describe("what is not taken", () => {
  it("is what does not fit the queue, to the byte", async () => {
    const { encode } = await import("./record.ts");
    const { bytes = 0 } = encode(record(1)) ?? {};
    const log = await open(newFolder(), { maxQueueBytes: 2 * bytes });
    const results = await Promise.all([1, 2, 3].map((index) => log.append(record(index))));
    expect(results.map(codeOf)).toEqual(["seq 1", "seq 2", "queue_full"]);
    // What is written makes room.
    const more = await Promise.all([4, 5, 6].map((index) => log.append(record(index))));
    expect(more.map(codeOf)).toEqual(["seq 3", "seq 4", "queue_full"]);
    await log.close();
    expect(codeOf(await log.append(record(7)))).toBe("closed");
    expect(log.failed).toBe(false);
    expect(log.size).toBe(5);
  });

  it("is anything after an error, for those who wait as well", async () => {
    let isBroken = false;
    const calls: string[] = [];
    const files = noting(calls, (call) => isBroken && call === `sync ${SEGMENT}`);
    const dir = newFolder();
    const log = await open(dir, { files });
    isBroken = true;
    const first = log.append(record(1));
    await Promise.resolve();
    await Promise.resolve();
    const waiting = log.append(record(2));
    expect([codeOf(await first), codeOf(await waiting)]).toEqual(["failed", "failed"]);
    expect(log.failed).toBe(true);
    expect(log.size).toBe(1);
    isBroken = false;
    calls.length = 0;
    expect(codeOf(await log.append(record(3)))).toBe("failed");
    await log.close();
    // Nothing more is written, the checkpoint neither.
    expect(calls.filter((call) => !call.startsWith("identify"))).toEqual([`close ${SEGMENT}`]);
    await (await open(dir)).close();
  });

  it.each(["lock", SEGMENT])("is anything once %s was replaced by a copy", async (name) => {
    const dir = newFolder();
    const log = await open(dir);
    const path = join(dir, name);
    copyFileSync(path, `${path}-copy`);
    renameSync(`${path}-copy`, path);
    expect(codeOf(await log.append(record(1)))).toBe("failed");
    await log.close();
  });

  it("is anything after a checkpoint that could not be written", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    let isBroken = false;
    const files = noting([], (call) => isBroken && call === "rename checkpoint.new");
    const log = await open(newFolder(), { files });
    isBroken = true;
    vi.setSystemTime(Date.now() + 1000);
    expect(codeOf(await log.append(record(1)))).toBe("seq 1");
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(log.failed).toBe(true);
    expect(codeOf(await log.append(record(2)))).toBe("failed");
    await log.close();
  });
});

describe("without other limits", () => {
  it("64 MiB may wait, and a segment takes as much", async () => {
    const { encode, MAX_RECORD_BYTES } = await import("./record.ts");
    const { bytes = 0 } = encode({ ...record(1), pad: "" }) ?? {};
    const largest = { ...record(1), pad: "x".repeat(MAX_RECORD_BYTES - bytes) };
    const dir = newFolder();
    const log = await open(dir, { files: { ...nodeFiles, open: openUnsynced } });
    const all = Array.from({ length: 257 }, () => log.append(largest));
    const results = await Promise.all(all);
    expect(results.slice(0, 256).every(({ ok }) => ok)).toBe(true);
    expect(codeOf(results[256] as AppendResult)).toBe("queue_full");
    for (let more = 0; more < 5; more += 1) await log.append(largest);
    await log.close();
    const segments = readdirSync(dir).filter((name) => name.startsWith("seg-"));
    expect(segments).toEqual([SEGMENT, "seg-000002.alog"]);
    const { size } = statSync(join(dir, SEGMENT));
    expect(size).toBeLessThanOrEqual(64 * 1024 * 1024);
    expect(size).toBeGreaterThan(63 * 1024 * 1024);
  }, 20_000);
});

/** What is only counted need not be safe. */
async function openUnsynced(path: string): Promise<LogFile> {
  return { ...(await nodeFiles.open(path)), datasync: async () => undefined };
}

describe("the newest checkpoint", () => {
  it("is written with a batch once a second is over, not before", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const calls: string[] = [];
    const log = await open(newFolder(), { files: noting(calls) });
    const at = Date.now();
    const written = async (ms: number): Promise<number> => {
      calls.length = 0;
      vi.setSystemTime(at + ms);
      await log.append(record(ms));
      await new Promise((resolve) => setTimeout(resolve, 20));
      return calls.filter((call) => call === "rename checkpoint.new").length;
    };
    expect(await written(0)).toBe(0);
    expect(await written(999)).toBe(0);
    expect(await written(1000)).toBe(1);
    expect(await written(1999)).toBe(0);
    expect(await written(2000)).toBe(1);
    await log.close();
  });
});

describe("a log that cannot be opened", () => {
  it("says that another has it", async () => {
    const dir = newFolder();
    const log = await open(dir);
    expect(await openLog(options(dir))).toEqual({
      ok: false,
      error: { code: "locked", message: `another process writes ${dir}` },
    });
    await log.close();
  });

  it.each<readonly [what: string, fail: (call: string) => boolean]>([
    ["its folder", (call) => call.startsWith("sync the folder")],
    ["its checkpoint", (call) => call === "rename checkpoint.new"],
    ["its first record", (call) => call === `sync ${SEGMENT}`],
    ["its lock, looked at", (call) => call === "identify lock"],
  ])("says that %s could not be written, and lets others try", async (_, fail) => {
    const dir = newFolder();
    const result = await openLog(options(dir, { files: noting([], fail) }));
    expect(result).toMatchObject({ ok: false, error: { code: "unwritable" } });
    if (!result.ok) expect(result.error.message).toContain(dir);
    await (await open(dir)).close();
  });

  it("says what the disk said", async () => {
    const dir = newFolder();
    const fail = (call: string): boolean => call === "rename checkpoint.new";
    expect(await openLog(options(dir, { files: noting([], fail) }))).toEqual({
      ok: false,
      error: { code: "unwritable", message: `${dir}: EIO` },
    });
    const files = { ...nodeFiles, makeFolder: () => Promise.reject(new Error("no code")) };
    expect(await openLog(options(dir, { files }))).toMatchObject({
      error: { message: `${dir}: Error: no code` },
    });
    // Where a file stands no folder can be made.
    const under = join(dir, "lock", "log");
    const result = await openLog(options(under));
    expect(result).toMatchObject({ ok: false, error: { code: "unwritable" } });
  });

  it("says that its lock cannot be made", async () => {
    const dir = newFolder();
    mkdirSync(join(dir, "lock"), { recursive: true });
    expect(await openLog(options(dir))).toEqual({
      ok: false,
      error: { code: "unwritable", message: `${dir}: unable to open database file` },
    });
  });

  it("lets others try after what was found in it", async () => {
    const dir = newFolder();
    await (await open(dir)).close();
    const other = generateKeyPairSync("ed25519").privateKey;
    const result = await openLog({ ...options(dir), signingKey: other });
    expect(result).toMatchObject({ ok: false, error: { code: "key_mismatch" } });
    await (await open(dir)).close();
  });
});
