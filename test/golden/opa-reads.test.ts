// What OPA reads, `--like-opa` reads, and what OPA refuses is refused as the same kind of error. Where OPA
// names an OPA binary, it is asked as well.

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeSources, opaCode } from "@writ/diagnostics";
import { formatRego, parseRego } from "@writ/syntax";
import { checkSet } from "@writ/workspace";
import { afterAll, describe, expect, it } from "vitest";
import { emptyPolicySet } from "../../packages/apps/cli/src/policy-set.ts";

/** Rules of package `t`, by the code of the error that they are; none for those that are read. */
const cases: { readonly [code: string]: readonly string[] } = {
  "": [
    "p if { true } q if { true }",
    "a := 1 b := 2",
    "import data.x y := 2",
    "default x := 1 y := 2",
    "p if { input.a } { input.b }",
    "f(x) if { x > 1 } { x < 0 }",
    "p contains x if { x := 1 }\n{\n\tx := 2\n}",
    "p if {}",
    'p if {"a": 1}',
    "p if {1 | 2}",
    "p if {x | x := 1} == {1}",
    "p if {1} == {1}",
    "p if {1}\n== {1}",
    "p if {{1}}",
    "p if { {1}[1] }",
    "p if {[1, 2]}",
    "p if {\n\t# nothing\n}",
    "f(x)",
    "f(1, [y])",
    "a.b(_)",
    'p["a"] := 2 if false else := 3',
    "p[1] := 2 if false else := 3",
    "r := - 1",
    'r := "a", 1 in {"a"}',
    "f(x) := 1, x in [1]",
    "r contains 0, 1 in [1]",
    "r if true else := 0, 1 in [1]",
    "r if { true\n;\ntrue }",
    "r := [1, 2,][0]",
    "r := [, 1]",
    "r := {, 1}",
    'r := {, "a": 1}',
    "r := ([1])[0]",
    "import rego.v1 as foo\n\nx := 1",
    "import future.keywords\n\nx := 1",
    "default x",
    "default f(_, _) := [1 | true]",
    "p if { y := [x | x := 1]; x := 2; y; x }",
    "p if { x := 2; y := [x | x := 2 * x]; y; x }",
    "p := y if { x := 5; y := [x | x == 5; x := 6] }",
    "f(x) := 1 if { x > 1 } else := y if { y := x; y > 0 } else := y if { y := 2; x }",
    "p := [x | x := 1] if { x := 2; x }",
    "p if { every x in [1] { y := x; y }; y := 2; y }",
    "p if { some i; _ := [z | z := [1, 2][i]] }",
    'p if count("a") == 1',
    "p := (1 == (2 > 3))",
    'p := 1 == "a"',
    'p if 1 != "a"',
    'p if 1 < "a"',
    'p if 1 in {"a"}',
    "p if { every x in [1] { x == true } }",
    'p if { x := input.y; x == 1; x == "a" }',
    'q := 1 if input.a else := "x"\n\np if q == "x"',
    "p if { q with data.foo as 1 }\n\nq := 1",
    "p if { every x in [1] { 1 = []; count(1) == x } }",
    "p if 1 == object.union({}, {})",
    "p if { {}[x]; x == 1 }",
    'q := 1 if input.a else := {}\n\np if startswith(q["a"], "b")',
    "q := [1]\n\np if { some x in [1]; some _ in {} with input as q[x] }",
    "p if { some x in [1]; some _ in input.a with input.a as data.b[x] }",
    "q := 1\n\np if { some _ in data.a with input.a as data.b[q] with input.b as data.b[q] }",
  ],
  rego_parse_error: [
    "a.b.c",
    "a.b",
    "a",
    "f()",
    "count(x)",
    "object.get(x, y, z)",
    "x == 1",
    "; a := 1",
    "a := 1;",
    "a := 1; b := 2",
    "p := 1 else := 2",
    "p if false else := 2 else := 3",
    "p if false else x = 3",
    "p if false else := 2 if true { true }",
    "default x := 1 if true",
    "default x[1]",
    "default x := y",
    "default x := 1 + 1",
    "default x := [input.a]",
    "default f([x]) := 1",
    "default f(1) := 1",
    "default f(x, x) := 1",
    "default x contains 1",
    "p if {1, 2}",
    "p contains 1 else := 3",
    'p contains "x" if true else := 3',
    "p[x] := 2 if x := 1 else := 3",
    "r := 1.",
    "r := 1e",
    "r := true[0]",
    'r := "a".b',
    "r := 1[0]",
    "r := (1)[0]",
    "r if not some x in [1]",
    "r if not every x in [1] { x }",
    "r if not not true",
    "r if { true; }",
    "r := [1 | true;]",
    "import rego.v2\n\nx := 1",
    "import rego\n\nx := 1",
    "import future.keywords.xyz\n\nx := 1",
    "import future.keywords.in as foo\n\nx := 1",
    "import foo.bar\n\nx := 1",
  ],
  rego_type_error: [
    "p if { true with x as 1 }",
    "r if { true with count as f }\n\nf(x, y) := x",
    "p := count(1)",
    "p if startswith(input.a, 1)",
    'p if 1 + "a" == 2',
    'p if { x := "a"; x + 1 == 2 }',
    "p if { x := [1]; upper(x) }",
    'p if 1 == "a"',
    'p if not 1 = "a"',
    'p if { x := 1; x == "a" }',
    'p if { [1] = {"a": input.x} }',
    "p if null = true",
    'q := 1\n\np if q == "a"',
    "p if { true with input.x as count(1) }",
  ],
  rego_compile_error: [
    "p if { x == 1; x := 1 }",
    "p if { some x in [1]; some _ in input.a with input.a as input.b[x] }",
    "p if { some x in [1]; some _ in q with input as q[x] }\n\nq := [1]",
    "p if { some x in [1]; some _ in data.a with input as q[x] }\n\nq := [1]",
    "f(x) if { some _ in [1 | data.b] with input as data.a[x] }",
    "p if { x = 1; x := 1 }",
    "p if { x := 1; some x }",
    "p if { data.q[x]; some x }",
    "p if { y := x; x := 2; y }",
    "f(x) if { x := 1 }",
    "f([x]) if { [x, y] := [1, 2]; y }",
    "p if { [1, x] := [1, 2]; x }",
    "p if { input.a := 1 }",
    "p if { {x} := {1} }",
    "x := 1\n\np if { x == 1; x := 2 }",
    "f(1 + 1) := 2",
    "p if { every x in [1] { x := 1 } }",
    "p if { some i; [1, 2][i] == 2; some i }",
    "p if { true with input as x; x := 1 }",
    "p contains x if { some x in [1]; not y; y := 1 }",
  ],
  rego_unsafe_var_error: ["p if { some x; every y in [1] { y == x } }"],
  rego_recursion_error: [
    "p if { q with r as 1 }\n\nr := p\n\nq := 1",
    "p if { x := 1 with data.t.p as 2; x }",
    "p if { q with f as g }\n\nf(x) := x\n\ng(x) := p\n\nq := f(1)",
  ],
};

