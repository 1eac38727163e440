// Laws of layout: formatting keeps the comments and the meaning, and formatting twice changes nothing more.

import { readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { formatRego, formatYaml, parseRego } from "@writ/syntax";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { describeWithShared, sharedPath } from "../shared-data.ts";

const runs = Number(process.env["FUZZ_RUNS"] ?? 1000);

function comments(text: string): readonly string[] {
  return parseRego({ file: "a.rego", text })
    .module.comments.map((comment) => comment.text.trimEnd())
    .sort();
}

function format(text: string): string {
  const formatted = formatRego({ file: "a.rego", text });
  if (formatted === undefined) throw new Error(`cannot be read:\n${text}`);
  return formatted;
}

describeWithShared("OPA's own modules, formatted,", () => {
  let modules: readonly string[] = [];
  beforeAll(() => {
    const lines = gunzipSync(readFileSync(sharedPath("conformance/rego-v1.jsonl.gz")));
    modules = lines
      .toString()
      .trim()
      .split("\n")
      .flatMap((line) => (JSON.parse(line) as { modules: string[] | null }).modules ?? []);
  });

  it("are formatted (fmt_idempotent), and mostly were already", () => {
    let unchanged = 0;
    for (const text of modules) {
      const once = format(text);
      expect(format(once)).toBe(once);
      if (once.trim() === text.trim()) unchanged += 1;
    }
    expect(unchanged / modules.length).toBeGreaterThan(0.9);
  });

  it("keep every comment, wherever it stands (fmt_keeps_comments)", () => {
    const comment = fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      isOwnLine: fc.boolean(),
      name: fc.nat(99),
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...modules.filter((text) => !text.includes("`"))),
        fc.array(comment, { minLength: 1, maxLength: 4 }),
        (text, added) => {
          const rows = text.split("\n");
          for (const { at, isOwnLine, name } of added) {
            const index = Math.floor(at * rows.length);
            rows[index] += isOwnLine ? `\n# comment ${name}` : ` # comment ${name}`;
          }
          const commented = rows.join("\n");
          // A comment may stand where a line may not end: then the text is none.
          if (parseRego({ file: "a.rego", text: commented }).diagnostics.length > 0) return;
          const once = format(commented);
          expect(comments(once)).toEqual(comments(commented));
          expect(format(once)).toBe(once);
        },
      ),
      { numRuns: runs },
    );
  });
});

describe("the usual layout", () => {
  it.each([
    ["package a\nallow   if{input.x==1}\n", "package a\n\nallow if input.x == 1\n"],
    [
      "package a\n\nallow if {\ninput.x\n\n\n\n# why\ninput.y # because\n}\n",
      "package a\n\nallow if {\n\tinput.x\n\n\t# why\n\tinput.y # because\n}\n",
    ],
    [
      "package a\n\nimport data.z\nimport data.b\n\nx := [1,\n2] # two\n",
      "package a\n\nimport data.b\nimport data.z\n\nx := [\n\t1,\n\t2, # two\n]\n",
    ],
    [
      'package a\n\nf(x) := y if {\n\ty := x["k"]\n} else := 1 if {\n\tx == 2\n}\n',
      "package a\n\nf(x) := y if {\n\ty := x.k\n} else := 1 if {\n\tx == 2\n}\n",
    ],
    [
      "package a\n\nh := `x\ny` # why h\n\nt := 1\n",
      "package a\n\nh := `x\ny` # why h\n\nt := 1\n",
    ],
    [
      "package a\n\n# METADATA\n# title: t\nx if {\n\tinput.y # because\n}\n\nimport rego.v1\n",
      "package a\n\nimport rego.v1\n\n# METADATA\n# title: t\nx if {\n\tinput.y # because\n}\n",
    ],
    [
      "package a\n\np := {v|some v in input.a; v>(1+2)*3}\n",
      "package a\n\np := {v | some v in input.a; v > (1 + 2) * 3}\n",
    ],
  ])("of %j", (text, wanted) => {
    expect(format(text)).toBe(wanted);
  });

  it("of YAML rules has their keys in order and their comments in place", () => {
    const text =
      "package: a\nrules:\n  # first\n  - effect: deny\n    id: one # named\n    when:\n      - input.stage: request\n    code: c\n    reason: no\n";
    const once = formatYaml({ file: "a.yaml", text });
    expect(once).toBe(
      "package: a\nrules:\n  # first\n  - id: one # named\n    effect: deny\n    reason: no\n    code: c\n    when:\n      - input.stage: request\n",
    );
    expect(formatYaml({ file: "a.yaml", text: once ?? "" })).toBe(once);
  });

  it("is that of the shipped policies", () => {
    const folder = new URL("../../policies/bedrock/", import.meta.url);
    for (const file of readdirSync(folder)) {
      if (!/\.(?:rego|yaml)$/.test(file) || /test\.yaml|data\.yaml/.test(file)) continue;
      const text = readFileSync(new URL(file, folder), "utf8");
      const formatted = file.endsWith(".rego")
        ? formatRego({ file, text })
        : formatYaml({ file, text });
      expect(formatted, file).toBe(text);
    }
  });
});
