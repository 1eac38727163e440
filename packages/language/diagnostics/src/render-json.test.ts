// What tools read: as `schemas/diagnostic.schema.json` says, and the schema takes nothing else.

import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, it } from "vitest";
import { type Diagnostic, diagnostic, makeSources, renderJson } from "./index.ts";

const file = new URL("../../../../schemas/diagnostic.schema.json", import.meta.url);
const validate = new Ajv2020().compile(JSON.parse(readFileSync(file, "utf8")));
const sources = makeSources([{ file: "a.rego", text: "package a\nallow if inputt.x\n" }]);
const span = { file: "a.rego", start: 19, end: 25 };
const unsafe = (details: Parameters<typeof diagnostic>[3]): Diagnostic =>
  diagnostic("E0204", { name: "inputt" }, span, details);

interface Document {
  readonly version: number;
  readonly diagnostics: readonly Record<string, unknown>[];
  readonly summary: Record<string, unknown>;
}

it.each<readonly [name: string, found: readonly Diagnostic[]]>([
  ["nothing", []],
  ["an error that says no more", [unsafe({})]],
  [
    "help, a label and a related place",
    [unsafe({ help: "h", label: "l", related: [{ span, text: "" }] })],
  ],
  ["a warning beside it", [unsafe({}), diagnostic("W0602", { name: "x" }, span)]],
  ["a place in a file that is not there", [diagnostic("E0107", {}, { ...span, file: "b.rego" })]],
])("%s", (_name, found) => {
  const document = JSON.parse(renderJson(found, sources)) as Document;
  validate(document);
  expect(validate.errors).toBeNull();
  expect(document.diagnostics.length).toBe(found.length);
});

const whole = JSON.parse(renderJson([unsafe({ help: "h" })], sources)) as Document;
const [first = {}] = whole.diagnostics;
const primary = first["primary"] as object;
const { related: _, ...unrelated } = first;
const having = (changed: object): object => ({ ...whole, diagnostics: [changed] });

it.each<readonly [name: string, altered: object]>([
  ["another version", { ...whole, version: 2 }],
  ["a key more", { ...whole, notes: [] }],
  ["no summary", { version: 1, diagnostics: [] }],
  ["a negative count", { ...whole, summary: { errors: -1, warnings: 0 } }],
  ["a diagnostic with a key more", having({ ...first, note: "" })],
  ["a diagnostic without `related`", having(unrelated)],
  ["a code that is none", having({ ...first, code: "E204" })],
  ["a name in capitals", having({ ...first, name: "Unsafe" })],
  ["an error that is a warning", having({ ...first, severity: "warning" })],
  ["a warning that is an error", having({ ...first, code: "W0204" })],
  ["no title", having({ ...first, title: "" })],
  ["empty help", having({ ...first, help: "" })],
  ["a place before the text", having({ ...first, primary: { ...primary, line: 0 } })],
  ["a place without its file", having({ ...first, primary: { ...primary, file: undefined } })],
  ["a related place that is none", having({ ...first, related: [{ line: 1 }] })],
])("is not %s", (_name, altered) => {
  expect(validate(JSON.parse(JSON.stringify(altered)))).toBe(false);
});
