// How built-in functions are handed to the evaluator: a table of plain functions with declared types.
// The types are what OPA's capabilities.json declares, in the same words, so the checker can read them.

import type { Value } from "./value.ts";

/** A function of Rego: its name, its types and what it does. */
export interface Builtin {
  readonly name: string;
  readonly args: readonly BuiltinType[];
  readonly result: BuiltinType;
  /** Clock, network, randomness: not available to policies in a bundle. */
  readonly nondeterministic?: true;
  /** `walk`: has a result for each member of what `call` returns, and `result` is the type of that. */
  readonly relation?: true;
  readonly cost: Cost;
  /** Returns undefined where Rego says undefined; throws BuiltinError where OPA raises one. */
  readonly call: (args: readonly Value[], context: BuiltinContext) => Value | undefined;
}

/** What a call costs beyond the step that every call is. What no function declares, nobody bounds. */
export interface Cost {
  /** How the work grows with what is given; `superlinear`: doubling it may more than double the work. */
  readonly growth: "constant" | "linear" | "superlinear";
  /** Steps taken before the call, by what is given; what only the work shows, it counts itself. */
  readonly before: (args: readonly Value[]) => number;
}

/** What one evaluation shares between calls: a cache, and the limits that apply. */
export interface BuiltinContext {
  readonly cache: Map<string, unknown>;
  /** Throws when the evaluation has used up its steps; long loops call it. */
  readonly step: (count: number) => void;
  /** Shows what a policy prints; absent where nobody looks. */
  readonly print?: (message: string) => void;
  /** Hears with which keys a test with keys is tried. */
  readonly noteCase?: (keys: readonly Value[]) => void;
}

/** A type as OPA's capabilities.json writes it. */
export type BuiltinType =
  | { readonly type: "any"; readonly of?: readonly BuiltinType[] }
  | { readonly type: "null" | "boolean" | "number" | "string" }
  | {
      readonly type: "array";
      readonly dynamic?: BuiltinType;
      readonly static?: readonly BuiltinType[];
    }
  | { readonly type: "set"; readonly of: BuiltinType }
  | {
      readonly type: "object";
      readonly dynamic?: { readonly key: BuiltinType; readonly value: BuiltinType };
      readonly static?: readonly { readonly key: string; readonly value: BuiltinType }[];
    };

/** Functions by their Rego names, operators by OPA's internal ones (`plus`, `internal.member_2`). */
export type BuiltinTable = ReadonlyMap<string, Builtin>;
