// What `writ check --like-opa` and with `--strict` refuse, as `opa check` and `opa check --strict` do. Where
// OPA names an OPA binary, it is asked as well.

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeSources } from "@writ/diagnostics";
import { parseRego } from "@writ/syntax";
import { checkSet } from "@writ/workspace";
import { afterAll, describe, expect, it } from "vitest";
import { emptyPolicySet } from "../../packages/apps/cli/src/policy-set.ts";

const cases: readonly (readonly [
  name: string,
  text: string,
  plain: readonly string[],
  strict: readonly string[],
])[] = [
  ["unused import", "import data.a.b\n\nx := 1", [], ["W0201"]],
  ["unused import input", "import input.a\n\nx := 1", [], ["W0201"]],
  ["unused import alias", "import data.a.b as c\n\nx := 1", [], ["W0201"]],
  ["used import", "import data.a.b\n\nx := b", [], []],
  ["import rego v1", "import rego.v1\n\nx := 1", [], []],
  ["import future", "import future.keywords.in\n\nx := 1", [], []],
  ["dup import same", "import data.a\nimport data.a\n\nx := a", ["E0209"], ["E0209"]],
  ["dup import name", "import data.a.c\nimport data.b.c\n\nx := c", ["E0209"], ["E0209"]],
  ["dup import alias", "import data.a.c\nimport data.b.d as c\n\nx := c", ["E0209"], ["E0209"]],
  ["unused local", "p if {\n\tx := 1\n\ttrue\n}", [], ["W0202"]],
  ["unused local underscore", "p if {\n\t_x := 1\n\ttrue\n}", [], ["W0202"]],
  ["unused local array", "p if {\n\t[x, y] := [1, 2]\n\tx == 1\n}", [], ["W0202"]],
  ["unused local in compr", "p if {\n\tcount([1 | y := 2]) == 1\n}", [], ["W0202"]],
  ["unused local used in head", "p := x if {\n\tx := 1\n}", [], []],
  ["unused local used nested", "p if {\n\tx := 1\n\ty := [z | z := x]\n\ty\n}", [], []],
  ["unify unused", "p if {\n\tx = 1\n}", [], []],
  ["some unused", "p if {\n\tsome x\n\ttrue\n}", ["E0217"], ["E0217"]],
  ["some used once", "p if {\n\tsome i\n\tinput[i] == 1\n}", [], []],
  ["some in unused", "p if {\n\tsome x in input\n}", [], []],
  ["some in key unused", "p if {\n\tsome k, v in input\n\tv == 1\n}", [], []],
  ["every unused", "p if {\n\tevery x in input { true }\n}", ["E0217"], ["E0217"]],
  ["every key unused", "p if {\n\tevery k, x in input { x == 1 }\n}", ["E0217"], ["E0217"]],
  ["unused arg", "f(x) := 1", [], ["W0203"]],
  ["unused arg two", "f(x, y) := x", [], ["W0203"]],
  ["unused arg underscore", "f(_) := 1", [], []],
  ["unused arg named underscore", "f(_x) := 1", [], ["W0203"]],
  ["arg used body", "f(x) if x == 1", [], []],
  ["arg used else", "f(x) := 1 if {\n\tinput.a\n} else := x", [], []],
  ["arg pattern unused", "f([x, y]) := x", [], ["W0203"]],
  ["arg in compr", "f(x) := [y | y := x]", [], []],
  ["default fn", "default f(_) := 1\n\nf(x) := x if x == 2", [], []],
  ["rule input", "input := 1", ["E0218"], ["E0218"]],
  ["rule data", "data := 1", ["E0218"], ["E0218"]],
  ["local input", "p if {\n\tinput := 1\n\tinput == 1\n}", ["E0218"], ["E0218"]],
  ["local data", "p if {\n\tdata := 1\n\tdata == 1\n}", ["E0218"], ["E0218"]],
  ["arg input", "f(input) := input", ["E0218"], ["E0218"]],
  ["some input", "p if {\n\tsome input in [1]\n\tinput == 1\n}", [], []],
  ["every data", "p if {\n\tevery data in [1] { data == 1 }\n}", ["E0218"], ["E0218"]],
  ["import as input", "import data.a as input\n\np := input", ["E0218"], ["E0218", "W0201"]],
  [
    "import as data",
    "import input.a as data\n\np := data",
    ["E0205", "E0218"],
    ["E0205", "E0218", "W0201"],
  ],
  ["rule contains input", "input contains 1", ["E0218"], ["E0218"]],
  ["rule ref input", "input.a := 1", ["E0218"], ["E0218"]],
  ["any", "p if any([true])", ["E0219"], ["E0219"]],
  ["all", "p if all([true])", ["E0219"], ["E0219"]],
  ["re match", 'p if re_match("a", "b")', ["E0219"], ["E0219"]],
  ["cidr overlap", 'p if net.cidr_overlap("10.0.0.0/8", "10.0.0.1")', ["E0219"], ["E0219"]],
  ["set diff", "p := set_diff({1}, {2})", ["E0202", "E0219"], ["E0202", "E0219"]],
  ["cast array", "p := cast_array({1})", ["E0219"], ["E0219"]],
  ["cast string", 'p := cast_string("a")', ["E0219"], ["E0219"]],
  ["shadow local", "p if {\n\tcount := 1\n\tcount == 1\n}", [], []],
  ["shadow rule", "count := 1", [], []],
  ["shadow fn", "count(x) := x", [], []],
  ["shadow arg", "f(count) := count", [], []],
  ["shadow dotted", "time := 1\n\np := time.now_ns()", ["E0202"], ["E0202"]],
  ["else unused", "p if {\n\tinput.a\n} else := 2 if {\n\ty := 1\n\ttrue\n}", [], ["W0202"]],
  ["with use", "p if {\n\tx := 1\n\tinput.a with input as x\n}", [], []],
  ["key use", "p[x] := 1 if x := 2", [], []],
  ["assign twice", "p if {\n\tx := 1\n\tx := 2\n\tx == 1\n}", ["E0208"], ["E0208"]],
  ["unused in not", "p if not f(1)\n\nf(x) if {\n\ty := x\n\ttrue\n}", [], ["W0202"]],
  ["import shadow rule", "import data.a.b\n\nb := 1\n\nc := b", [], []],
  ["import used only in test", "import data.a.b as zz\n\nx if data.a.b == 1", [], ["W0201"]],
  ["import shadowed by local", "import data.a.b\n\np if {\n\tb := 1\n\tb == 1\n}", [], ["W0201"]],
  ["import shadowed by arg", "import data.a.b\n\nf(b) := b", [], ["W0201"]],
  ["wildcards", "p if {\n\t[_, x] := [1, 2]\n\tx == 2\n}", [], []],
  ["obj pattern unused", 'p if {\n\t{"a": x} := {"a": 1}\n}', [], ["W0202"]],
  ["nested every", "p if {\n\tevery x in [1] {\n\t\ty := x\n\t\ttrue\n\t}\n}", [], ["W0202"]],
  ["shadow called", "count := 1\n\nq := count([1])", ["E0202"], ["E0202"]],
  ["shadow local called", "q if {\n\tcount := 1\n\tcount([1]) == count\n}", ["E0202"], ["E0202"]],
  ["printed only", "p if {\n\tx := 1\n\tprint(x)\n}", [], []],
];

const opa = process.env["OPA"];
const folder = mkdtempSync(join(tmpdir(), "writ-strict-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(cases)("%s", (name, body, plain, strict) => {
  const source = { file: "p.rego", text: `package t\n\n${body}\n` };

  it("is checked as said", () => {
    expect([codesOf(source, false), codesOf(source, true)]).toEqual([plain, strict]);
  });

  it.skipIf(opa === undefined)("is checked so by OPA", () => {
    const file = join(folder, `${name.replaceAll(" ", "-")}.rego`);
    writeFileSync(file, source.text);
    const accepts = (...flags: readonly string[]): boolean =>
      spawnSync(opa ?? "", ["check", ...flags, file]).status === 0;
    expect([accepts(), accepts("--strict")]).toEqual([plain.length === 0, strict.length === 0]);
  });
});

function codesOf(source: { readonly file: string; readonly text: string }, strict: boolean) {
  const { module, diagnostics } = parseRego(source);
  const sources = makeSources([source]);
  const set = { ...emptyPolicySet, modules: [module], sources, diagnostics };
  const found = checkSet(set, { likeOpa: true, strict }).diagnostics;
  return [...new Set(found.map(({ code }) => code))].sort();
}
