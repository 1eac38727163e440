// The state of one evaluation: the input and data it sees, what it has already worked out, and how many
// steps it may still take. `with` opens a scope in which input, data or functions are replaced; what is
// cached in a scope is only true in it.

import type { BuiltinContext } from "./builtin.ts";
import { makeObject } from "./collection.ts";
import type { Meter } from "./meter.ts";
import { equalValues } from "./order.ts";
import type { DocumentRef, FunctionRef } from "./plan.ts";
import { isPlainObject, objectEntries, type Value } from "./value.ts";

/** An evaluation that cannot go on. Thrown inside this package only; callers get it as a value. */
export class EvaluationError extends Error {
  readonly code: EvaluationErrorCode;
  /** The message without what it may quote of the input: for clients and records. */
  readonly bare: string;

  constructor(
    message: string,
    options: ErrorOptions & { readonly code: EvaluationErrorCode; readonly bare?: string },
  ) {
    super(message, options);
    this.code = options.code;
    this.bare = options.bare ?? message;
  }
}

export type EvaluationErrorCode =
  | "eval_conflict_error"
  | "eval_builtin_error"
  | "eval_type_error"
  | "eval_limit_error"
  | "eval_with_error";

type BuiltinErrorCode = "eval_builtin_error" | "eval_type_error";

/** Thrown by a built-in function where OPA raises an error for it. */
export class BuiltinError extends Error {
  readonly code: BuiltinErrorCode;

  constructor(message: string, options: ErrorOptions & { readonly code?: BuiltinErrorCode } = {}) {
    super(message, options);
    this.code = options.code ?? "eval_builtin_error";
  }
}

/** What a mocked function is replaced by: another function, a document, or a value. */
export type Mock = FunctionRef | DocumentRef | { readonly result: Value };

export interface DataReplacement {
  readonly path: readonly string[];
  readonly value: Value;
}

export interface Scope {
  /** The scope this one was opened in by `with`. */
  readonly around?: Scope;
  readonly input: Value | undefined;
  readonly data: readonly DataReplacement[];
  /** By `functionKey`. */
  readonly mocks: ReadonlyMap<string, Mock>;
  /** Values of documents and rules by path, worked out in this scope. */
  readonly cache: Map<unknown, Value | undefined>;
  /** Rules being evaluated: meeting one again is a cycle that only dynamic references can make. */
  readonly active: Set<unknown>;
}

export interface EvaluationOptions {
  /** A built-in's error is an error of the evaluation instead of an undefined. */
  readonly strictBuiltins: boolean;
  readonly maxSteps: number;
  /** Whether the evaluation has taken longer than it may: asked every few thousand steps. */
  readonly isOverTime?: () => boolean;
  readonly quotesInput?: boolean;
  readonly print?: (message: string) => void;
  readonly noteCase?: (keys: readonly Value[]) => void;
}

/** Steps between two looks at the clock of whoever evaluates. */
const STEPS_BETWEEN_LOOKS = 2_000;

export class Evaluation implements BuiltinContext, Meter {
  scope: Scope;
  readonly cache: Map<string, unknown> = new Map();
  readonly options: EvaluationOptions;
  readonly print?: (message: string) => void;
  readonly noteCase?: (keys: readonly Value[]) => void;
  #left: number;
  /** With fewer steps left than this, the limits are looked at. */
  #nextLook: number;

  constructor(input: Value | undefined, options: EvaluationOptions) {
    this.scope = { input, data: [], mocks: new Map(), cache: new Map(), active: new Set() };
    this.options = options;
    if (options.print !== undefined) this.print = options.print;
    if (options.noteCase !== undefined) this.noteCase = options.noteCase;
    this.#left = options.maxSteps;
    this.#nextLook = options.isOverTime === undefined ? 0 : options.maxSteps;
  }

  readonly step = (count: number): void => {
    this.#left -= count;
    if (this.#left < this.#nextLook) this.#look();
  };

  #look(): void {
    const { maxSteps, isOverTime } = this.options;
    if (this.#left < 0) throw overLimit(`evaluation took more than ${maxSteps} steps`);
    if (isOverTime === undefined) return;
    if (isOverTime()) throw overLimit("evaluation took longer than it may");
    this.#nextLook = Math.max(0, this.#left - STEPS_BETWEEN_LOOKS);
  }
}

function overLimit(message: string): EvaluationError {
  return new EvaluationError(message, { code: "eval_limit_error" });
}

export function functionKey(target: FunctionRef): string {
  return "builtin" in target ? target.builtin : `data.${target.rule.join(".")}`;
}

/** The value with the part at a path replaced; parts on the way that are no objects give way to objects. */
export function replaceAt(value: Value | undefined, path: readonly string[], by: Value): Value {
  const [key, ...rest] = path;
  if (key === undefined) return by;
  const entries = value === undefined ? [] : (objectEntries(value) ?? []);
  const before = entries.find(([name]) => name === key)?.[1];
  const others = entries.filter(([name]) => name !== key);
  return makeObject([...others, [key, replaceAt(before, rest, by)]]);
}

/** Two documents as one: objects are merged, otherwise the first stands. */
export function mergeDocuments(
  first: Value | undefined,
  second: Value | undefined,
): Value | undefined {
  if (first === undefined) return second;
  if (second === undefined || equalValues(first, second)) return first;
  if (!isPlainObject(first) || !isPlainObject(second)) return first;
  const merged = new Map<string, Value>();
  for (const [key, value] of Object.entries(second)) merged.set(key, value);
  for (const [key, value] of Object.entries(first)) {
    merged.set(key, mergeDocuments(value, merged.get(key)) as Value);
  }
  return makeObject([...merged]);
}

/** Runs `work` unless it is already running in this scope, which only a cycle of rules can bring about. */
export function withoutCycle<T>(
  evaluation: Evaluation,
  key: object,
  name: string,
  work: () => T,
): T {
  const { active } = evaluation.scope;
  if (active.has(key)) {
    throw new EvaluationError(`${name} depends on itself`, { code: "eval_conflict_error" });
  }
  active.add(key);
  try {
    return work();
  } finally {
    active.delete(key);
  }
}
