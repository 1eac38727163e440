// Golden files: a policy and what Writ says of it. `name.rego` or `name.yaml` beside `name.expected` with
// sections DIAGNOSTICS and TREE, exactly as a user sees them. `vitest -u` rewrites them; a new case is a file.

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { makeSources, renderText } from "@writ/diagnostics";
import { parseRego, parseYaml } from "@writ/syntax";
import { checkAndProve, compileSet, outlineTrees } from "@writ/workspace";
import { describe, expect, it } from "vitest";
import { inputKindAt } from "../../packages/apps/cli/src/input-kinds.ts";
import { emptyPolicySet } from "../../packages/apps/cli/src/policy-set.ts";
import { renderTreeText } from "../../packages/apps/cli/src/tree-view.ts";

const cases = fileURLToPath(new URL("./cases/", import.meta.url));
const data = { limits: { tokens: 4096 }, models: ["m-1", "m-2"] };

function describePolicy(file: string): string {
  const source = { file, text: readFileSync(cases + file, "utf8") };
  const sources = makeSources([source]);
  const parsed = file.endsWith(".rego") ? parseRego(source) : parseYaml(source, inputKindAt);
  const { module, diagnostics: unread } = parsed;
  const set = { ...emptyPolicySet, modules: [module], sources, data, diagnostics: unread };
  const diagnostics = checkAndProve(set);
  const { compiled } = compileSet(set, { includeTests: false });
  const sections = [`----- DIAGNOSTICS\n${renderText(diagnostics, sources)}`];
  if (compiled !== undefined)
    sections.push(`----- TREE\n${renderTreeText(outlineTrees(compiled.trees, false))}`);
  return sections.join("\n");
}

describe("golden files", () => {
  const files = readdirSync(cases).filter((name) => /\.(?:rego|yaml)$/.test(name));
  it.each(files)("%s", async (file) => {
    await expect(describePolicy(file)).toMatchFileSnapshot(`${cases}${file}.expected`);
  });
});
