import { fork } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type LogFiles, nodeFiles } from "./files.ts";
import { type AuditLog, type AuditRecord, openLog, readRecords, verifyLog } from "./index.ts";

const { privateKey, publicKey } = generateKeyPairSync("ed25519");
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "writ-audit-"));
  folders.push(folder);
  return join(folder, "log");
}

async function open(
  dir: string,
  more: { files?: LogFiles; maxQueueBytes?: number; segmentBytes?: number } = {},
): Promise<AuditLog> {
  const opened = await openLog({ dir, origin: "test/node-1", signingKey: privateKey, ...more });
  if (!opened.ok) throw new Error(opened.error.message);
  return opened.log;
}

const record = (index: number) => ({
  type: "decision",
  id: `d-${index}`,
  effect: "allow",
  labels: ["pii.email"],
});

/** A closed log of a few batches in two segments. */
async function sample(): Promise<string> {
  const dir = newFolder();
  const log = await open(dir, { segmentBytes: 8192 });
  for (let batch = 0; batch < 4; batch += 1) {
    await Promise.all(
      [0, 1, 2].map((index) => log.append({ ...record(batch * 3 + index), pad: "x".repeat(500) })),
    );
  }
  await log.close();
  return dir;
}

describe("a record that cannot be written", () => {
  it.each([
    ["too large", { ...record(0), pad: "x".repeat(300_000) }],
    ["no JSON", { ...record(0), pad: 1n }],
  ])("fails alone: %s", async (_, unfit) => {
    const dir = newFolder();
    const log = await open(dir);
    const results = await Promise.all([record(1), unfit, record(2)].map((r) => log.append(r)));
    expect(results.map((result) => (result.ok ? "ok" : result.error.code))).toEqual([
      "ok",
      "unfit",
      "ok",
    ]);
    expect((await log.append(record(3))).ok).toBe(true);
    await log.close();
    const verified = await verifyLog(dir);
    expect(verified.ok).toBe(true);
  });
});

describe("the bytes of a record", () => {
  it.each<readonly [name: string, record: AuditRecord, text: string]>([
    [
      "have sorted keys, those of the log among them",
      {
        type: "t",
        id: "i",
        zone: 1,
        a: { c: [1, undefined, null], b: "\u{1f600}" },
        none: undefined,
      },
      '{"a":{"b":"\u{1f600}","c":[1,null,null]},BOOT,"id":"i","node":"test/node-1","seq":1,TIME,"type":"t","v":1,"zone":1}',
    ],
    [
      "say of the log what the log says",
      { type: "t", id: "i", seq: 7, v: 2, node: "other" },
      '{BOOT,"id":"i","node":"test/node-1","seq":1,TIME,"type":"t","v":1}',
    ],
    [
      "are UTF-8 whatever the text",
      { type: "t", id: "i", "\ud800": "\udc00" },
      '{BOOT,"id":"i","node":"test/node-1","seq":1,TIME,"type":"t","v":1,"\ufffd":"\ufffd"}',
    ],
  ])("%s", async (_name, written, text) => {
    const dir = newFolder();
    const log = await open(dir);
    await log.append(written);
    await log.close();
    const texts: string[] = [];
    await readRecords(dir, (bytes) => texts.push(bytes.toString("utf8")));
    const plain = texts[1]?.replace(/"boot":"\w+"/, "BOOT").replace(/"time":"[^"]+"/, "TIME");
    expect(plain).toBe(text);
  });
});

