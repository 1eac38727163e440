// Which paths of the input a statement of a program reads, and what it does without them: through rules, functions
// with what they are called with, collections, branches and defaults.

import { constantOf } from "@writ/compiler";
import type { InputPath } from "@writ/evaluator";
import {
  eachNode,
  type Program,
  type RuleIR,
  type StatementIR,
  substitute,
  type TermIR,
} from "@writ/ir";
import {
  constantStart,
  givenValue,
  isObjectGet,
  type OtherValue,
  objectGetPath,
  otherwiseOf,
} from "./otherwise.ts";

/** `seen`: the rules that were gone through on the way. */
export class InputReads {
  readonly #rules: ReadonlyMap<string, readonly RuleIR[]>;
  /** Functions, by what they are called with. */
  readonly #called = new Map<string, readonly RuleIR[]>();
  /** By each beginning of their paths, the whole path included. */
  readonly #below = new Map<string, RuleIR[]>();

  constructor(program: Program) {
    this.#rules = Map.groupBy(program.rules, ({ path }) => path.join("\u0000"));
    for (const rule of program.rules) {
      for (let length = 1; length <= rule.path.length; length += 1) {
        const key = rule.path.slice(0, length).join("\u0000");
        const list = this.#below.get(key);
        if (list === undefined) this.#below.set(key, [rule]);
        else list.push(rule);
      }
    }
  }

  /** Input paths without which a statement may not hold: all that it reads. */
  needs(statement: StatementIR, seen: Set<string>): readonly InputPath[] {
    const otherwise = otherwiseOf(statement, this.otherValue);
    if (otherwise?.holds === true) return without(this.everyRead(statement, seen), otherwise.paths);
    const negated = negatedIn(statement);
    if (negated === undefined) return this.everyRead(statement, seen);
    // Under `not` the operands of calls must be there; for all else it holds where what it negates does not.
    const called = statement.kind === "not" ? calledIn(negated) : undefined;
    if (called !== undefined)
      return [
        ...called.args.flatMap((arg) => this.everyRead(arg, seen)),
        ...this.#readsOfRule(called.target.path, seen, "bars", called.args),
      ];
    return statement.kind === "not" && hasCall(negated)
      ? this.everyRead(statement, seen)
      : negated.flatMap((inner) => this.bars(inner, seen));
  }

