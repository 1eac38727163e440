import { fork } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, describe, expect, it } from "vitest";
import { type LogFiles, nodeFiles } from "./files.ts";
import { type AuditLog, openLog, streamRecords, verifyLog } from "./index.ts";

const { privateKey } = generateKeyPairSync("ed25519");
const origin = "test/node-1";
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "writ-durable-"));
  folders.push(folder);
  return join(folder, "log");
}

const record = (index: number) => ({ type: "decision", id: `d-${index}` });

async function open(
  dir: string,
  more: { files?: LogFiles; segmentBytes?: number } = {},
): Promise<AuditLog> {
  const opened = await openLog({ dir, origin, signingKey: privateKey, ...more });
  if (!opened.ok) throw new Error(opened.error.message);
  return opened.log;
}

async function tryOpen(dir: string): Promise<string> {
  const opened = await openLog({ dir, origin, signingKey: privateKey });
  if (!opened.ok) return opened.error.code;
  await opened.log.close();
  return "ok";
}

function problems(result: Awaited<ReturnType<typeof verifyLog>>): readonly string[] {
  return result.ok ? [] : result.problems.map(({ file, code }) => `${basename(file)}: ${code}`);
}

const checkpointOf = (dir: string): string => readFileSync(join(dir, "checkpoint"), "utf8");
const sizeOf = (dir: string): number => Number(checkpointOf(dir).split("\n")[1]);
const lastSegment = (dir: string): string =>
  join(
    dir,
    readdirSync(dir)
      .filter((name) => name.startsWith("seg-"))
      .sort()
      .at(-1) ?? "",
  );

describe("the newest checkpoint", () => {
  it("follows a log that goes idle, within about a second", async () => {
    const dir = newFolder();
    const log = await open(dir);
    for (let index = 0; index < 5; index += 1) await log.append(record(index));
    await wait(1_400);
    expect(sizeOf(dir)).toBe(6);
    // And again after the next batch.
    await log.append(record(6));
    await wait(1_400);
    expect(sizeOf(dir)).toBe(7);
    truncateSync(lastSegment(dir), readFileSync(lastSegment(dir)).length - 1_024);
    expect(problems(await verifyLog(dir))).not.toEqual([]);
    await log.close();
  });

  it("is written on closing, however soon", async () => {
    const dir = newFolder();
    const log = await open(dir);
    await log.append(record(1));
    await log.close();
    expect(sizeOf(dir)).toBe(2);
  });

  it("keeps no process alive", async () => {
    const dir = newFolder();
    const key = join(dirname(dir), "key.pem");
    writeFileSync(key, privateKey.export({ type: "pkcs8", format: "pem" }));
    const child = fork(new URL("./crash-writer.ts", import.meta.url), [dir, key, "once"], {
      silent: true,
    });
    child.disconnect();
    const [code] = (await Promise.race([
      once(child, "exit"),
      wait(10_000, ["alive"], { ref: false }),
    ])) as [unknown];
    expect(code).toBe(0);
  }, 15_000);

  it("is there before the first segment is, so that no crash leaves a log without one", async () => {
    const dir = newFolder();
    const seen: (readonly string[])[] = [];
    const files: LogFiles = {
      ...nodeFiles,
      async open(path) {
        if (path.endsWith(".alog")) seen.push(readdirSync(dir));
        return nodeFiles.open(path);
      },
    };
    const log = await open(dir, { files });
    await log.close();
    expect(seen[0]).toContain("checkpoint");
  });
});