describe("a log", () => {
  it("keeps what it acknowledged, in order, and verifies", async () => {
    const dir = newFolder();
    const log = await open(dir);
    const results = await Promise.all(
      Array.from({ length: 200 }, (_unused, index) => log.append(record(index))),
    );
    await log.close();
    const seqs = results.map((result) => (result.ok ? result.receipt.seq : -1));
    expect(seqs).toEqual(Array.from({ length: 200 }, (_unused, index) => index + 1));
    const ids: string[] = [];
    await readRecords(dir, (bytes) =>
      ids.push((JSON.parse(bytes.toString()) as { id: string }).id),
    );
    expect(ids.slice(1)).toEqual(Array.from({ length: 200 }, (_unused, index) => `d-${index}`));
    expect(await verifyLog(dir)).toMatchObject({
      ok: true,
      records: 201,
      origin: "test/node-1",
      pinned: false,
    });
  });

  it("goes on where it stopped, over several segments", async () => {
    const dir = await sample();
    expect(readdirSync(dir).filter((name) => name.startsWith("seg-")).length).toBeGreaterThan(1);
    const log = await open(dir, { segmentBytes: 8192 });
    const appended = await log.append(record(99));
    await log.close();
    expect(appended).toMatchObject({ ok: true, receipt: { seq: 14 } });
    expect(await verifyLog(dir)).toMatchObject({ ok: true, records: 15 });
  });

  it("verifies while it is written", async () => {
    const dir = newFolder();
    const log = await open(dir);
    await log.append(record(1));
    expect(await verifyLog(dir)).toMatchObject({ ok: true, records: 2 });
    await log.close();
  });

  it("takes the key that is given, and no other", async () => {
    const dir = await sample();
    const pem = publicKey.export({ type: "spki", format: "pem" }).toString();
    expect(await verifyLog(dir, { publicKey: pem })).toMatchObject({ ok: true, pinned: true });
    const other = generateKeyPairSync("ed25519")
      .publicKey.export({ type: "spki", format: "pem" })
      .toString();
    expect(await verifyLog(dir, { publicKey: other })).toMatchObject({
      ok: false,
      problems: [{ code: "key_mismatch" }],
    });
  });

  it("refuses a second writer", async () => {
    const dir = newFolder();
    const log = await open(dir);
    expect(await openLog({ dir, origin: "test/node-1", signingKey: privateKey })).toMatchObject({
      ok: false,
      error: { code: "locked" },
    });
    await log.close();
  });

  it("refuses to go on under another key", async () => {
    const dir = await sample();
    const { privateKey: other } = generateKeyPairSync("ed25519");
    expect(await openLog({ dir, origin: "test/node-1", signingKey: other })).toMatchObject({
      ok: false,
      error: { code: "key_mismatch" },
    });
  });

  it("refuses what does not fit its queue, and takes the rest", async () => {
    const dir = newFolder();
    const log = await open(dir, { maxQueueBytes: 2000 });
    const results = await Promise.all(
      Array.from({ length: 20 }, (_unused, index) => log.append(record(index))),
    );
    await log.close();
    expect(results.some((result) => !result.ok && result.error.code === "queue_full")).toBe(true);
    expect(await verifyLog(dir)).toMatchObject({
      ok: true,
      records: 1 + results.filter(({ ok }) => ok).length,
    });
  });
});

