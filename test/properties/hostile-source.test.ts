// Laws of sources: whatever the text, reading, checking, compiling and evaluating it says what is wrong
// and never throws. Texts are the shipped policies with pieces cut, doubled and exchanged, and strings of
// tokens that mean nothing.

import { readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { builtins } from "@writ/builtins";
import { check } from "@writ/checker";
import { compile } from "@writ/compiler";
import { makeSources } from "@writ/diagnostics";
import { createPolicy } from "@writ/evaluator";
import { parseRego, parseYaml } from "@writ/syntax";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { describeWithShared, sharedPath } from "../shared-data.ts";

const runs = Number(process.env["FUZZ_RUNS"] ?? 1000);
const folder = new URL("../../policies/bedrock/", import.meta.url);
const shipped = (ending: string): readonly string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith(ending) && !name.includes("test"))
    .map((name) => readFileSync(new URL(name, folder), "utf8"));

const TOKENS =
  'package import rego.v1 data input if else := = == != < in every some not with as default contains { } [ ] ( ) , ; : | & + - * / % _ x y f(x) f p p.q 1 0x 1e9 -1 "a" "\\u00" `raw` $"{x}" $"{ # true null set() [x|x] {x|x} {x:y|x} input.stage data.p walk count(x) \n \t allow deny é \u0000 \ud800'.split(
    " ",
  );

/** A text with a few pieces of it cut out, doubled, moved or exchanged for a token. */
function mangled(sources: readonly string[]): fc.Arbitrary<string> {
  const edit = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.integer({ min: 0, max: 40 }),
    kind: fc.constantFrom("cut", "double", "token"),
    token: fc.constantFrom(...TOKENS),
  });
  return fc
    .tuple(fc.constantFrom(...sources), fc.array(edit, { minLength: 1, maxLength: 5 }))
    .map(([source, edits]) =>
      edits.reduce((text, { at, length, kind, token }) => {
        const start = Math.floor(at * text.length);
        const piece = text.slice(start, start + length);
        const between = { cut: "", double: piece + piece, token: ` ${token} ` }[kind] ?? "";
        return text.slice(0, start) + between + text.slice(start + length);
      }, source),
    );
}

const soup = fc
  .array(fc.constantFrom(...TOKENS), { maxLength: 40 })
  .map((tokens) => `package p\n\n${tokens.join(" ")}\n`);

/** Reads, checks, compiles and evaluates; what was found wrong, if anything. */
function throughEverything(file: string, text: string): number {
  const parsed = file.endsWith(".rego") ? parseRego({ file, text }) : parseYaml({ file, text });
  const sources = makeSources([{ file, text }]);
  const checked = check([parsed.module], { vocabularies: {}, builtins, sources });
  const problems = [...parsed.diagnostics, ...checked.diagnostics];
  for (const { primary } of problems) {
    expect(primary.span.start).toBeLessThanOrEqual(primary.span.end);
    expect(primary.span.end).toBeLessThanOrEqual(text.length + 1);
  }
  if (checked.program === undefined) {
    expect(problems.length).toBeGreaterThan(0);
    return problems.length;
  }
  const compiled = compile(checked.program, {
    inputSchema: {},
    vocabularies: {},
    data: {},
    locate: () => ({ line: 1, column: 1 }),
  });
  createPolicy(compiled, builtins).query([], { stage: "request" }, {});
  return problems.length;
}

describeWithShared("OPA's own cases, mangled,", () => {
  it("are read to a result", () => {
    const lines = gunzipSync(readFileSync(sharedPath("conformance/rego-v1.jsonl.gz")));
    const modules = lines
      .toString()
      .trim()
      .split("\n")
      .flatMap((line) => (JSON.parse(line) as { modules: string[] | null }).modules ?? []);
    fc.assert(
      fc.property(mangled(modules), (text) => {
        throughEverything("fuzz.rego", text);
      }),
      { numRuns: runs },
    );
  });
});

describe("a source, however broken,", () => {
  it("in Rego is read to a result", () => {
    fc.assert(
      fc.property(fc.oneof(mangled(shipped(".rego")), soup), (text) => {
        throughEverything("fuzz.rego", text);
      }),
      { numRuns: runs },
    );
  });

  it("in YAML is read to a result", () => {
    fc.assert(
      fc.property(mangled(shipped(".yaml")), (text) => {
        throughEverything("fuzz.yaml", text);
      }),
      { numRuns: runs },
    );
  });

  it.each([
    ["brackets", "[".repeat(200_000)],
    ["braces", "{".repeat(200_000)],
    ["calls", "f(".repeat(100_000)],
    ["minus signs", "-".repeat(200_000)],
    ["sums", `x := 1${" + 1".repeat(100_000)}`],
    ["elses", `p := 1 if { false }${" else := 2 if { false }".repeat(20_000)}`],
    ["references", `p if { a${"[0]".repeat(100_000)} }`],
    ["templates", '$"{'.repeat(50_000)],
    ["comprehensions", "[x | ".repeat(50_000)],
    ["statements", `p if { ${"x; ".repeat(100_000)} }`],
    ["rules", "p if { q }\n".repeat(20_000)],
    ["nots", `p if { ${"not ".repeat(50_000)} x }`],
    ["withs", `p if { x${" with input as 1".repeat(20_000)} }`],
  ])("of very many %s is read to a result", (_, text) => {
    throughEverything("deep.rego", `package p\n\n${text}\n`);
  });

  it("of templates that are not closed is wrong within the text", () => {
    const text = 'package p\n\np := $"{$"{$"{x';
    expect(throughEverything("open.rego", text)).toBeGreaterThan(0);
  });
});
