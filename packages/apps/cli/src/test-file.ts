// `*.test.yaml`: test cases of a policy set. A case is an input (or a named one with changes) and the
// decision expected of it. Checked against schemas/test.schema.json.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { type Diagnostic, diagnostic, type SourceFile } from "@writ/diagnostics";
import type { ValidateFunction } from "ajv/dist/2020.js";
import { type Document, isMap, isSeq, type Node, parseDocument } from "yaml";
import { errorsOf, plainValue } from "./read-yaml.ts";
import { root } from "./root.ts";

export interface ExpectedDecision {
  readonly effect: "allow" | "deny";
  /** Codes or messages. */
  readonly reasons?: readonly string[];
  readonly redactions?: readonly string[];
  readonly errors?: readonly string[];
}

export interface TestCase {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly input: unknown;
  readonly expect: ExpectedDecision;
}

interface TestDocument {
  readonly inputs?: { readonly [name: string]: unknown };
  readonly tests: readonly {
    readonly name: string;
    readonly input: unknown;
    readonly with?: { readonly [path: string]: unknown };
    readonly without?: readonly string[];
    readonly expect: ExpectedDecision;
  }[];
}

const require = createRequire(import.meta.url);
let validator: ValidateFunction<TestDocument> | undefined;

/** Made for the first file: loading Ajv takes longer than checking a small policy set without one. */
function testDocumentValidator(): ValidateFunction<TestDocument> {
  if (validator === undefined) {
    const { Ajv2020 } = require("ajv/dist/2020.js") as typeof import("ajv/dist/2020.js");
    const file = join(root, "schemas/test.schema.json");
    const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true, validateSchema: false });
    validator = ajv.compile<TestDocument>(JSON.parse(readFileSync(file, "utf8")));
  }
  return validator;
}

export function readTestFile(source: SourceFile): {
  readonly cases: readonly TestCase[];
  readonly diagnostics: readonly Diagnostic[];
} {
  const { file, text } = source;
  const document = parseDocument(text, { prettyErrors: false });
  const diagnostics = [...errorsOf(document, file)];
  if (diagnostics.length > 0) return { cases: [], diagnostics };
  const { value, reason } = plainValue(document);
  if (reason !== undefined) {
    const found = diagnostic("E0120", { reason }, { file, start: 0, end: 1 });
    return { cases: [], diagnostics: [found] };
  }
  const validate = testDocumentValidator();
  if (!validate(value)) {
    for (const { instancePath, message = "is invalid" } of validate.errors ?? []) {
      const span = spanAt(document, instancePath, file);
      diagnostics.push(
        diagnostic(
          "E0601",
          { reason: `${instancePath.slice(1).replaceAll("/", ".") || "the file"} ${message}` },
          span,
        ),
      );
    }
    return { cases: [], diagnostics };
  }
  const cases: TestCase[] = [];
  for (const [index, test] of value.tests.entries()) {
    const span = spanAt(document, `/tests/${index}`, file);
    const line = text.slice(0, span.start).split("\n").length;
    const named = typeof test.input === "string" ? value.inputs?.[test.input] : test.input;
    if (named === undefined) {
      const help = `there are ${Object.keys(value.inputs ?? {}).join(", ")}`;
      diagnostics.push(
        diagnostic("E0601", { reason: `no input is called \`${String(test.input)}\`` }, span, {
          help,
        }),
      );
      continue;
    }
    const input = structuredClone(named);
    for (const path of test.without ?? []) change(input, path, undefined);
    for (const [path, to] of Object.entries(test.with ?? {})) change(input, path, to);
    cases.push({ name: test.name, file, line, input, expect: test.expect });
  }
  return { cases, diagnostics };
}

/** Sets (or, with undefined, removes) what a dotted path from `input` names; missing objects on the way are made. */
function change(input: unknown, path: string, to: unknown): void {
  const keys = path.replace(/^input\./, "").split(".");
  const last = keys.pop() as string;
  let at = input as { [key: string]: unknown };
  for (const key of keys) {
    const next = at[key];
    const isObject = typeof next === "object" && next !== null;
    if (!isObject) at[key] = {};
    at = at[key] as { [key: string]: unknown };
  }
  if (to === undefined) delete at[last];
  else at[last] = to;
}

function spanAt(
  document: Document,
  pointer: string,
  file: string,
): { file: string; start: number; end: number } {
  let node = document.contents as Node | null;
  for (const key of pointer.split("/").slice(1)) {
    const child = isSeq(node)
      ? node.get(Number(key), true)
      : isMap(node)
        ? node.get(key, true)
        : undefined;
    if (child === undefined || child === null) break;
    node = child as Node;
  }
  const [start = 0, end = 1] = node?.range ?? [];
  return { file, start, end };
}
