// What a body is evaluated in: the documents as they are (`with` makes another world), and what of them
// has been worked out. The parts of the interpreter that need each other meet here.

import type { BuiltinContext, BuiltinTable, Value } from "@writ/evaluator";
import type { Body } from "@writ/syntax";

/** The variables that have values. */
export type Environment = ReadonlyMap<string, Value>;

export interface World {
  readonly interpreter: Interpreter;
  readonly input: Value | undefined;
  /** The base documents, replacements made. */
  readonly base: Value;
  /** Paths below `data` that `with` replaced: no rule counts there. */
  readonly replaced: readonly (readonly string[])[];
  /** Functions that `with` replaced, by name. */
  readonly mocks: ReadonlyMap<string, Mock>;
  /** The values of rules in this world. */
  readonly known: Map<RuleNode, Value | undefined>;
  /** Rules being evaluated: one that needs itself has no value. */
  readonly active: ReadonlySet<RuleNode>;
  readonly strictBuiltins: boolean;
  readonly builtinContext: BuiltinContext;
}

export type Mock =
  | { readonly function: string }
  | { readonly document: readonly string[] }
  | { readonly value: Value };

/** A place in the tree of rules. */
export interface RuleNode {
  readonly path: readonly string[];
  readonly children: Map<string, RuleNode>;
  /** Whether rules stand here, not only further down. */
  hasRules: boolean;
}

export interface Interpreter {
  readonly root: RuleNode;
  readonly builtins: BuiltinTable;
  /** The value of a rule that is no function. */
  readonly ruleValue: (node: RuleNode, world: World) => Value | undefined;
  /** The value of a document of rules. */
  readonly document: (path: readonly string[], world: World) => Value | undefined;
  /** The value of a function of the policy, or undefined when there is none of that name. */
  readonly apply: (name: string, args: readonly Value[], world: World) => Value | undefined;
  /** Every way for a body to hold. */
  readonly solve: (body: Body, env: Environment, world: World) => Iterable<Environment>;
}

export type FailureCode =
  | "eval_conflict_error"
  | "eval_builtin_error"
  | "eval_type_error"
  | "eval_limit_error";

/** An evaluation that cannot go on. */
export class Failure extends Error {
  readonly code: FailureCode;

  constructor(message: string, options: ErrorOptions & { readonly code: FailureCode }) {
    super(message, options);
    this.code = options.code;
  }
}
