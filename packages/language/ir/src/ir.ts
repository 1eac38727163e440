// The typed intermediate representation: what the checker hands to the compiler. Names are resolved,
// bodies are ordered so that every variable is bound before it is needed, operators are calls of
// built-ins, and every term knows its type and its place in the source. It is still a tree of terms:
// which reference enumerates, which variable lives in which slot, is the compiler's work.

import type { Span } from "@writ/diagnostics";
import type { Type } from "./type.ts";

/** A policy set with a meaning: its rules, resolved, ordered and typed. */
export interface Program {
  /** In a fixed order: by path, then file, then position. */
  readonly rules: readonly RuleIR[];
  /** Packages without rules: empty objects among the documents. */
  readonly packages: readonly (readonly string[])[];
}

/** Index into the rule's (or its else branches') own variables. */
export type VarId = number;

/** A variable of a rule, by its name in the source. */
export interface VarIR {
  readonly name: string;
  readonly span: Span;
}

/** A rule: one head with one body, and its else branches. */
export interface RuleIR {
  /** Unique and stable under reordering of files: `bedrock.phi.deny#2` (second `deny` of its path). */
  readonly id: string;
  /** The package and the constant start of the head: ["bedrock", "phi", "deny"]. */
  readonly path: readonly string[];
  readonly package: readonly string[];
  readonly kind: "complete" | "set" | "object" | "function";
  readonly isDefault: boolean;
  /** From a `*_test.rego` file. */
  readonly isTest: boolean;
  readonly vars: readonly VarIR[];
  /** Functions only. Patterns: constants must match, variables bind. */
  readonly params: readonly TermIR[];
  /** The rest of the head after `path`, for `p[x].q := v` (kind object) and `p[x] contains y`. */
  readonly keys: readonly TermIR[];
  /** The term after `contains`. With `keys` empty the rule is a set, otherwise an object of sets. */
  readonly element?: TermIR;
  /** Constant `true` where nothing is written. */
  readonly value: TermIR;
  readonly body: readonly StatementIR[];
  readonly elses: readonly {
    readonly value: TermIR;
    readonly body: readonly StatementIR[];
    readonly span: Span;
  }[];
  readonly metadata: RuleMetadata;
  readonly span: Span;
  readonly headSpan: Span;
}

/** What METADATA annotations (or the keys of a YAML rule) say about a rule. */
export interface RuleMetadata {
  readonly title?: string;
  readonly description?: string;
  readonly custom?: { readonly [key: string]: unknown };
}

/** A statement of a body, in an order in which it can run. */
export type StatementIR =
  /** Holds when the term is defined and not false. */
  | { readonly kind: "expression"; readonly term: TermIR; readonly span: Span }
  /** `=` and `:=`: variables not bound before are bound here. One side is ground once earlier statements ran. */
  | {
      readonly kind: "unify";
      readonly left: TermIR;
      readonly right: TermIR;
      /** `left` is the result of the call at the right, named as its last argument. */
      readonly isCall?: true;
      readonly span: Span;
    }
  /** `some k, v in c`: `key` and `value` are patterns. */
  | {
      readonly kind: "scan";
      readonly key?: TermIR;
      readonly value: TermIR;
      readonly collection: TermIR;
      readonly span: Span;
    }
  | { readonly kind: "not"; readonly body: readonly StatementIR[]; readonly span: Span }
  | {
      readonly kind: "every";
      readonly key?: VarId;
      readonly value: VarId;
      readonly domain: TermIR;
      readonly body: readonly StatementIR[];
      readonly span: Span;
    }
  | {
      readonly kind: "with";
      readonly targets: readonly WithIR[];
      readonly body: readonly StatementIR[];
      readonly span: Span;
    };

/** One replacement of a `with`. */
export type WithIR =
  | {
      readonly kind: "input" | "data";
      readonly path: readonly string[];
      readonly value: TermIR;
      /** Of the path. */
      readonly span: Span;
    }
  | {
      readonly kind: "function";
      readonly target: CallTarget;
      readonly value: TermIR | CallTarget | DocumentIR;
    };

/** A document of rules in place of a function: it is what it is where the function is called. */
export interface DocumentIR {
  readonly kind: "document";
  readonly path: readonly string[];
}

/** What a call calls. */
export type CallTarget =
  | { readonly kind: "builtin"; readonly name: string }
  | { readonly kind: "function"; readonly path: readonly string[] };

interface TermBase {
  readonly type: Type;
  readonly span: Span;
}

/** A term with its type and place. */
export type TermIR = TermBase &
  (
    | { readonly kind: "null" }
    | { readonly kind: "boolean"; readonly value: boolean }
    /** The digits as written. */
    | { readonly kind: "number"; readonly text: string }
    | { readonly kind: "string"; readonly value: string }
    /** `_` is a variable of its own at each occurrence, marked `wildcard`. */
    | { readonly kind: "var"; readonly id: VarId; readonly wildcard?: true }
    /** `parts` with unbound variables enumerate. `data` references name rules and base documents alike. */
    | {
        readonly kind: "ref";
        readonly root: "input" | "data" | TermIR;
        readonly parts: readonly TermIR[];
      }
    /** Infix operators are built-ins: equal, neq, lt, lte, gt, gte, plus, minus, mul, div, rem, and, or, internal.member_2, internal.member_3. */
    | { readonly kind: "call"; readonly target: CallTarget; readonly args: readonly TermIR[] }
    | { readonly kind: "array"; readonly items: readonly TermIR[] }
    | { readonly kind: "set"; readonly items: readonly TermIR[] }
    | { readonly kind: "object"; readonly entries: readonly (readonly [TermIR, TermIR])[] }
    | {
        readonly kind: "comprehension";
        readonly form: "array" | "set" | "object";
        readonly key?: TermIR;
        readonly value: TermIR;
        readonly body: readonly StatementIR[];
      }
    /** Parts are text or a body whose last statement's term is printed; an undefined part prints `<undefined>`. */
    | { readonly kind: "template"; readonly parts: readonly (string | TermIR)[] }
  );
