// Runs a program on the production engine and on the reference, and says where they differ.

import { check } from "@writ/checker";
import { compile } from "@writ/compiler";
import { makeSources } from "@writ/diagnostics";
import {
  createPolicy,
  jsonText,
  type Policy,
  type QueryResult,
  toJson,
  type Value,
} from "@writ/evaluator";
import { type Module, parseRego } from "@writ/syntax";
import { builtins } from "../../packages/apps/cli/src/builtins.ts";
import { interpret } from "../reference/interpret.ts";
import { BASE, type Program } from "./programs.ts";

export interface Engines {
  readonly plan: Pick<Policy, "query">;
  readonly reference: Pick<Policy, "query">;
}

export interface Refusal {
  readonly refused: string;
}

/** Both engines, loaded; or why the checker refuses the modules. */
export function loadModules(texts: readonly string[]): Engines | Refusal {
  const files = texts.map((text, index) => ({ file: `m${index}.rego`, text }));
  const parsed = files.map(parseRego);
  const modules: readonly Module[] = parsed.map(({ module }) => module);
  const checked = check(modules, {
    vocabularies: {},
    builtins,
    sources: makeSources(files),
    likeOpa: true,
  });
  const problems = [...parsed.flatMap(({ diagnostics }) => diagnostics), ...checked.diagnostics];
  const error = problems.find(({ severity }) => severity === "error");
  if (error !== undefined || checked.program === undefined)
    return { refused: `${error?.code ?? ""} ${error?.title ?? ""}` };
  const compiled = compile(checked.program, {
    inputSchema: {},
    vocabularies: {},
    data: BASE,
    locate: () => ({ line: 1, column: 1 }),
  });
  return {
    plan: createPolicy(compiled, builtins),
    reference: interpret(modules, { data: BASE, builtins }),
  };
}

/** The documents of which the engines do not say the same, and what they say: with strict built-ins, too. */
export function findDifferences(
  { plan, reference }: Engines,
  { documents, inputs }: Pick<Program, "documents" | "inputs">,
): readonly string[] {
  return inputs.flatMap((input) =>
    documents.flatMap((path) =>
      [false, true].flatMap((strictBuiltins) => {
        const said = outcome(plan.query(path, input as Value, { strictBuiltins }));
        const meant = outcome(reference.query(path, input as Value, { strictBuiltins }));
        // Which of two errors comes first is open.
        if (said === meant || (isError(said) && isError(meant))) return [];
        const name = `${path.join(".")}${strictBuiltins ? ", strictly," : ""}`;
        return [`${name} is ${said}, should be ${meant}, with ${JSON.stringify(input)}`];
      }),
    ),
  );
}

function isError(said: string): boolean {
  return said.startsWith("eval_");
}

/** What a query came to, as text: the value as JSON, `undefined`, or the code of the error. */
export function outcome(result: QueryResult): string {
  if (!result.ok) return result.error.code;
  return result.value === undefined ? "undefined" : jsonText(canonical(toJson(result.value)));
}

/** With the keys of objects in order. */
export function canonical(value: unknown): Value {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== "object" || value === null || !isPlain(value)) return value as Value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, canonical((value as { readonly [key: string]: unknown })[key])]),
  );
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}