describe("tampering", () => {
  it("shows for one bit of every byte of every file", async () => {
    const dir = await sample();
    for (const name of readdirSync(dir)) {
      const path = join(dir, name);
      const bytes = readFileSync(path);
      // Headers are mostly padding: every byte of what says something, every 17th of the rest.
      for (let at = 0; at < bytes.length; at += bytes[at] === 0 ? 17 : 1) {
        const flipped = Buffer.from(bytes);
        flipped[at] = (flipped[at] as number) ^ (1 << (at & 7));
        writeFileSync(path, flipped);
        const result = await verifyFast(dir);
        expect(result, `${name} byte ${at}`).toBe(false);
      }
      writeFileSync(path, bytes);
    }
    expect(await verifyFast(dir)).toBe(true);
    // A few thousand files written, and as many logs read.
  }, 120_000);

  it("shows for a log cut anywhere", async () => {
    const dir = await sample();
    const last = readdirSync(dir)
      .filter((name) => name.startsWith("seg-"))
      .sort()
      .at(-1) as string;
    const size = statSync(join(dir, last)).size;
    const bytes = readFileSync(join(dir, last));
    for (let length = 0; length < size; length += 509) {
      truncateSync(join(dir, last), length);
      expect(await verifyFast(dir), `cut at ${length}`).toBe(false);
      writeFileSync(join(dir, last), bytes);
    }
  });

  it.each([
    ["a segment is gone", (dir: string) => rmSync(join(dir, "seg-000001.alog"))],
    [
      "the last segment is gone",
      (dir: string) =>
        rmSync(
          join(
            dir,
            readdirSync(dir)
              .filter((name) => name.startsWith("seg-"))
              .sort()
              .at(-1) as string,
          ),
        ),
    ],
    ["the checkpoint is gone", (dir: string) => rmSync(join(dir, "checkpoint"))],
    ["a file was added", (dir: string) => writeFileSync(join(dir, "notes.txt"), "")],
    ["two segments changed places", swapSegments],
    ["a batch is there twice", duplicateBatch],
  ])("shows when %s", async (_name, tamper) => {
    const dir = await sample();
    tamper(dir);
    expect((await verifyLog(dir)).ok).toBe(false);
  });
});

function swapSegments(dir: string): void {
  const [a, b] = ["seg-000001.alog", "seg-000002.alog"].map((name) =>
    readFileSync(join(dir, name)),
  );
  writeFileSync(join(dir, "seg-000001.alog"), b as Buffer);
  writeFileSync(join(dir, "seg-000002.alog"), a as Buffer);
}

function duplicateBatch(dir: string): void {
  const last = readdirSync(dir)
    .filter((name) => name.startsWith("seg-"))
    .sort()
    .at(-1) as string;
  const bytes = readFileSync(join(dir, last));
  writeFileSync(join(dir, last), Buffer.concat([bytes, bytes.subarray(4096)]));
}

/** Verification without the pause for a log in motion. */
async function verifyFast(dir: string): Promise<boolean> {
  const { listLog, readSegments } = await import("./read.ts");
  const folder = await listLog(dir);
  const notes = new Set<string>();
  const { state, problem } = await readSegments(dir, folder, {
    onBatch: ({ note }) => notes.add(note),
  });
  if (problem !== undefined || state.frontier.size === 0) return false;
  return notes.has(readFileSync(join(dir, "checkpoint"), "utf8"));
}

describe("a crash", () => {
  it("loses nothing that was acknowledged (kill -9)", async () => {
    for (let round = 0; round < 4; round += 1) {
      const dir = newFolder();
      const key = join(dir, "..", "key.pem");
      writeFileSync(key, privateKey.export({ type: "pkcs8", format: "pem" }));
      const child = fork(new URL("./crash-writer.ts", import.meta.url), [dir, key], {
        silent: true,
      });
      let acknowledged = -1;
      child.on("message", (seq: number) => {
        acknowledged = Math.max(acknowledged, seq);
      });
      await once(child, "message");
      await new Promise((resolve) => setTimeout(resolve, 20 + 35 * round));
      child.kill("SIGKILL");
      await once(child, "exit");
      const log = await open(dir);
      await log.close();
      const seqs: number[] = [];
      await readRecords(dir, (_bytes, seq) => seqs.push(seq));
      expect(acknowledged).toBeGreaterThan(0);
      expect(seqs.length).toBeGreaterThan(acknowledged);
      expect((await verifyLog(dir)).ok).toBe(true);
    }
  });

  it("leaves a torn tail that verification names and opening mends", async () => {
    const dir = newFolder();
    const log = await open(dir);
    await log.append(record(1));
    await log.close();
    const segment = join(dir, "seg-000001.alog");
    const whole = readFileSync(segment);
    writeFileSync(
      segment,
      Buffer.concat([whole, whole.subarray(4096, 4096 + 300), Buffer.alloc(212)]),
    );
    expect(await verifyLog(dir)).toMatchObject({ ok: false, problems: [{ code: "torn_tail" }] });
    const reopened = await openLog({ dir, origin: "test/node-1", signingKey: privateKey });
    expect(reopened).toMatchObject({ ok: true, recovered: { records: 2, tornBytes: 512 } });
    if (reopened.ok) await reopened.log.close();
    expect(await verifyLog(dir)).toMatchObject({ ok: true, records: 3 });
  });

  it("is not what lost acknowledged records: the log refuses to open", async () => {
    const dir = await sample();
    const copy = `${dir}-copy`;
    cpSync(dir, copy, { recursive: true });
    const last = readdirSync(copy)
      .filter((name) => name.startsWith("seg-"))
      .sort()
      .at(-1) as string;
    truncateSync(join(copy, last), 4096);
    expect(
      await openLog({ dir: copy, origin: "test/node-1", signingKey: privateKey }),
    ).toMatchObject({ ok: false, error: { code: "corrupt" } });
  });
});

