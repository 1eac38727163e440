// Random terms, of a type and in a scope, so that most programs are accepted: OPA refuses what can never
// fit, such as comparing a number and a text.

import type { Choices } from "./choices.ts";

/** Collections are of one type; what comes from the input or from base documents may be anything. */
export type Type =
  | { readonly kind: "number" | "string" | "any" }
  | { readonly kind: "list" | "set" | "map"; readonly of: Type };

export interface Variable {
  readonly name: string;
  readonly type: Type;
}

export interface RuleName {
  readonly package: string;
  readonly name: string;
  readonly kind: "document" | "function";
  readonly type: Type;
  readonly params: readonly Type[];
}

/** What may be written at all. */
export interface Forms {
  /** OPA 1.4 has no `$"{x}"`. */
  readonly templates: boolean;
}

export interface Scope {
  readonly package: string;
  /** Rules that may be referred to: those before, so that no rule needs itself. */
  readonly rules: readonly RuleName[];
  readonly variables: readonly Variable[];
  /** Whether a reference may try keys one by one. Behind a `not` it may not. */
  readonly enumerates: boolean;
  readonly forms: Forms;
  /** Names used by now in the rule. */
  readonly names: { count: number };
}

export const NUMBER: Type = { kind: "number" };
export const STRING: Type = { kind: "string" };
export const ANY: Type = { kind: "any" };

const INPUTS = [
  "input.n",
  "input.s",
  "input.list[0]",
  "input.map.a",
  "input.nest[1][0]",
  "input.missing",
  "input.flag",
  "data.base.one",
  "data.base.map.b",
  "data.base.mixed[2]",
] as const;
const INPUT_COLLECTIONS = [
  "input.list",
  "input.map",
  "input.nest[1]",
  "data.base.list",
  "data.base.map",
  "data.base.mixed",
] as const;

export type MakeBody = (
  scope: Scope,
  depth: number,
) => { readonly text: string; readonly scope: Scope };

export class Terms {
  readonly #choices: Choices;
  /** Makes the bodies of comprehensions. */
  readonly #body: MakeBody;

  constructor(choices: Choices, body: MakeBody) {
    this.#choices = choices;
    this.#body = body;
  }