describe("a log cut short", () => {
  async function closed(): Promise<string> {
    const dir = newFolder();
    const log = await open(dir);
    for (let index = 0; index < 4; index += 1) await log.append(record(index));
    await log.close();
    return dir;
  }

  it("by its last batch does not verify", async () => {
    const dir = await closed();
    const path = lastSegment(dir);
    truncateSync(path, readFileSync(path).length - 1_024);
    expect(problems(await verifyLog(dir))).toEqual(["checkpoint: records_missing"]);
    expect(await tryOpen(dir)).toBe("corrupt");
  });

  it("inside its last batch is no torn tail: what was there was acknowledged", async () => {
    const dir = await closed();
    const path = lastSegment(dir);
    truncateSync(path, readFileSync(path).length - 200);
    const result = await verifyLog(dir);
    expect(result).toMatchObject({
      ok: false,
      problems: [
        {
          code: "batch_invalid",
          message: "the batch is damaged: records 4 to 4 were acknowledged",
        },
      ],
    });
    expect(await tryOpen(dir)).toBe("corrupt");
  });

  it("with its checkpoint put back is found by a checkpoint kept elsewhere", async () => {
    const dir = newFolder();
    let log = await open(dir);
    await log.append(record(1));
    await log.close();
    const older = `${dir}-older`;
    cpSync(dir, older, { recursive: true });
    log = await open(dir);
    await log.append(record(2));
    await log.close();
    const checkpoint = checkpointOf(dir);
    expect(await verifyLog(dir, { checkpoint })).toMatchObject({ ok: true, records: 4, kept: 4 });
    // An older one is covered, too, however its last line ends.
    expect(await verifyLog(dir, { checkpoint: checkpointOf(older).trimEnd() })).toMatchObject({
      ok: true,
      kept: 2,
    });
    expect(problems(await verifyLog(older))).toEqual([]);
    expect(problems(await verifyLog(older, { checkpoint }))).toEqual([
      "kept checkpoint: records_missing",
    ]);
    // As long as it was, with other records.
    log = await open(older);
    await log.append(record(3));
    await log.append(record(4));
    await log.close();
    expect(problems(await verifyLog(older, { checkpoint }))).toEqual([
      "kept checkpoint: checkpoint_invalid",
    ]);
    expect(problems(await verifyLog(dir, { checkpoint: "no checkpoint" }))).toEqual([
      "kept checkpoint: checkpoint_invalid",
    ]);
  });

  it("to an older segment, without its checkpoint, does not open", async () => {
    const dir = newFolder();
    const log = await open(dir);
    await log.append(record(1));
    const segment = lastSegment(dir);
    copyFileSync(segment, `${dir}.seg`);
    await log.append(record(2));
    await log.close();
    copyFileSync(`${dir}.seg`, segment);
    unlinkSync(join(dir, "checkpoint"));
    expect(await tryOpen(dir)).toBe("corrupt");
    expect(problems(await verifyLog(dir))).toEqual(["checkpoint: checkpoint_invalid"]);
  });

  it("to a checkpoint of another history does not open", async () => {
    const [one, other] = [await closed(), await closed()];
    copyFileSync(join(other, "checkpoint"), join(one, "checkpoint"));
    expect(await tryOpen(one)).toBe("corrupt");
  });
});

describe("one writer a log", () => {
  it("whatever path leads to it", async () => {
    const dir = newFolder();
    const log = await open(dir);
    const link = `${dir}-link`;
    symlinkSync(dir, link);
    const above = `${dirname(dir)}-above`;
    symlinkSync(dirname(dir), above);
    folders.push(above);
    const paths = [
      dir,
      link,
      `${dir}/`,
      join(above, basename(dir)),
      `${dirname(dir)}/x/../${basename(dir)}`,
      relative(process.cwd(), dir),
    ];
    mkdirSync(join(dirname(dir), "x"));
    for (const path of paths) expect(await tryOpen(path), path).toBe("locked");
    expect((await log.append(record(1))).ok).toBe(true);
    await log.close();
    for (const path of paths) expect(await tryOpen(path), path).toBe("ok");
    expect(problems(await verifyLog(link))).toEqual([]);
  });

  it("and one that was killed is none", async () => {
    const dir = newFolder();
    const key = join(dirname(dir), "key.pem");
    writeFileSync(key, privateKey.export({ type: "pkcs8", format: "pem" }));
    const child = fork(new URL("./crash-writer.ts", import.meta.url), [dir, key], { silent: true });
    await once(child, "message");
    expect(await tryOpen(`${dirname(dir)}/./${basename(dir)}`)).toBe("locked");
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(await tryOpen(dir)).toBe("ok");
  });

  it("leaves nothing beside the log, and nothing in it but an empty file", async () => {
    const dir = newFolder();
    const log = await open(dir);
    await log.append(record(1));
    expect(readdirSync(dirname(dir))).toEqual([basename(dir)]);
    expect(readdirSync(dir).sort()).toEqual(["checkpoint", "lock", "seg-000001.alog"]);
    await log.close();
    writeFileSync(join(dir, "lock"), "x");
    expect(problems(await verifyLog(dir))).toEqual(["lock: unexpected_file"]);
  });
});