/** Files of which one operation, the nth, fails. */
function failing(nth: number, code: string): LogFiles & { calls: number } {
  const files = {
    ...nodeFiles,
    calls: 0,
    async open(path: string) {
      const file = await nodeFiles.open(path);
      const maybe = async <T>(run: () => Promise<T>): Promise<T> => {
        files.calls += 1;
        if (files.calls === nth) throw Object.assign(new Error(code), { code });
        return run();
      };
      return {
        write: (bytes: Buffer, position: number) => maybe(() => file.write(bytes, position)),
        datasync: () => maybe(() => file.datasync()),
        close: () => file.close(),
      };
    },
  };
  return files;
}

describe("a disk that fails", () => {
  it.each(["EIO", "ENOSPC"])(
    "with %s at any operation acknowledges nothing that is not there",
    async (code) => {
      for (let nth = 1; nth <= 24; nth += 1) {
        const dir = newFolder();
        const opened = await openLog({
          dir,
          origin: "test/node-1",
          signingKey: privateKey,
          files: failing(nth, code),
        });
        const acknowledged: number[] = [];
        if (opened.ok) {
          for (let index = 0; index < 6; index += 1) {
            const result = await opened.log.append(record(index));
            if (result.ok) acknowledged.push(result.receipt.seq);
            else expect(result.error.code).toBe("failed");
          }
          if (opened.log.failed) expect((await opened.log.append(record(7))).ok).toBe(false);
          await opened.log.close();
        }
        const again = await open(dir);
        await again.close();
        const seqs = new Set<number>();
        await readRecords(dir, (_bytes, seq) => seqs.add(seq));
        for (const seq of acknowledged)
          expect(seqs.has(seq), `${code} at ${nth}: record ${seq}`).toBe(true);
        expect((await verifyLog(dir)).ok, `${code} at ${nth}`).toBe(true);
      }
    },
  );

  it("that writes short is written to again", async () => {
    const dir = newFolder();
    const files: LogFiles = {
      ...nodeFiles,
      async open(path) {
        const file = await nodeFiles.open(path);
        return {
          ...file,
          write: (bytes, position) =>
            file.write(bytes.subarray(0, Math.max(1, bytes.length >> 1)), position),
        };
      },
    };
    const log = await open(dir, { files });
    await log.append(record(1));
    await log.close();
    expect(await verifyLog(dir)).toMatchObject({ ok: true, records: 2 });
  });

  it("that is slow to sync is waited for", async () => {
    const dir = newFolder();
    let synced = 0;
    const files: LogFiles = {
      ...nodeFiles,
      async open(path) {
        const file = await nodeFiles.open(path);
        const datasync = async (): Promise<void> => {
          await new Promise((resolve) => setTimeout(resolve, 60));
          await file.datasync();
          synced += 1;
        };
        return { ...file, datasync };
      },
    };
    const log = await open(dir, { files });
    const before = synced;
    await log.append(record(1));
    expect(synced).toBeGreaterThan(before);
    await log.close();
  });
});