  /** Input paths without which a statement surely does not hold. */
  requires(statement: StatementIR, seen: Set<string>): readonly InputPath[] {
    switch (statement.kind) {
      case "expression":
        return this.#required(statement.term, seen);
      case "unify":
        return [...this.#required(statement.left, seen), ...this.#required(statement.right, seen)];
      case "scan":
        return this.#required(statement.collection, seen);
      default:
        return [];
    }
  }

  /** Input paths whose absence may help a statement to hold. */
  bars(statement: StatementIR, seen: Set<string>): readonly InputPath[] {
    const otherwise = otherwiseOf(statement, this.otherValue);
    const found = this.#barsUnless(statement, seen);
    return otherwise?.holds === false ? without(found, otherwise.paths) : found;
  }

  #barsUnless(statement: StatementIR, seen: Set<string>): readonly InputPath[] {
    const negated = negatedIn(statement);
    if (negated !== undefined) return negated.flatMap((inner) => this.needs(inner, seen));
    switch (statement.kind) {
      case "expression":
        return this.#barsOf(statement.term, seen);
      case "unify":
        return [...this.#barsOf(statement.left, seen), ...this.#barsOf(statement.right, seen)];
      case "scan":
        return this.#barsOf(statement.collection, seen);
      case "every":
        return [
          ...this.#barsOf(statement.domain, seen),
          ...statement.body.flatMap((inner) => this.bars(inner, seen)),
        ];
      case "with":
        return statement.body.flatMap((inner) => this.bars(inner, seen));
      default:
        return [];
    }
  }

  /** Terms that are defined where a path they read is not: comprehensions, templates, `object.get`. */
  #barsOf(term: TermIR, seen: Set<string>): readonly InputPath[] {
    switch (term.kind) {
      case "comprehension":
      case "template":
        return this.everyRead(term, seen);
      case "call": {
        const inner = term.args.flatMap((arg) => this.#barsOf(arg, seen));
        const { target } = term;
        if (target.kind === "function")
          return [...inner, ...this.#readsOfRule(target.path, seen, "bars", term.args)];
        const got = isObjectGet(term) ? objectGetPath(term.args) : undefined;
        return got === undefined ? inner : [...inner, got];
      }
      case "array":
      case "set":
        return term.items.flatMap((item) => this.#barsOf(item, seen));
      case "object":
        return term.entries.flatMap(([, value]) => this.#barsOf(value, seen));
      case "ref":
        return term.root === "data"
          ? this.#readsOfRule(constantStart(term), seen, "bars")
          : typeof term.root === "string"
            ? []
            : this.#barsOf(term.root, seen);
      default:
        return [];
    }
  }

  /** Every input path read anywhere in a term. */
  everyRead(node: unknown, seen: Set<string>): readonly InputPath[] {
    if (Array.isArray(node)) return node.flatMap((item) => this.everyRead(item, seen));
    if (typeof node !== "object" || node === null) return [];
    const term = node as TermIR;
    const inner = Object.entries(node).flatMap(([key, value]) =>
      key === "span" || key === "type" ? [] : this.everyRead(value, seen),
    );
    if (term.kind === "call" && term.target.kind === "function")
      return [...inner, ...this.#readsOfRule(term.target.path, seen, "needs", term.args)];
    if (isObjectGet(term)) return [...inner, objectGetPath(term.args) ?? []];
    if (term.kind !== "ref") return inner;
    if (term.root === "input") return [...inner, constantStart(term)];
    return term.root === "data"
      ? [...inner, ...this.#readsOfRule(constantStart(term), seen, "needs")]
      : inner;
  }

  /** The constant input paths a term cannot do without, through the rules it refers to. */
  #required(term: TermIR, seen: Set<string>): readonly InputPath[] {
    if (term.kind === "call") return term.args.flatMap((arg) => this.#required(arg, seen));
    if (term.kind === "array" || term.kind === "set")
      return term.items.flatMap((item) => this.#required(item, seen));
    if (term.kind === "object")
      return term.entries.flatMap(([, value]) => this.#required(value, seen));
    if (term.kind !== "ref") return [];
    if (term.root === "input") return [constantStart(term)];
    return term.root === "data" ? this.#requiredBy(constantStart(term), seen) : [];
  }

  /** What every clause of a rule requires; nothing of one that is defined whatever happens. */
  #requiredBy(path: readonly string[], seen: Set<string>): readonly InputPath[] {
    const key = path.join("\u0000");
    const rules = this.#rules.get(key) ?? [];
    if (seen.has(`requires ${key}`)) return [];
    seen.add(`requires ${key}`);
    if (rules.some(isDefinedAnyway)) return [];
    const [first = [], ...others] = rules.map((rule) => [
      ...rule.body.flatMap((statement) => this.requires(statement, seen)),
      ...this.#required(rule.value, seen),
    ]);
    const isIn = (list: readonly InputPath[], wanted: InputPath): boolean =>
      list.some((each) => isSamePath(each, wanted));
    return first.filter((each) => others.every((list) => isIn(list, each)));
  }

  #readsOfRule(
    path: readonly string[],
    seen: Set<string>,
    what: "needs" | "bars",
    args: readonly TermIR[] = [],
  ): readonly InputPath[] {
    const key = `${path.join("\u0000")} ${args.map(inputText).join(" ")}`;
    if (seen.has(`${what} ${key}`)) return [];
    seen.add(`${what} ${key}`);
    const rules = this.#rulesCalled(path, args, key);
    // What is defined without what it reads may be something else then.
    const isAnyway = rules.some(isDefinedAnyway);
    return rules.flatMap(({ body, elses, keys, element, value }) => {
      const needs = [
        ...body.flatMap((statement) => this.needs(statement, seen)),
        ...this.everyRead([elses, keys, element, value], seen),
      ];
      if (what === "needs") return needs;
      const bars = body.flatMap((statement) => this.bars(statement, seen));
      return [...bars, ...this.#barsOf(value, seen), ...(isAnyway ? needs : [])];
    });
  }

  /** What a term is where a part of the input is missing that it asks for, if that is known. */
  readonly otherValue = (term: TermIR): OtherValue | undefined => {
    const given = givenValue(term);
    if (given !== undefined) return given;
    if (term.kind !== "ref" || term.root !== "data" || !isConstantPath(term)) return undefined;
    const rules = this.#rules.get(constantStart(term).join("\u0000")) ?? [];
    const [only] = rules;
    // A name for such a term.
    if (rules.length === 1 && only?.body.length === 0 && only.elses.length === 0)
      return only.isDefault ? undefined : givenValue(only.value);
    const last = rules.length === 1 ? rules[0]?.elses.at(-1) : undefined;
    const always = last?.body.length === 0 ? last : undefined;
    const otherwise = rules.find(({ isDefault }) => isDefault) ?? always;
    const value = otherwise && constantOf(otherwise.value);
    if (value === undefined) return undefined;
    return { paths: this.#requiredByOthers(rules, otherwise), value };
  };

  /** What every way to a value of rules requires, but for the one that is left when there is no other. */
  #requiredByOthers(rules: readonly RuleIR[], last: object | undefined): readonly InputPath[] {
    const ways = rules.flatMap((rule) =>
      [rule, ...rule.elses].filter((way) => way !== last && !rule.isDefault),
    );
    const [first = [], ...others] = ways.map(({ body, value }) => [
      ...body.flatMap((statement) => this.requires(statement, new Set())),
      ...this.#required(value, new Set()),
    ]);
    return first.filter((path) =>
      others.every((paths) => paths.some((each) => isSamePath(each, path))),
    );
  }

  /** With what of the input they are called with, where that is a path of it. */
  #rulesCalled(path: readonly string[], args: readonly TermIR[], key: string): readonly RuleIR[] {
    const rules = this.#rulesAround(path);
    if (!args.some((arg) => inputText(arg) !== "")) return rules;
    let called = this.#called.get(key);
    if (called === undefined) {
      called = rules.map((rule) => withArguments(rule, args));
      this.#called.set(key, called);
    }
    return called;
  }

  /** The rules that a path leads to, into or above. */
  #rulesAround(path: readonly string[]): readonly RuleIR[] {
    const above = path.flatMap((_key, length) =>
      length === 0 ? [] : (this.#rules.get(path.slice(0, length).join("\u0000")) ?? []),
    );
    return [...above, ...(this.#below.get(path.join("\u0000")) ?? [])];
  }
}

function without(paths: readonly InputPath[], others: readonly InputPath[]): readonly InputPath[] {
  return paths.filter((path) => !others.some((other) => isSamePath(path, other)));
}

/** Whether a rule has a value where its body does not hold: another one, or an empty collection. */
function isDefinedAnyway({ kind, isDefault, elses }: RuleIR): boolean {
  return kind === "set" || kind === "object" || isDefault || elses.length > 0;
}

type OwnCall = Extract<TermIR, { kind: "call" }> & {
  readonly target: { readonly kind: "function" };
};

/** The call of a policy's function that is all of a body. */
function calledIn([only, ...others]: readonly StatementIR[]): OwnCall | undefined {
  if (only?.kind !== "expression" || others.length > 0 || only.term.kind !== "call")
    return undefined;
  return only.term.target.kind === "function" ? (only.term as OwnCall) : undefined;
}

function hasCall(body: readonly StatementIR[]): boolean {
  let isFound = false;
  eachNode(body, (node) => {
    isFound ||= (node as TermIR).kind === "call";
  });
  return isFound;
}

export function isSamePath(a: InputPath, b: InputPath): boolean {
  return a.length === b.length && a.every((key, index) => key === b[index]);
}

function negatedIn(statement: StatementIR): readonly StatementIR[] | undefined {
  if (statement.kind === "not") return statement.body;
  return statement.kind === "expression" ? noneOf(statement.term) : undefined;
}

/** `[true | body] == []` is the negation of a body of several statements, as YAML's conditions have it. */
function noneOf(term: TermIR): readonly StatementIR[] | undefined {
  if (term.kind !== "call" || term.target.kind !== "builtin" || term.target.name !== "equal")
    return undefined;
  const [solutions, empty] = term.args;
  const isNone = empty?.kind === "array" && empty.items.length === 0;
  return isNone && solutions?.kind === "comprehension" && solutions.value.kind === "boolean"
    ? solutions.body
    : undefined;
}

export function isConstantPath({ parts }: Extract<TermIR, { kind: "ref" }>): boolean {
  return parts.every(({ kind }) => kind === "string");
}

/** The path of the input that an argument is; empty for anything else. */
function inputText(term: TermIR): string {
  const isPath = term.kind === "ref" && term.root === "input" && isConstantPath(term);
  return isPath ? ["input", ...constantStart(term)].join("\u0000") : "";
}

/** A function's clause as it is for a call: parameters that are paths of the input in place of their names. */
function withArguments(rule: RuleIR, args: readonly TermIR[]): RuleIR {
  const named = rule.params.flatMap((param, index) => {
    const arg = args[index];
    return param.kind === "var" && arg !== undefined && inputText(arg) !== ""
      ? [{ id: param.id, arg }]
      : [];
  });
  const put = <T extends StatementIR | TermIR>(node: T): T =>
    named.reduce((each, { id, arg }) => substitute(each, id, arg), node);
  return {
    ...rule,
    body: rule.body.map(put),
    value: put(rule.value),
    elses: rule.elses.map((branch) => ({
      ...branch,
      body: branch.body.map(put),
      value: put(branch.value),
    })),
  };
}