describe("a log whose files are taken away", () => {
  it.each<readonly [what: string, take: (dir: string) => void]>([
    ["the directory is deleted", (dir) => rmSync(dir, { recursive: true })],
    ["the directory is moved", (dir) => renameSync(dir, `${dir}-moved`)],
    ["the segment is deleted", (dir) => unlinkSync(lastSegment(dir))],
    [
      "the directory is replaced by a copy",
      (dir) => {
        cpSync(dir, `${dir}-copy`, {
          recursive: true,
          filter: (path) => basename(path) !== "lock",
        });
        renameSync(dir, `${dir}-moved`);
        renameSync(`${dir}-copy`, dir);
      },
    ],
    ["the lock is deleted", (dir) => unlinkSync(join(dir, "lock"))],
  ])("takes nothing more: %s", async (_what, take) => {
    const dir = newFolder();
    const log = await open(dir);
    expect((await log.append(record(1))).ok).toBe(true);
    take(dir);
    expect(await log.append(record(2))).toMatchObject({ ok: false, error: { code: "failed" } });
    expect(log.failed).toBe(true);
    await log.close();
  });
});

describe("the fault seam", () => {
  /** Files of which the nth operation of any kind fails; counts them by name. */
  function failing(nth: number): { readonly files: LogFiles; readonly calls: string[] } {
    const calls: string[] = [];
    const maybe = async <T>(name: string, run: () => Promise<T>): Promise<T> => {
      calls.push(name);
      if (calls.length === nth) throw Object.assign(new Error("EIO"), { code: "EIO" });
      return run();
    };
    const files: LogFiles = {
      makeFolder: (path) => maybe("makeFolder", () => nodeFiles.makeFolder(path)),
      list: (path) => maybe("list", () => nodeFiles.list(path)),
      truncate: (path, length) => maybe("truncate", () => nodeFiles.truncate(path, length)),
      rename: (from, to) => maybe("rename", () => nodeFiles.rename(from, to)),
      remove: (path) => maybe("remove", () => nodeFiles.remove(path)),
      read: (path) => maybe("read", () => nodeFiles.read(path)),
      identify: (path) => maybe("identify", () => nodeFiles.identify(path)),
      syncFolder: (path) => maybe("syncFolder", () => nodeFiles.syncFolder(path)),
      async open(path) {
        const file = await maybe("open", () => nodeFiles.open(path));
        return {
          write: (bytes, position) => maybe("write", () => file.write(bytes, position)),
          datasync: () => maybe("datasync", () => file.datasync()),
          close: () => file.close(),
        };
      },
    };
    return { files, calls };
  }

  it("makes every name durable: after a folder is made, a checkpoint renamed, a segment begun or removed", async () => {
    const dir = join(newFolder(), "deep", "er");
    const { files, calls } = failing(-1);
    const log = await open(dir, { files });
    await log.close();
    expect(calls.slice(0, 4)).toEqual(["makeFolder", "syncFolder", "syncFolder", "syncFolder"]);
    for (const [index, name] of calls.entries())
      if (name === "rename" || name === "remove") expect(calls[index + 1]).toBe("syncFolder");
    // A segment that a crash left without its header is removed.
    writeFileSync(join(dir, "seg-000002.alog"), "");
    const again = failing(-1);
    await (await open(dir, { files: again.files })).close();
    const at = again.calls.indexOf("remove");
    expect(again.calls[at + 1]).toBe("syncFolder");
  });

  /** A log that was written before and crashed on beginning a segment. */
  async function crashed(dir: string): Promise<void> {
    const earlier = await open(dir, { segmentBytes: 8_192 });
    await earlier.append(record(0));
    await earlier.close();
    writeFileSync(join(dir, "seg-000002.alog"), "");
  }

  async function acknowledgedWith(dir: string, files: LogFiles): Promise<readonly string[]> {
    const opened = await openLog({
      dir,
      origin,
      signingKey: privateKey,
      files,
      segmentBytes: 8_192,
    });
    if (!opened.ok) return [];
    const acknowledged: string[] = [];
    for (let index = 1; index < 8; index += 1) {
      const { ok } = await opened.log.append(record(index));
      if (ok) acknowledged.push(`d-${index}`);
    }
    await opened.log.close();
    return acknowledged;
  }

  it("loses nothing acknowledged whichever operation fails, on beginning and on going on", async () => {
    for (let nth = 1; nth <= 60; nth += 1) {
      const dir = newFolder();
      if (nth % 2 === 0) await crashed(dir);
      const acknowledged = await acknowledgedWith(dir, failing(Math.ceil(nth / 2)).files);
      await (await open(dir)).close();
      const ids = new Set<string>();
      for await (const { bytes } of streamRecords(dir))
        ids.add((JSON.parse(bytes.toString()) as { readonly id: string }).id);
      expect(acknowledged.filter((id) => !ids.has(id))).toEqual([]);
      expect(problems(await verifyLog(dir)), `operation ${nth}`).toEqual([]);
    }
  }, 60_000);
});
