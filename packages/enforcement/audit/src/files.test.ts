import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import {
  type LogFile,
  type LogFiles,
  makeDurableFolder,
  nodeFiles,
  replaceFile,
  writeAll,
} from "./files.ts";

const home = mkdtempSync(join(tmpdir(), "writ-files-"));
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** Files that note what is asked of them and do it; `failing` fails. */
function noting(calls: string[], failing?: string): LogFiles {
  const note = (call: string): void => {
    calls.push(call.replaceAll(home, "~"));
    if (call.startsWith(failing ?? "-")) throw new Error("EIO");
  };
  return {
    ...nodeFiles,
    async open(path) {
      note(`open ${path}`);
      const file = await nodeFiles.open(path);
      return {
        async write(bytes, position) {
          note(`write ${bytes} at ${position}`);
          return file.write(bytes, position);
        },
        async datasync() {
          note("datasync");
          await file.datasync();
        },
        async close() {
          note("close");
          await file.close();
        },
      };
    },
    async truncate(path, length) {
      note(`truncate ${path} to ${length}`);
      await nodeFiles.truncate(path, length);
    },
    async rename(from, to) {
      note(`rename ${from} ${to}`);
      await nodeFiles.rename(from, to);
    },
    async syncFolder(path) {
      note(`sync ${path}`);
      await nodeFiles.syncFolder(path);
    },
  };
}

describe("replacing a file", () => {
  const whole = [
    "open ~/name.new",
    "write new at 0",
    "datasync",
    "close",
    "truncate ~/name.new to 3",
    "rename ~/name.new ~/name",
    "sync ~",
  ];

  it("leaves the one or the other, whole, wherever it stops", async () => {
    for (const [index, failing] of whole.entries()) {
      const path = join(home, "name");
      writeFileSync(path, "older");
      // Of an earlier crash.
      writeFileSync(`${path}.new`, "longer than either");
      const calls: string[] = [];
      const files = noting(calls, failing.replaceAll("~", home));
      await expect(replaceFile(files, path, Buffer.from("new"))).rejects.toThrow("EIO");
      expect(readFileSync(path, "utf8")).toBe(index > 5 ? "new" : "older");
      // What was opened is closed.
      expect(calls.filter((call) => call === "close")).toHaveLength(index === 0 ? 0 : 1);
    }
  });

  it("makes the content durable before the name is", async () => {
    const path = join(home, "name");
    writeFileSync(`${path}.new`, "longer than either");
    const calls: string[] = [];
    await replaceFile(noting(calls), path, Buffer.from("new"));
    expect(calls).toEqual(whole);
    expect(readFileSync(path, "utf8")).toBe("new");
  });
});

describe("making a folder", () => {
  it("makes every name above it durable that is new", async () => {
    const calls: string[] = [];
    await makeDurableFolder(noting(calls), join(home, "a", "b", "c"));
    expect(calls).toEqual(["sync ~/a/b", "sync ~/a", "sync ~"]);
    calls.length = 0;
    await makeDurableFolder(noting(calls), join(home, "a", "b", "c", "d"));
    expect(calls).toEqual(["sync ~/a/b/c"]);
    calls.length = 0;
    await makeDurableFolder(noting(calls), join(home, "a"));
    expect(calls).toEqual([]);
  });

  it("ends at the root", async () => {
    const synced: string[] = [];
    const files: LogFiles = {
      ...nodeFiles,
      makeFolder: async () => "/",
      syncFolder: async (path) => {
        if (synced.push(path) > 5) throw new Error("goes on");
      },
    };
    await makeDurableFolder(files, "/a/b");
    expect(synced).toEqual(["/a", "/", "/"]);
  });
});

describe("writing all", () => {
  /** Takes so many bytes at a time. */
  function taking(counts: readonly number[]): LogFile & { readonly calls: string[] } {
    const calls: string[] = [];
    return {
      calls,
      write: async (bytes, position) => {
        calls.push(`${bytes} at ${position}`);
        return counts[calls.length - 1] ?? 0;
      },
      datasync: async () => undefined,
      close: async () => undefined,
    };
  }

  it("goes on after a short write, from where that ended", async () => {
    const file = taking([2, 1, 3]);
    await writeAll(file, Buffer.from("abcdef"), 100);
    expect(file.calls).toEqual(["abcdef at 100", "cdef at 102", "def at 103"]);
    const nothing = taking([]);
    await writeAll(nothing, Buffer.alloc(0), 0);
    expect(nothing.calls).toEqual([]);
  });

  it.each([0, -1])("gives up where %i bytes were taken", async (count) => {
    const file = taking([1, count]);
    await expect(writeAll(file, Buffer.from("ab"), 0)).rejects.toThrow("no more bytes");
    expect(file.calls).toHaveLength(2);
  });
});

describe("Node's files", () => {
  it("are for their owner alone", async () => {
    const folder = join(home, "own", "er");
    expect(await nodeFiles.makeFolder(folder)).toBe(join(home, "own"));
    expect(await nodeFiles.makeFolder(folder)).toBeUndefined();
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    const path = join(folder, "file");
    const file = await nodeFiles.open(path);
    expect(await file.write(Buffer.from("abc"), 2)).toBe(3);
    await file.datasync();
    await file.close();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(await nodeFiles.read(path)).toEqual(Buffer.from("\0\0abc"));
    // What is there stays, and is written over in place.
    const again = await nodeFiles.open(path);
    await again.write(Buffer.from("x"), 0);
    await again.close();
    await expect(again.datasync()).rejects.toThrow();
    await nodeFiles.truncate(path, 4);
    expect(await nodeFiles.read(path)).toEqual(Buffer.from("x\0ab"));
    expect(await nodeFiles.list(folder)).toEqual(["file"]);
    const before = await nodeFiles.identify(path);
    expect(before.size).toBe(4);
    await nodeFiles.rename(path, `${path}.2`);
    expect(await nodeFiles.identify(`${path}.2`)).toEqual(before);
    expect((await nodeFiles.identify(folder)).identity).not.toBe(before.identity);
    await nodeFiles.remove(`${path}.2`);
    expect(await nodeFiles.list(folder)).toEqual([]);
    await nodeFiles.syncFolder(folder);
    await expect(nodeFiles.syncFolder(path)).rejects.toThrow("ENOENT");
  });
});
