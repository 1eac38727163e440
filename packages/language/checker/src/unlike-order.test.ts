// Orders of what need not be a number are pointed at; with a guard, or where the schema says number, they are not.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { builtins } from "@writ/builtins";
import { makeSources } from "@writ/diagnostics";
import { parseRego } from "@writ/syntax";
import { describe, expect, it } from "vitest";
import { check } from "./check.ts";

const path = fileURLToPath(new URL("../../../../schemas/input.schema.json", import.meta.url));
const inputSchema = JSON.parse(readFileSync(path, "utf8"));

function isFound(body: string): boolean {
  const source = { file: "p.rego", text: `package p\n\nallow if { ${body} }\n` };
  const { module } = parseRego(source);
  const sources = makeSources([source]);
  const options = { builtins, sources, inputSchema, vocabularies: {} };
  return check([module], options).diagnostics.some(({ code }) => code === "W0422");
}

const level = "input.identity.claims.level";

describe("an order of what need not be a number", () => {
  it.each([
    `${level} >= 3`,
    `3 <= ${level}`,
    `level := ${level}; level > 3`,
    `not ${level} < 3`,
    "input.action.parameters.amount > 500",
    "some level in input.identity.claims.levels; level > 3",
    "every level in input.identity.claims.levels { level > 3 }",
    `${level} > input.usage.day.requests`,
    `[x | x := ${level}; x > 1] != []`,
    `is_string(${level}); ${level} > 3`,
    `is_number(input.identity.claims.other); ${level} > 3`,
  ])("%s", (body) => expect(isFound(body)).toBe(true));

  it.each([
    `is_number(${level}); ${level} >= 3`,
    `level := ${level}; is_number(level); level > 3`,
    `level := ${level}; is_number(${level}); level > 3`,
    "input.request.max_tokens > 5",
    "input.time.hour >= 9",
    `to_number(${level}) > 3`,
    "count(input.labels) > 3",
    'input.time.rfc3339 > "2026"',
    "some finding in input.findings; finding.count > 3",
  ])("not %s", (body) => expect(isFound(body)).toBe(false));
});
