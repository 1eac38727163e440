// Every diagnostic has a page, and the pages do not lie: what a page calls wrong gets that diagnostic,
// and what it shows instead gets none of any kind.

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { catalog, renderJson } from "@writ/diagnostics";
import { checkEverything } from "@writ/workspace";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, describe, expect, it } from "vitest";
import { readPolicySet } from "../../packages/apps/cli/src/policy-set.ts";

const pages = fileURLToPath(new URL("../../packages/language/diagnostics/codes/", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "writ-codes-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const schema = new URL("../../schemas/diagnostic.schema.json", import.meta.url);
const validate = new Ajv2020().compile(JSON.parse(readFileSync(schema, "utf8")));

/** Limits that an example would have to be megabytes to exceed; other tests do. */
const WITHOUT_EXAMPLES = ["E0112", "E0220", "E0502"];

/** A suppression without a reason suppresses nothing, so what it stands above is reported as well. */
const BESIDES: { readonly [code: string]: readonly string[] } = { W0602: ["W0402"] };

/** The codes that the example of a page under a heading gets. */
function codesOf(code: string, heading: "Wrong" | "Right"): readonly string[] {
  const text = readFileSync(`${pages}${code}.md`, "utf8");
  const section = text.split(`\n## ${heading}\n`)[1]?.split("\n## ")[0] ?? "";
  const files = [...section.matchAll(/^```(\w+) ?(\S*)\n([\s\S]*?)^```$/gm)];
  expect(files.length).toBeGreaterThan(0);
  const dir = join(folder, `${code}-${heading}`);
  mkdirSync(dir);
  for (const [, language, name, contents] of files) {
    const file = join(dir, name || `policy.${language}`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, contents ?? "");
  }
  const set = readPolicySet(dir);
  const diagnostics = checkEverything(set, {});
  // As tools read them they are what the schema says, whatever they are of.
  validate(JSON.parse(renderJson(diagnostics, set.sources)));
  expect(validate.errors).toBeNull();
  return diagnostics.map((found) => found.code);
}

it("there is a page for every code, and none besides", () => {
  expect(readdirSync(pages).sort()).toEqual(
    Object.keys(catalog)
      .map((code) => `${code}.md`)
      .sort(),
  );
});

describe.each(Object.entries(catalog))("the page of %s", (code, { name }) => {
  it("has its name", () => {
    expect(readFileSync(`${pages}${code}.md`, "utf8").split("\n")[0]).toBe(`# ${code} ${name}`);
  });

  if (WITHOUT_EXAMPLES.includes(code)) return;

  it("shows what gets it, alone, and what does not", () => {
    expect([...new Set(codesOf(code, "Wrong"))]).toEqual([code, ...(BESIDES[code] ?? [])]);
    expect(codesOf(code, "Right")).toEqual([]);
  });
});
