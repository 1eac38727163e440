// `*.test.yaml`: test cases of a policy set. A case is an input (or a named one with changes) and the
// decision expected of it. Checked against schemas/test.schema.json.

import { compileSchema, type PlainJson } from "@writ/builtins";
import { type Diagnostic, diagnostic, type SourceFile } from "@writ/diagnostics";
import type { JsonSchema } from "@writ/ir";
import { type Document, isMap, isSeq, type Node, parseDocument } from "yaml";
import type { PolicySet } from "../read/policy-set.ts";
import { errorsOf, plainValue } from "../read/read-yaml.ts";

/** What is not given is not asked for. */
export interface ExpectedDecision {
  readonly effect: "allow" | "deny";
  /** Codes or messages. */
  readonly reasons?: readonly string[];
  readonly redactions?: readonly string[];
  readonly errors?: readonly string[];
}

/** An input, and the decision expected of it. */
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

const validators = new WeakMap<JsonSchema, ReturnType<typeof compileSchema>>();

/** Made for the first file: loading Ajv takes longer than checking a small policy set without one. */
function validatorOf(schema: JsonSchema): ReturnType<typeof compileSchema> {
  let validator = validators.get(schema);
  if (validator === undefined) {
    validator = compileSchema(schema as PlainJson, "2020-12");
    validators.set(schema, validator);
  }
  return validator;
}

/** The cases that can be run, and what is wrong with the others. */
export interface TestCases {
  readonly cases: readonly TestCase[];
  readonly diagnostics: readonly Diagnostic[];
}

/** The cases of all test files of a set. */
export function readTests({ tests, environment }: PolicySet): TestCases {
  const files = tests.map((source) => readTestFile(source, environment.testSchema));
  return {
    cases: files.flatMap(({ cases }) => cases),
    diagnostics: files.flatMap(({ diagnostics }) => diagnostics),
  };
}

function readTestFile(source: SourceFile, schema: JsonSchema): TestCases {
  const { file, text } = source;
  const document = parseDocument(text, { prettyErrors: false });
  const diagnostics = [...errorsOf(document, file)];
  if (diagnostics.length > 0) return { cases: [], diagnostics };
  const { value, reason } = plainValue(document);
  if (reason !== undefined) {
    const found = diagnostic("E0120", { reason }, { file, start: 0, end: 1 });
    return { cases: [], diagnostics: [found] };
  }
  const faults = validatorOf(schema)(value as PlainJson);
  if (faults.length > 0) {
    for (const { instancePath, message = "is invalid" } of faults) {
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
  // SAFETY: it fits the schema of tests.
  const { tests, inputs } = value as TestDocument;
  const cases: TestCase[] = [];
  for (const [index, test] of tests.entries()) {
    const span = spanAt(document, `/tests/${index}`, file);
    const line = text.slice(0, span.start).split("\n").length;
    const named = typeof test.input === "string" ? inputs?.[test.input] : test.input;
    if (named === undefined) {
      const help = `there are ${Object.keys(inputs ?? {}).join(", ")}`;
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