  type(depth: number): Type {
    const kind: Type["kind"] = this.#choices.pick<Type["kind"]>(
      depth <= 0
        ? (["number", "string", "number"] as const)
        : (["number", "string", "list", "set", "map", "any"] as const),
    );
    if (kind === "number" || kind === "string" || kind === "any") return { kind };
    return { kind, of: this.type(depth - 1) };
  }

  fresh(scope: Scope): string {
    scope.names.count += 1;
    return `v${scope.names.count}`;
  }

  term(type: Type, scope: Scope, depth: number): string {
    const choices = this.#choices;
    const known = this.#known(type, scope);
    if (known.length > 0 && choices.below(3) > 0)
      return choices.pick(known as [string, ...string[]]);
    if (depth > 0 && choices.oneIn(8)) return this.#anything(scope, depth);
    if (depth > 0 && scope.enumerates && choices.oneIn(8))
      return `${this.subject({ kind: "list", of: type }, scope, depth - 1)}[${this.#key(NUMBER, scope)}]`;
    return this.#fresh(type, scope, depth);
  }

  /** A term that may stand before `[`. */
  subject(type: Type, scope: Scope, depth: number): string {
    const text = this.term(type, scope, depth);
    return /^[\w.]+(?:\[[^[\]]*\])*$/.test(text) || /^[[{]/.test(text)
      ? text
      : this.#literal(type, scope, 0);
  }

  /** A collection and the type of its members. */
  collection(
    scope: Scope,
    depth: number,
  ): { readonly text: string; readonly key: Type; readonly of: Type } {
    const choices = this.#choices;
    if (choices.oneIn(3)) return { text: choices.pick(INPUT_COLLECTIONS), key: ANY, of: ANY };
    // A package is a document of all its rules; `q.sub` is in `q`.
    if (scope.package !== "p" && choices.oneIn(8)) return { text: "data.p", key: ANY, of: ANY };
    const kind = choices.pick(["list", "set", "map"] as const);
    const of = this.type(1);
    const type: Type = { kind, of };
    const key = kind === "list" ? NUMBER : kind === "set" ? of : STRING;
    return { text: this.subject(type, scope, depth), key, of };
  }

  /** Variables, rules and calls of functions that are of a type. */
  #known(type: Type, scope: Scope): readonly string[] {
    const isSame = (other: Type): boolean =>
      JSON.stringify(other) === JSON.stringify(type) || type.kind === "any";
    const variables = scope.variables.filter((each) => isSame(each.type)).map(({ name }) => name);
    const rules = scope.rules
      .filter((rule) => rule.kind === "document" && isSame(rule.type))
      .map((rule) => referTo(rule, scope));
    return [...variables, ...variables, ...rules];
  }

  #anything(scope: Scope, depth: number): string {
    const choices = this.#choices;
    if (scope.package !== "p" && choices.oneIn(4)) return this.#ofPackage(scope);
    const collections = scope.rules.filter(
      ({ kind, type }) => kind === "document" && type.kind !== "number" && type.kind !== "string",
    );
    const [rule] =
      collections.length === 0 ? [] : [choices.pick(collections as [RuleName, ...RuleName[]])];
    if (rule === undefined || choices.oneIn(2)) return this.#input(scope, depth);
    const { type } = rule;
    const keyType = type.kind === "map" ? STRING : type.kind === "set" ? type.of : NUMBER;
    const key =
      scope.enumerates && choices.oneIn(2)
        ? "_"
        : this.term(keyType, { ...scope, enumerates: false }, 0);
    return depth > 0 ? `${referTo(rule, scope)}[${key}]` : choices.pick(INPUTS);
  }

  /** Rules of another package by names that are looked up or tried, and what is below them. */
  #ofPackage(scope: Scope): string {
    const choices = this.#choices;
    const names = scope.rules.filter((rule) => rule.package === "p").map(({ name }) => `"${name}"`);
    const key = (): string =>
      scope.enumerates && choices.below(3) > 0
        ? this.#key(STRING, scope)
        : choices.pick(['"a"', "input.s", ...names]);
    return choices.oneIn(2) ? `data.p[${key()}]` : `data.p[${key()}][${key()}]`;
  }

  /** Something of the input or of base documents, at times under a key that is looked up. */
  #input(scope: Scope, depth: number): string {
    const choices = this.#choices;
    if (depth <= 0 || choices.below(4) < 3) return choices.pick(INPUTS);
    const [root, type] = choices.pick<readonly [string, Type]>([
      ["input.map", STRING],
      ["input.list", NUMBER],
      ["input.missing", ANY],
      ["data.base.map", STRING],
    ]);
    return `${root}[${this.term(type, scope, depth - 1)}]`;
  }

  #key(type: Type, scope: Scope): string {
    const known = scope.variables.filter((each) => each.type.kind === type.kind);
    return known.length > 0 && this.#choices.oneIn(2) ? (known[0]?.name ?? "_") : "_";
  }

  #fresh(type: Type, scope: Scope, depth: number): string {
    const choices = this.#choices;
    const functions = scope.rules.filter(
      (rule) => rule.kind === "function" && JSON.stringify(rule.type) === JSON.stringify(type),
    );
    if (depth > 0 && functions.length > 0 && choices.oneIn(3)) {
      const called = choices.pick(functions as [RuleName, ...RuleName[]]);
      const args = called.params.map((param) => this.term(param, scope, depth - 1));
      return `${referTo(called, scope)}(${args.join(", ")})`;
    }
    if (depth <= 0 || choices.below(2) === 0) return this.#literal(type, scope, depth);
    const inner = (of: Type): string => this.term(of, scope, depth - 1);
    switch (type.kind) {
      case "number":
        return choices.pick([
          () => `(${inner(NUMBER)} + ${inner(NUMBER)})`,
          () => `count(${this.collection(scope, depth - 1).text})`,
          () => `(${inner(NUMBER)} * ${inner(NUMBER)})`,
          () => `(${inner(NUMBER)} - ${inner(NUMBER)})`,
          () => `(${inner(NUMBER)} / ${inner(NUMBER)})`,
          () => `(${inner(NUMBER)} % ${inner(NUMBER)})`,
          () => `abs(${inner(NUMBER)})`,
          () => `sum(${this.term({ kind: "list", of: NUMBER }, scope, depth - 1)})`,
          () => `max(${this.term({ kind: "set", of: NUMBER }, scope, depth - 1)})`,
          () => `to_number(${inner(STRING)})`,
        ])();
      case "string":
        return choices.pick([
          () => `upper(${inner(STRING)})`,
          () => `concat("-", ${this.term({ kind: "list", of: STRING }, scope, depth - 1)})`,
          () => `replace(${inner(STRING)}, "a", ${inner(STRING)})`,
          () => `substring(${inner(STRING)}, ${inner(NUMBER)}, 1)`,
          () => `sprintf("%v", [${inner(ANY)}])`,
          () => `type_name(${inner(ANY)})`,
          () => `format_int(${inner(NUMBER)}, 2)`,
          () => (scope.forms.templates ? `$"${this.#hole(scope, depth)}-{1}"` : '"a"'),
        ])();
      case "any":
        return this.term(this.type(1), scope, depth - 1);
      default:
        return this.#composite(type.kind, type.of, scope, depth);
    }
  }

  /** A part of a template; within it a quote would end the text. */
  #hole(scope: Scope, depth: number): string {
    const term = this.term(ANY, scope, depth - 1);
    return term.includes('"') ? "{input.s}" : `{${term}}`;
  }

  #composite(kind: "list" | "set" | "map", of: Type, scope: Scope, depth: number): string {
    const choices = this.#choices;
    const inner = (): string => this.term({ kind, of }, scope, depth - 1);
    const made = (): string => {
      const { text, scope: within } = this.#body({ ...scope, enumerates: true }, depth - 1);
      const value = this.term(of, within, depth - 1);
      if (kind === "list") return `[${value} | ${text}]`;
      if (kind === "set") return `{${value} | ${text}}`;
      return `{${this.term(STRING, within, depth - 1)}: ${value} | ${text}}`;
    };
    const others = {
      list: [() => `array.concat(${inner()}, ${inner()})`, () => `array.reverse(${inner()})`],
      set: [
        () => `(${inner()} | ${inner()})`,
        () => `(${inner()} & ${inner()})`,
        () => `(${inner()} - ${inner()})`,
      ],
      map: [() => `object.union(${inner()}, ${inner()})`, () => `object.remove(${inner()}, ["a"])`],
    }[kind];
    return choices.pick([made, ...others])();
  }

  #literal(type: Type, scope: Scope, depth: number): string {
    const choices = this.#choices;
    const items = (least: number): string[] =>
      type.kind === "list" || type.kind === "set" || type.kind === "map"
        ? choices.list(least, 2, () => this.term(type.of, scope, depth - 1))
        : [];
    switch (type.kind) {
      case "number":
        return choices.pick(["1", "0", "2", "3", "10", "1.5"]);
      case "string":
        return choices.pick(['"a"', '"b"', '"c"', '""', '"ab"']);
      case "list":
        return `[${items(0).join(", ")}]`;
      case "set":
        return `{${items(1).join(", ")}}`;
      case "map":
        return `{${items(0)
          .map((item, index) => `"${"ab"[index]}": ${item}`)
          .join(", ")}}`;
      case "any":
        return choices.pick(["1", '"a"', "true", "null", ...INPUTS]);
    }
  }
}

export function referTo(rule: RuleName, scope: Scope): string {
  return rule.package === scope.package ? rule.name : `data.${rule.package}.${rule.name}`;
}
