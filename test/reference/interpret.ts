// The executable specification: what a set of modules means, said as plainly as we can. Slow, and sharing
// nothing with the checker, the compiler and the evaluator but values and built-in functions; the
// production engines are compared with it. It takes modules that the checker accepts.

import {
  type BuiltinContext,
  type BuiltinTable,
  getMember,
  type QueryResult,
  type Value,
} from "@writ/evaluator";
import type { Module } from "@writ/syntax";
import { solve } from "./bodies.ts";
import { decide, type ReferenceDecision } from "./decision.ts";
import { below, Place, wholeDocument } from "./documents.ts";
import { resolveNames } from "./names.ts";
import { Rules } from "./rules.ts";
import { Failure, type Interpreter, type World } from "./world.ts";

export interface Reference {
  /** The value of `data.<path>`, as `Policy.query` gives it. */
  query(
    path: readonly string[],
    input: Value | undefined,
    options?: { readonly strictBuiltins?: boolean },
  ): QueryResult;
  /** What all packages decide together on an input that fits the schema. */
  decide(input: Value): ReferenceDecision;
}

const MAX_STEPS = 2_000_000;

export function interpret(
  modules: readonly Module[],
  { data, builtins }: { readonly data: Value; readonly builtins: BuiltinTable },
): Reference {
  const packages = modules.map((module) => module.package.path);
  const rules = new Rules(packages, resolveNames(modules, builtins));
  const interpreter: Interpreter = {
    root: rules.root,
    builtins,
    ruleValue: (node, world) => rules.value(node, world),
    document: readDocument,
    apply: (name, args, world) => rules.apply(name, args, world),
    solve,
  };
  const makeWorld = (input: Value | undefined, strictBuiltins: boolean): World => ({
    interpreter,
    input,
    base: data,
    replaced: [],
    mocks: new Map(),
    known: new Map(),
    active: new Set(),
    strictBuiltins,
    builtinContext: makeBuiltinContext(),
  });
  return {
    query(path, input, options) {
      const world = makeWorld(input, options?.strictBuiltins === true);
      return attempt(() => readDocument(path, world));
    },
    decide(input) {
      const world = makeWorld(input, true);
      return decide(packages, (path) => attempt(() => readDocument(path, world)));
    },
  };
}

function readDocument(path: readonly string[], world: World): Value | undefined {
  let at: Place | Value | undefined = new Place(world.interpreter.root, world.base);
  for (const key of path) {
    if (at === undefined) return undefined;
    at = at instanceof Place ? below(at, key, world) : getMember(at, key);
  }
  return at === undefined ? undefined : wholeDocument(at, world);
}

function attempt(work: () => Value | undefined): QueryResult {
  try {
    return { ok: true, value: work() };
  } catch (error) {
    if (error instanceof Failure)
      return { ok: false, error: { code: error.code, message: error.message } };
    if (error instanceof RangeError)
      return {
        ok: false,
        error: { code: "eval_limit_error", message: "evaluation went too deep" },
      };
    throw error;
  }
}

function makeBuiltinContext(): BuiltinContext {
  let steps = 0;
  return {
    cache: new Map(),
    step: (count) => {
      steps += count;
      if (steps > MAX_STEPS)
        throw new Failure(`evaluation took more than ${MAX_STEPS} steps`, {
          code: "eval_limit_error",
        });
    },
  };
}
