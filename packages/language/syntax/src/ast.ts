// The abstract syntax of Rego v1, which YAML rules parse to as well. Every node keeps its span.
// Nothing here is resolved: a `var` may be a local, a rule, an import or a package root; that is the
// checker's work. References keep their parts as written, so `a.b` and `a["b"]` differ only in `dot`.

import type { Span } from "@writ/diagnostics";

/** A file of policy: Rego, or what YAML rules mean in Rego. */
export interface Module {
  readonly kind: "module";
  readonly file: string;
  /** Which form the author wrote. */
  readonly form: "rego" | "yaml";
  readonly package: PackageDecl;
  readonly imports: readonly Import[];
  readonly rules: readonly Rule[];
  readonly comments: readonly Comment[];
  readonly span: Span;
}

/** The package a module is of. */
export interface PackageDecl {
  /** Without the leading `data`: `package a.b` is ["a", "b"]. */
  readonly path: readonly string[];
  readonly annotations: readonly Annotation[];
  readonly span: Span;
}

/** An import; `alias` is the name after `as`. */
export interface Import {
  /** As written: `import data.a.b` is ["data", "a", "b"], `import rego.v1` is ["rego", "v1"]. */
  readonly path: readonly string[];
  readonly alias?: string;
  readonly span: Span;
}

/** A comment, to the end of its line. */
export interface Comment {
  /** With the leading `#`. */
  readonly text: string;
  readonly span: Span;
}

/** A METADATA block: the parsed YAML, as plain JSON, and where it stands. */
export interface Annotation {
  readonly scope: "rule" | "document" | "package" | "subpackages";
  readonly value: { readonly [key: string]: unknown };
  readonly span: Span;
}

/** One rule as written: head, body, else branches. */
export interface Rule {
  readonly kind: "rule";
  readonly isDefault: boolean;
  readonly head: RuleHead;
  /** Undefined for a head without a body (`x := 1`), which always holds. */
  readonly body?: Body;
  /** In order; each is tried when everything before it is undefined. */
  readonly elses: readonly ElseBranch[];
  readonly annotations: readonly Annotation[];
  readonly span: Span;
}

/**
 * `p`, `p.q[x]`, `f(x, 1)`, `p contains x`, `p.q[x].r := v`. The name is `ref[0]`; `args` makes a
 * function; `element` is the term after `contains`; `value` the term after `:=` or `=` (absent: true).
 */
export interface RuleHead {
  readonly ref: readonly RefPart[];
  readonly args?: readonly Term[];
  /** From before the arguments to their closing parenthesis. */
  readonly argsSpan?: Span;
  readonly element?: Term;
  readonly value?: Term;
  readonly span: Span;
}

/** `else := value if { body }`; either may be absent. */
export interface ElseBranch {
  readonly value?: Term;
  readonly body?: Body;
  readonly span: Span;
}

/** All statements must hold; `;` and line ends separate them. */
export type Body = readonly Statement[];

/** An expression and the `with` behind it. */
export interface Statement {
  readonly kind: "statement";
  readonly expression: Expression;
  readonly withs: readonly WithModifier[];
  readonly span: Span;
}

/** `with target as value`. */
export interface WithModifier {
  /** `input...`, `data...` or the name of a function. */
  readonly target: Term;
  readonly value: Term;
  readonly span: Span;
}

/** What a statement asks for, before its `with`. */
export type Expression =
  | Term
  | { readonly kind: "not"; readonly expression: Expression; readonly span: Span }
  | {
      readonly kind: "some";
      /** `some x, y`: declares. */
      readonly names: readonly Name[];
      readonly span: Span;
    }
  | {
      readonly kind: "some-in";
      readonly key?: Term;
      readonly value: Term;
      readonly collection: Term;
      readonly span: Span;
    }
  | {
      readonly kind: "every";
      readonly key?: Name;
      readonly value: Name;
      readonly domain: Term;
      readonly body: Body;
      readonly span: Span;
    }
  /** `x := e`, also with array and object patterns at the left. */
  | { readonly kind: "assign"; readonly left: Term; readonly right: Term; readonly span: Span }
  /** `a = b`. */
  | { readonly kind: "unify"; readonly left: Term; readonly right: Term; readonly span: Span };

/** A name where only a name may stand. */
export interface Name {
  readonly name: string;
  readonly span: Span;
}

/** As written. */
export type InfixOperator =
  | "=="
  | "!="
  | "<"
  | "<="
  | ">"
  | ">="
  | "+"
  | "-"
  | "*"
  | "/"
  | "%"
  | "&"
  | "|";

/** What has a value. */
export type Term =
  | { readonly kind: "null"; readonly span: Span }
  | { readonly kind: "boolean"; readonly value: boolean; readonly span: Span }
  /** The digits as written: precision is decided later. */
  | { readonly kind: "number"; readonly text: string; readonly span: Span }
  | { readonly kind: "string"; readonly value: string; readonly raw: boolean; readonly span: Span }
  /** `$"... {e} ..."`. */
  | {
      readonly kind: "template";
      readonly parts: readonly (string | Body)[];
      readonly raw: boolean;
      readonly span: Span;
    }
  /** `_` is a var too; each occurrence is a new one. */
  | { readonly kind: "var"; readonly name: string; readonly span: Span }
  | {
      readonly kind: "ref";
      readonly head: Term;
      readonly parts: readonly RefPart[];
      readonly span: Span;
    }
  | {
      readonly kind: "call";
      readonly operator: readonly Name[];
      readonly args: readonly Term[];
      readonly span: Span;
    }
  | { readonly kind: "array"; readonly items: readonly Term[]; readonly span: Span }
  | {
      readonly kind: "object";
      readonly entries: readonly (readonly [Term, Term])[];
      readonly span: Span;
    }
  | { readonly kind: "set"; readonly items: readonly Term[]; readonly span: Span }
  | {
      readonly kind: "array-comprehension";
      readonly value: Term;
      readonly body: Body;
      readonly span: Span;
    }
  | {
      readonly kind: "set-comprehension";
      readonly value: Term;
      readonly body: Body;
      readonly span: Span;
    }
  | {
      readonly kind: "object-comprehension";
      readonly key: Term;
      readonly value: Term;
      readonly body: Body;
      readonly span: Span;
    }
  | {
      readonly kind: "infix";
      readonly operator: InfixOperator;
      readonly left: Term;
      readonly right: Term;
      readonly span: Span;
    }
  /** `v in c` and `k, v in c`, as a term. */
  | {
      readonly kind: "in";
      readonly key?: Term;
      readonly value: Term;
      readonly collection: Term;
      readonly span: Span;
    };

/** One step of a reference: `.name` or `[term]`. */
export interface RefPart {
  readonly term: Term;
  /** Written with a dot; then `term` is a string. */
  readonly dot: boolean;
  readonly span: Span;
}