const opa = process.env["OPA"];
const folder = mkdtempSync(join(tmpdir(), "writ-reads-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const rows = Object.entries(cases).flatMap(([code, bodies]) =>
  bodies.map((body, index) => ({ body, code, name: `${code || "read"}-${index}` })),
);

describe.each(rows)("$body", ({ body, code, name }) => {
  const source = { file: "p.rego", text: `package t\n\n${body}\n` };

  it("is read so", () => {
    expect(codeOf(source)).toBe(code);
  });

  // What is refused has no layout.
  if (code === "") {
    it("is laid out as what it is", () => {
      const text = formatRego(source) ?? "";
      expect(codeOf({ ...source, text })).toBe("");
      expect(formatRego({ ...source, text })).toBe(text);
    });
  }

  it.skipIf(opa === undefined)("is read so by OPA", () => {
    const file = join(folder, `${name}.rego`);
    writeFileSync(file, source.text);
    const { status, stderr } = spawnSync(opa ?? "", ["check", "--format=json", file]);
    const said = status === 0 ? "" : (JSON.parse(String(stderr)) as Said).errors[0]?.code;
    expect(said).toBe(code);
  });
});

interface Said {
  readonly errors: readonly { readonly code: string }[];
}

/** The kind of the first error. */
function codeOf(source: { readonly file: string; readonly text: string }): string {
  const { module, diagnostics } = parseRego(source);
  const sources = makeSources([source]);
  const set = { ...emptyPolicySet, modules: [module], sources, diagnostics };
  const [found] = checkSet(set, { likeOpa: true }).diagnostics;
  return found === undefined ? "" : opaCode(found.code);
}
