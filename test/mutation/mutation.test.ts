// The runner itself: which changes it makes, and that it finds out, by a small source with tests that hold
// some of it, which of them the tests find. The packages are for `npm run mutate`.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { staleEquivalents } from "./equivalents.ts";
import { instrument, listMutants } from "./mutants.ts";
import { findMutations } from "./operators.ts";
import { countOutcomes, formatTable } from "./report.ts";
import { runMutants } from "./run-mutants.ts";
import { sample } from "./sample.ts";
import { readTarget, targetData } from "./targets.ts";

/** Each text of a source with one change in it. */
function changesOf(source: string): readonly string[] {
  return findMutations(source).map(
    ({ start, end, text }) => source.slice(0, start) + text + source.slice(end),
  );
}

describe("the changes", () => {
  it.each<readonly [source: string, changed: readonly string[]]>([
    ["a < b;", ["a <= b;", "a >= b;"]],
    ["a >= b;", ["a > b;", "a < b;"]],
    ["a === b;", ["a !== b;"]],
    ["a && b;", ["a || b;"]],
    ["(a) + /* and */ (b);", ["(a) - /* and */ (b);"]],
    ["a += b;", ["a -= b;"]],
    ["a ??= b;", ["a = b;"]],
    ["a ?? b;", ["a;"]],
    ["!a;", ["a;"]],
    ["a?.b?.[c]?.();", ["a.b?.[c]?.();", "a?.b[c]?.();", "a?.b?.[c]();", ";"]],
    ["delete a?.b;", []],
    ['x = "text";', ['x = "";']],
    ['x = "";', []],
    [`x = \`a\${b}\`;`, ['x = "";']],
    ["x = 5;", ["x = 6;", "x = 4;"]],
    ["x = 5n;", ["x = 6n;", "x = 4n;"]],
    ["x = 0o17;", ["x = 16;", "x = 14;"]],
    ["x = true;", ["x = false;"]],
    ["x = [a, b];", ["x = [];"]],
    ["f(a);", [";"]],
    ["async () => { await f(a); };", ["async () => { ; };"]],
    ["if (a) f;", ["if (true) f;", "if (false) f;", "if (!(a)) f;"]],
    ["while (a) b;", ["while (false) b;"]],
    ["a ? b : c;", ["true ? b : c;", "false ? b : c;", "!(a) ? b : c;"]],
    ["function f() { return a; }", ["function f() { return undefined; }"]],
    [
      "function f(): boolean { return a; }",
      ["function f(): boolean { return true; }", "function f(): boolean { return false; }"],
    ],
    ["() => !a;", ["() => true;", "() => false;", "() => a;"]],
  ])("of %s", (source, changed) => {
    expect([...changesOf(source)].sort()).toEqual([...changed].sort());
  });

  it.each([
    ["imports", 'import a from "a"; export { b } from "b"; export * from "c";'],
    ["types", 'type A = "a" | 1; interface B { readonly c: [1, 2] } let d = e as "f" | true;'],
    ["directives", '"use strict";'],
    ["names of members", 'x = { "a": b }; class C { "d" = e; }'],
    ["texts of errors", `throw new Error("no"); x = new TypeError(\`no \${1}\`);`],
    ["messages", `x = { message: "no" }; const message = \`no \${1}\`;`],
    ["sentences", 'x = "there is no such thing";'],
    ["patterns and tags", "x = /a/; y = tag`a`;"],
  ])("leave %s alone", (_, source) => {
    expect(changesOf(source)).toEqual([]);
  });

  it("keep their places when they are all in one text", () => {
    const source = 'if (a < 1) f("x");\nelse g(!b);';
    const mutants = listMutants(new Map([["name.ts", source]]));
    const text = instrument(source, mutants);
    for (const wanted of [undefined, ...mutants.map(({ id }) => id)]) {
      const mutant = mutants.find(({ id }) => id === wanted);
      const changed =
        mutant === undefined
          ? source
          : source.slice(0, mutant.start) + mutant.text + source.slice(mutant.end);
      for (const a of [0, 1, 2])
        expect(run(text, a, wanted), changed).toEqual(run(changed, a, undefined));
    }
  });
});

/** What a piece of source calls. */
function run(text: string, a: number, active: number | undefined): readonly unknown[] {
  const calls: unknown[] = [];
  Object.assign(globalThis, { __mutation: { isActive: (id: number) => id === active } });
  new Function("a", "b", "f", "g", text)(
    a,
    true,
    (value: unknown) => calls.push(["f", value]),
    (value: unknown) => calls.push(["g", value]),
  );
  return calls;
}

describe("the runner", () => {
  it("knows what the tests find from what they do not", async () => {
    const file = fileURLToPath(new URL("fixture/limit.ts", import.meta.url));
    const tests = fileURLToPath(new URL("fixture/cases.ts", import.meta.url));
    const sources = new Map([[file, readFileSync(file, "utf8")]]);
    const mutants = listMutants(sources);
    const outcomes = await runMutants(sources, mutants, mutants, [tests]);
    const rest = outcomes
      .filter(({ status }) => status !== "killed")
      .map(({ mutant: { line, after }, status }) => `${status} ${line}: ${after}`);
    expect(rest).toEqual([
      "survived 4: return size > 0 && size <= limit;",
      "survived 4: return size >= 1 && size <= limit;",
      "survived 4: return size >= -1 && size <= limit;",
      "survived 4: return size >= 0 && size < limit;",
      "timed out 8: const step = 0;",
      "unreached 16: return undefined;",
      "unreached 16: return names?.[0];",
      'unreached 16: return names[0] ?? "none";',
      'unreached 16: return names?.[1] ?? "none";',
      'unreached 16: return names?.[-1] ?? "none";',
      'unreached 16: return names?.[0] ?? "";',
      'survived 19: const SEPARATORS: readonly string[] = ["", ";"];',
      'survived 27: if (false) throw new Error("a size is below nothing");',
      'survived 27: if (size <= 0) throw new Error("a size is below nothing");',
      'survived 27: if (size < 1) throw new Error("a size is below nothing");',
      'survived 27: if (size < -1) throw new Error("a size is below nothing");',
      "survived 28: ;",
    ]);
    const counts = countOutcomes("fixture", outcomes, 90_000);
    expect(counts).toMatchObject({ made: 41, timedOut: 1, survived: 10, unreached: 6 });
    expect(formatTable([counts])).toMatchInlineSnapshot(`
      "
      package  mutants  equivalent  killed  timed out  survived  unreached  score  minutes
      fixture       41           0      24          1        10          6  61.0%      1.5
      "
    `);
  }, 60_000);
});

describe("a sample", () => {
  const all = Array.from({ length: 100 }, (_, index) => index);

  it("is the same for the same seed, in order", () => {
    const drawn = sample(all, 10, 7);
    expect(drawn).toHaveLength(10);
    expect(drawn).toEqual([...drawn].sort((a, b) => a - b));
    expect(sample(all, 10, 7)).toEqual(drawn);
    expect(sample(all, 10, 8)).not.toEqual(drawn);
    expect(sample(all, 1_000, 7)).toEqual(all);
  });
});

describe("the data", () => {
  it.each(Object.keys(targetData))(
    "of %s name sources, tests and mutants that are there",
    (name) => {
      const { sources, testFiles } = readTarget(name);
      expect(testFiles).not.toEqual([]);
      const mutants = listMutants(sources);
      expect(mutants).not.toEqual([]);
      expect(staleEquivalents(mutants, [...sources.keys()])).toEqual([]);
    },
  );
});
