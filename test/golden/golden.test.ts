// Golden files: a policy and what Writ says of it. `name.rego` or `name.yaml` beside `name.expected` with
// sections DIAGNOSTICS and TREE, exactly as a user sees them. `vitest -u` rewrites them; a new case is a file.

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { builtins } from "@writ/builtins";
import { check, suppress } from "@writ/checker";
import { labelCatalogue } from "@writ/classifier";
import { compile, findHiding } from "@writ/compiler";
import { makeSources, renderText, sortDiagnostics } from "@writ/diagnostics";
import { parseRego, parseYaml } from "@writ/syntax";
import { describe, expect, it } from "vitest";
import { renderTreeText } from "../../packages/cli/src/tree-view.ts";

const cases = fileURLToPath(new URL("./cases/", import.meta.url));
const inputSchema = JSON.parse(
  readFileSync(new URL("../../schemas/input.schema.json", import.meta.url), "utf8"),
) as { readonly [keyword: string]: unknown };
const vocabularies = { labels: labelCatalogue.map(({ label }) => label) };
const data = { limits: { tokens: 4096 }, models: ["m-1", "m-2"] };

function describePolicy(file: string): string {
  const source = { file, text: readFileSync(cases + file, "utf8") };
  const sources = makeSources([source]);
  const parsed = file.endsWith(".rego") ? parseRego(source) : parseYaml(source);
  const isReadable = parsed.diagnostics.length === 0;
  const checked = isReadable
    ? check([parsed.module], { inputSchema, vocabularies, data, builtins, sources })
    : { diagnostics: [] };
  const hiding =
    "program" in checked && checked.program !== undefined
      ? findHiding(checked.program, { inputSchema, vocabularies, data })
      : [];
  const found = [...parsed.diagnostics, ...checked.diagnostics, ...hiding];
  const diagnostics = sortDiagnostics(suppress(found, [parsed.module], sources));
  const sections = [`----- DIAGNOSTICS\n${renderText(diagnostics, sources)}`];
  if ("program" in checked && checked.program !== undefined) {
    const { trees } = compile(checked.program, {
      inputSchema,
      vocabularies,
      data,
      locate: ({ start }) => sources.get(file)?.position(start) ?? { line: 1, column: 1 },
    });
    sections.push(`----- TREE\n${renderTreeText(trees)}`);
  }
  return sections.join("\n");
}

describe("golden files", () => {
  const files = readdirSync(cases).filter((name) => /\.(?:rego|yaml)$/.test(name));
  it.each(files)("%s", async (file) => {
    await expect(describePolicy(file)).toMatchFileSnapshot(`${cases}${file}.expected`);
  });
});
