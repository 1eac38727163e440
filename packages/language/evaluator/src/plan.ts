// The plan: rules as the evaluator runs them. Plain JSON (it is in the bundle). Every expression has
// at most one value given the slots bound so far; whatever enumerates is a `scan` statement of its
// own, hoisted there by the compiler. A body runs its statements left to right and backtracks.

/** Every rule of a policy set, by path, and the packages without rules. */
export interface Plan {
  readonly version: 1;
  /** Sorted by path. A path belongs to one group; the paths of groups may be prefixes of each other. */
  readonly groups: readonly RuleGroup[];
  /** Packages without rules, if there are any. */
  readonly packages?: readonly (readonly string[])[];
}

/** All rules of one path: together they say what is there. */
export interface RuleGroup {
  /** Below `data`: ["bedrock", "phi", "deny"]. */
  readonly path: readonly string[];
  /** `object` covers `p[x] := v`, `p[x].q[y] := v` and `p[x] contains y` (see Clause.keys). */
  readonly kind: "complete" | "set" | "object" | "function";
  readonly arity?: number;
  readonly isTest?: true;
  readonly clauses: readonly Clause[];
  /** A constant, or for functions an expression over the parameters. */
  readonly default?: Clause;
}

/** One body of a rule and what it gives when the body has a solution. */
export interface Clause {
  /** As RuleIR.id. */
  readonly id: string;
  readonly source: SourceRef;
  /** Number of slots of the frame; parameters come first. */
  readonly slots: number;
  /** Functions: one pattern a parameter. */
  readonly params?: readonly Pattern[];
  readonly body: readonly Stmt[];
  /** Kind object: the keys from `path` down. With `element` the innermost value is a set it is added to. */
  readonly keys?: readonly Expr[];
  readonly element?: Expr;
  readonly value: Expr;
  /** Tried in order when the body has no solution. */
  readonly elses?: readonly {
    readonly body: readonly Stmt[];
    readonly value: Expr;
    readonly slots: number;
    readonly source: SourceRef;
  }[];
}

/** Where in the policy text something comes from; lines and columns from 1. */
export interface SourceRef {
  readonly file: string;
  readonly start: number;
  readonly end: number;
  readonly line: number;
  readonly column: number;
}

/** JSON with `{"$set": [...]}`, `{"$object": [[k, v], ...]}` (non-string keys, or keys starting with `$`) and `{"$number": "digits"}` for what JSON cannot say. */
export type Constant =
  | null
  | boolean
  | number
  | string
  | readonly Constant[]
  | { readonly [key: string]: Constant };

/** What has at most one value; undefined where a part of it has none. */
export type Expr =
  | { readonly op: "const"; readonly value: Constant }
  | { readonly op: "slot"; readonly slot: number }
  | { readonly op: "input" }
  /** Base and virtual documents under a constant path, merged; `data` itself for []. Cached per evaluation. */
  | { readonly op: "doc"; readonly path: readonly (string | number)[] }
  /** Undefined where there is no such key. Of a set: the member itself. */
  | { readonly op: "get"; readonly from: Expr; readonly key: Expr }
  | { readonly op: "array"; readonly items: readonly Expr[] }
  | { readonly op: "set"; readonly items: readonly Expr[] }
  | { readonly op: "object"; readonly entries: readonly (readonly [Expr, Expr])[] }
  | {
      readonly op: "comprehension";
      readonly form: "array" | "set" | "object";
      readonly key?: Expr;
      readonly value: Expr;
      readonly body: readonly Stmt[];
    }
  | {
      readonly op: "call";
      readonly name: string;
      readonly args: readonly Expr[];
      readonly source: SourceRef;
    }
  | {
      readonly op: "apply";
      readonly path: readonly string[];
      readonly args: readonly Expr[];
      readonly source: SourceRef;
    }
  | { readonly op: "template"; readonly parts: readonly (string | Expr)[] };

/** What a value is matched against. `bind` sets a slot not bound before; `equal` compares. */
export type Pattern =
  | { readonly op: "any" }
  | { readonly op: "bind"; readonly slot: number }
  | { readonly op: "equal"; readonly to: Expr }
  | { readonly op: "array"; readonly items: readonly Pattern[] }
  /** Exactly these keys. */
  | { readonly op: "object"; readonly entries: readonly (readonly [Expr, Pattern])[] };

/** A statement of a body: it has no solution, one, or (`scan`) several, and binds slots. */
export type Stmt =
  /** Holds when defined and not false. */
  | { readonly op: "check"; readonly expr: Expr; readonly source: SourceRef }
  /** Holds when defined and the pattern matches. */
  | {
      readonly op: "match";
      readonly expr: Expr;
      readonly pattern: Pattern;
      readonly source: SourceRef;
    }
  /** Once for every member: index and item, key and value, or (sets) member and member. Undefined or scalar: no solutions. */
  | {
      readonly op: "scan";
      readonly from: Expr;
      readonly key: Pattern;
      readonly value: Pattern;
      /** Of a document only the keys are asked for: its members are evaluated where they are referred to. */
      readonly keysOnly?: true;
      readonly source: SourceRef;
    }
  /** Holds when the body has no solution. Slots bound within are not seen after. */
  | { readonly op: "not"; readonly body: readonly Stmt[]; readonly source: SourceRef }
  | {
      readonly op: "every";
      readonly domain: Expr;
      readonly key?: number;
      readonly value: number;
      readonly body: readonly Stmt[];
      readonly source: SourceRef;
    }
  /** Runs the body with parts of input, data or functions replaced; what follows runs without. */
  | {
      readonly op: "with";
      readonly replace: readonly Replacement[];
      readonly body: readonly Stmt[];
      readonly source: SourceRef;
    };

/** What one `with` puts in place of what, while its body runs. */
export type Replacement =
  | { readonly target: "input" | "data"; readonly path: readonly string[]; readonly value: Expr }
  | {
      readonly target: "function";
      readonly function: FunctionRef;
      readonly by: FunctionRef | DocumentRef | { readonly value: Expr };
    };

/** A document of rules, as it is where a function that it replaces is called. */
export interface DocumentRef {
  readonly document: readonly string[];
}

/** What a call calls: a built-in by its name, or a rule by its path below `data`. */
export type FunctionRef = { readonly builtin: string } | { readonly rule: readonly string[] };
