import { existsSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { builtins as all } from "./index.ts";
import { builtins as portable } from "./portable.ts";

const here = fileURLToPath(new URL(".", import.meta.url));

describe("the entry for browsers", () => {
  it("has the same functions as the whole, for what it has", () => {
    expect([...portable].filter(([name, builtin]) => all.get(name) !== builtin)).toEqual([]);
    for (const name of ["count", "sprintf", "regex.match", "time.parse_rfc3339_ns", "json.patch"])
      expect(portable.has(name)).toBe(true);
    for (const name of ["http.send", "io.jwt.decode_verify", "crypto.sha256"])
      expect(portable.has(name)).toBe(false);
  });

  it("reaches no module of Node, where a bundler follows its imports", () => {
    const reached = reach(join(here, "portable.ts"));
    expect(reached.size).toBeGreaterThan(50);
    expect([...reached].filter((path) => isBuiltin(path))).toEqual([]);
  });

  it("would be caught if it did", () => {
    expect([...reach(join(here, "index.ts"))].some((path) => isBuiltin(path))).toBe(true);
  });
});

/** Every file that a file imports, however far, and modules of Node by their names. */
function reach(entry: string): ReadonlySet<string> {
  const reached = new Set([entry]);
  for (const file of reached)
    if (!isBuiltin(file)) for (const next of importsOf(file)) reached.add(resolve(next, file));
  return reached;
}

/** Types are erased. */
function importsOf(file: string): readonly string[] {
  if (file.endsWith(".json")) return [];
  const text = readFileSync(file, "utf8").replace(/\/\*[\s\S]*?\*\//g, "");
  const found = text.matchAll(
    /^(?:import|export)\s(?!type\b)(?:[^"';]*?\sfrom\s*)?["']([^"']+)["']|\brequire\(["']([^"']+)["']\)/gm,
  );
  return [...found].map(([, imported, required]) => imported ?? required ?? "");
}

function resolve(specifier: string, from: string): string {
  if (isBuiltin(specifier)) return specifier;
  if (specifier.startsWith(".")) return existing(join(dirname(from), specifier));
  const parts = specifier.split("/");
  const name = parts.slice(0, specifier.startsWith("@") ? 2 : 1).join("/");
  const folder = folderOf(name, dirname(from));
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
  const within = parts.slice(name.split("/").length).join("/");
  const exported = manifest.exports;
  const entry =
    typeof exported === "object"
      ? (exported[within === "" ? "." : `./${within}`] ?? exported)
      : exported;
  const target = chosen(entry) ?? (within === "" ? (manifest.module ?? manifest.main) : within);
  return existing(join(folder, target ?? "index.js"));
}

interface Manifest {
  readonly exports?: Entry;
  readonly module?: string;
  readonly main?: string;
}
type Entry = string | { readonly [condition: string]: Entry };

/** What bundlers for browsers choose. */
function chosen(entry: Entry | undefined): string | undefined {
  if (entry === undefined || typeof entry === "string") return entry;
  for (const condition of ["browser", "import", "default"])
    if (entry[condition] !== undefined) return chosen(entry[condition]);
  return undefined;
}

function folderOf(name: string, from: string): string {
  const folder = join(from, "node_modules", name);
  if (existsSync(folder)) return folder;
  if (from === dirname(from)) throw new Error(`${name} is not installed`);
  return folderOf(name, dirname(from));
}

function existing(path: string): string {
  const found = [path, `${path}.js`, join(path, "index.js")].find(
    (candidate) => existsSync(candidate) && /\.\w+$/.test(candidate),
  );
  if (found === undefined) throw new Error(`${path} is not there`);
  return found;
}
