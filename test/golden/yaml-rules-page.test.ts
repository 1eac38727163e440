// The page about YAML rules names every operator, and its example is one that `writ check` says nothing of.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkEverything } from "@writ/workspace";
import { expect, it } from "vitest";
import { readPolicySet } from "../../packages/apps/cli/src/policy-set.ts";
import { OPERATOR_NAMES } from "../../packages/language/syntax/src/conditions.ts";

const page = readFileSync(new URL("../../docs/yaml-rules.md", import.meta.url), "utf8");

it("names the operators that there are", () => {
  const cells = [...page.matchAll(/^\| (`.*?`) \|/gm)].map(([, cell = ""]) => cell);
  const named = cells.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name));
  expect(named.sort()).toEqual([...OPERATOR_NAMES].sort());
});

it("has an example without mistakes", () => {
  const [, text = ""] = /```yaml\n([\s\S]*?)```/.exec(page) ?? [];
  const folder = mkdtempSync(join(tmpdir(), "writ-page-"));
  try {
    writeFileSync(join(folder, "rules.yaml"), text);
    const set = readPolicySet(folder);
    expect(checkEverything(set, {})).toEqual([]);
    expect(set.modules.flatMap(({ rules }) => rules).length).toBeGreaterThanOrEqual(3);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
