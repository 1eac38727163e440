// Missing is never permission. The input is total and typed, but some of its paths are optional, and a
// caller may be able to leave one out. For each rule that takes something away, and each optional path it
// needs, this asks whether leaving the path out can turn a deny into an allow; and for each allow, whether
// it holds because something is missing. What cannot be ruled out is reported; nothing is assumed away.
//
// A deny that goes silent is harmless when no allow can hold at the same time (every one needs the path
// itself, or tests something else for another value), or when another deny stands in when the path is
// missing. Rules referred to are looked into; under `not` a missing path makes a deny speak, not fall silent.

import type { JsonSchema, Program, RuleIR, StatementIR, TermIR, Vocabularies } from "@writ/checker";
import { type Diagnostic, diagnostic } from "@writ/diagnostics";
import type { InputPath, Shape, Test } from "@writ/evaluator";
import { formatsAnything } from "./formats.ts";
import { type Formulas, formulasOf, withoutTests } from "./formula.ts";
import { constantOf } from "./lower.ts";
import {
  constantStart,
  givenValue,
  isObjectGet,
  type OtherValue,
  objectGetPath,
  otherwiseOf,
  withoutNames,
} from "./otherwise.ts";
import { compileShape } from "./shape.ts";
import { eachNode, substitute } from "./terms.ts";

/** What a program was checked against. */
export interface HidingOptions {
  readonly inputSchema: JsonSchema;
  readonly vocabularies: Vocabularies;
  readonly data: unknown;
}

/** W0401: a deny that leaving something out can turn into an allow; W0402: an allow that holds because something is missing. */
export function findHiding(program: Program, options: HidingOptions): readonly Diagnostic[] {
  return new HidingAnalysis(withoutTests(program), options).run();
}

/** One way in which a rule can hold. */
interface Way {
  readonly rule: RuleIR;
  readonly tests: readonly Test[];
  /** Paths without which it may not hold. */
  readonly needs: readonly InputPath[];
  /** Paths without which it surely does not hold. */
  readonly requires: readonly InputPath[];
  /** Paths whose absence it may hold because of. */
  readonly bars: readonly InputPath[];
  /** Whether the tests are all there is to it. */
  readonly isExact: boolean;
}

class HidingAnalysis {
  readonly #program: Program;
  readonly #shape: Shape;
  readonly #formulas: Formulas;
  readonly #rules: ReadonlyMap<string, readonly RuleIR[]>;
  /** Functions, by what they are called with. */
  readonly #called = new Map<string, readonly RuleIR[]>();
  /** By each beginning of their paths, the whole path included. */
  readonly #below = new Map<string, RuleIR[]>();

  constructor(program: Program, { inputSchema, vocabularies, data }: HidingOptions) {
    this.#program = program;
    this.#shape = compileShape(inputSchema, vocabularies);
    this.#formulas = formulasOf(program, data, this.#shape);
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

  run(): readonly Diagnostic[] {
    const denies = this.#ways("deny");
    const allows = this.#ways("allow");
    const redacts = this.#ways("redact");
    const found = new Map<string, Diagnostic>();
    const report = (code: "W0401" | "W0402", way: Way, path: InputPath, help: string): void => {
      const text = ["input", ...path].join(".");
      found.set(
        `${code} ${way.rule.id} ${text}`,
        diagnostic(code, { path: text }, way.rule.headSpan, { help }),
      );
    };
    const silent = (way: Way, others: readonly Way[], verb: string): void => {
      for (const path of this.#optional(way.needs, way.tests)) {
        const isHarmless = allows.every(
          (allow) => needsPath(allow, path) || excludes(way.tests, allow.tests),
        );
        if (isHarmless || others.some((other) => standsIn(other, way, path))) continue;
        report(
          "W0401",
          way,
          path,
          `${verb} when it is missing, too; or say in a comment \`# allow silent-deny: why\` that may stand`,
        );
      }
    };
    for (const deny of denies) silent(deny, denies, "deny");
    for (const redact of redacts) {
      const same = redacts.filter((other) => isSameLabel(other, redact));
      silent(redact, [...denies, ...same], "redact");
    }
    for (const allow of allows) {
      for (const path of this.#optional(allow.bars, allow.tests)) {
        if (needsPath(allow, path)) continue;
        report(
          "W0402",
          allow,
          path,
          "ask that it is there, too; or say `# allow allowed-when-missing: why`",
        );
      }
    }
    return [...found.values()];
  }

  #ways(kind: "allow" | "deny" | "redact"): readonly Way[] {
    return this.#program.rules
      .filter(
        (rule) =>
          rule.path.at(-1) === kind &&
          rule.path.length === rule.package.length + 1 &&
          !rule.isTest &&
          !rule.isDefault,
      )
      .flatMap((rule) => {
        const { tests, rest: asked, element } = this.#formulas.splitRule(rule);
        const rest = asked.length === 0 ? asked : withoutNames(asked, this.#otherValue);
        const needed = [
          ...rest.flatMap((statement) => this.#needs(statement, new Set())),
          ...this.#everyRead(element, new Set()),
        ];
        const required = rest.flatMap((statement) => this.#requires(statement, new Set()));
        const barred = [
          ...rest.flatMap((statement) => this.#bars(statement, new Set())),
          // Another branch is for when this one does not hold.
          ...(rule.elses.length === 0 ? [] : this.#everyRead([rule.body, rule.elses], new Set())),
        ];
        return tests.map((conjunction): Way => {
          const tested = conjunction.flatMap((test) => (test.op === "not" ? [] : [test.path]));
          return {
            rule,
            tests: conjunction,
            needs: [...tested, ...needed],
            requires: [...tested, ...required],
            bars: [
              ...conjunction.flatMap((test) => (test.op === "not" ? [test.test.path] : [])),
              ...barred,
            ],
            isExact: rest.length === 0 && this.#isTotal(element, conjunction),
          };
        });
      });
  }

  /** Whether a head has a value wherever the tests hold: a constant, or a message of what is always there. */
  #isTotal(term: TermIR, tests: readonly Test[]): boolean {
    const all = (terms: readonly TermIR[]): boolean =>
      terms.every((each) => this.#isTotal(each, tests));
    switch (term.kind) {
      case "ref":
        return term.root === "input" && isConstantPath(term) && this.#isThere(term, tests);
      case "template":
        // What is undefined is printed.
        return term.parts.every(
          (part) => typeof part === "string" || (part.kind === "ref" && part.root === "input"),
        );
      case "array":
        return all(term.items);
      case "object":
        return all(term.entries.flat());
      case "call": {
        const [format, list] = term.args;
        const isFormat = term.target.kind === "builtin" && term.target.name === "sprintf";
        if (!isFormat || format?.kind !== "string" || list?.kind !== "array") return false;
        return formatsAnything(format.value) && all(list.items);
      }
      default:
        return constantOf(term) !== undefined;
    }
  }

  #isThere(term: Extract<TermIR, { kind: "ref" }>, tests: readonly Test[]): boolean {
    const path = constantStart(term);
    return (
      optionalAt(this.#shape, path, tests) === undefined ||
      tests.some((test) => test.op !== "not" && isSamePath(test.path, path))
    );
  }

  /** Input paths without which a statement may not hold: all that it reads. */
  #needs(statement: StatementIR, seen: Set<string>): readonly InputPath[] {
    const otherwise = otherwiseOf(statement, this.#otherValue);
    if (otherwise?.holds === true)
      return without(this.#everyRead(statement, seen), otherwise.paths);
    const negated = negatedIn(statement);
    if (negated === undefined) return this.#everyRead(statement, seen);
    // Under `not` the operands of calls must be there; for all else it holds where what it negates does not.
    const called = statement.kind === "not" ? calledIn(negated) : undefined;
    if (called !== undefined)
      return [
        ...called.args.flatMap((arg) => this.#everyRead(arg, seen)),
        ...this.#readsOfRule(called.target.path, seen, "bars", called.args),
      ];
    return statement.kind === "not" && hasCall(negated)
      ? this.#everyRead(statement, seen)
      : negated.flatMap((inner) => this.#bars(inner, seen));
  }

  /** Input paths without which a statement surely does not hold. */
  #requires(statement: StatementIR, seen: Set<string>): readonly InputPath[] {
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
  #bars(statement: StatementIR, seen: Set<string>): readonly InputPath[] {
    const otherwise = otherwiseOf(statement, this.#otherValue);
    const found = this.#barsUnless(statement, seen);
    return otherwise?.holds === false ? without(found, otherwise.paths) : found;
  }

  #barsUnless(statement: StatementIR, seen: Set<string>): readonly InputPath[] {
    const negated = negatedIn(statement);
    if (negated !== undefined) return negated.flatMap((inner) => this.#needs(inner, seen));
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
          ...statement.body.flatMap((inner) => this.#bars(inner, seen)),
        ];
      case "with":
        return statement.body.flatMap((inner) => this.#bars(inner, seen));
      default:
        return [];
    }
  }

  /** Terms that are defined where a path they read is not: comprehensions, templates, `object.get`. */
  #barsOf(term: TermIR, seen: Set<string>): readonly InputPath[] {
    switch (term.kind) {
      case "comprehension":
      case "template":
        return this.#everyRead(term, seen);
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
  #everyRead(node: unknown, seen: Set<string>): readonly InputPath[] {
    if (Array.isArray(node)) return node.flatMap((item) => this.#everyRead(item, seen));
    if (typeof node !== "object" || node === null) return [];
    const term = node as TermIR;
    const inner = Object.entries(node).flatMap(([key, value]) =>
      key === "span" || key === "type" ? [] : this.#everyRead(value, seen),
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
      ...rule.body.flatMap((statement) => this.#requires(statement, seen)),
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
        ...body.flatMap((statement) => this.#needs(statement, seen)),
        ...this.#everyRead([elses, keys, element, value], seen),
      ];
      if (what === "needs") return needs;
      const bars = body.flatMap((statement) => this.#bars(statement, seen));
      return [...bars, ...this.#barsOf(value, seen), ...(isAnyway ? needs : [])];
    });
  }

  /** What a term is where a part of the input is missing that it asks for, if that is known. */
  readonly #otherValue = (term: TermIR): OtherValue | undefined => {
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
      ...body.flatMap((statement) => this.#requires(statement, new Set())),
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

  /** Of these paths, the ones an input that fits may leave out, given what the tests ask of it. */
  #optional(paths: readonly InputPath[], tests: readonly Test[]): readonly InputPath[] {
    const optional = paths.flatMap((path) => {
      const from = optionalAt(this.#shape, path, tests);
      return from === undefined ? [] : [from];
    });
    return [...new Map(optional.map((path) => [path.join("\u0000"), path])).values()];
  }
}

/** The shortest beginning of a path that may be missing; undefined when all of it is always there. */
function optionalAt(shape: Shape, path: InputPath, tests: readonly Test[]): InputPath | undefined {
  let at: Shape | undefined = shape;
  for (const [index, key] of path.entries()) {
    if (at === undefined || at.kind !== "object") return undefined;
    const isTop = index === 0;
    const always =
      at.required.includes(key) ||
      (at.requiredWhen ?? []).some(
        ({ property, equals, required }) =>
          isTop &&
          required.includes(key) &&
          tests.some(
            (test) =>
              test.op === "eq" && isSamePath(test.path, [property]) && test.value === equals,
          ),
      );
    // Below a free-form part the whole path is the author's own: it is named as it was written.
    if (!always) return Object.hasOwn(at.properties, key) ? path.slice(0, index + 1) : path;
    at = Object.hasOwn(at.properties, key) ? at.properties[key] : at.rest;
  }
  return undefined;
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

function isSamePath(a: InputPath, b: InputPath): boolean {
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

function isConstantPath({ parts }: Extract<TermIR, { kind: "ref" }>): boolean {
  return parts.every(({ kind }) => kind === "string");
}

/** Whether leaving the path out keeps it from holding. */
function needsPath(way: Way, path: InputPath): boolean {
  return way.requires.some((needed) => isBelow(needed, path));
}

/** Whether a path is another, or below it. */
function isBelow(path: InputPath, other: InputPath): boolean {
  return other.every((key, index) => path[index] === key);
}

/** Whether two lists of tests ask different values of one path. */
function excludes(a: readonly Test[], b: readonly Test[]): boolean {
  return a.some((left) =>
    b.some((right) => {
      if (left.op === "not" || right.op === "not" || !isSamePath(left.path, right.path))
        return false;
      const [values, others] = [askedValues(left), askedValues(right)];
      return (
        values !== undefined &&
        others !== undefined &&
        !values.some((value) => others.includes(value))
      );
    }),
  );
}

function askedValues(test: Test): readonly unknown[] | undefined {
  if (test.op === "eq") return [test.value];
  return test.op === "one-of" ? test.values : undefined;
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

function isSameLabel(a: Way, b: Way): boolean {
  const label = a.rule.element && constantOf(a.rule.element);
  return (
    label !== undefined && b.rule.element !== undefined && constantOf(b.rule.element) === label
  );
}

/** Whether another deny holds when the path is missing and all else is as this one asks. */
function standsIn(other: Way, deny: Way, path: InputPath): boolean {
  // What a rule asks and gives besides its tests is the same in all its ways.
  const isSame = other.rule === deny.rule && !other.needs.some((needed) => isBelow(needed, path));
  if (!(other.isExact || isSame) || needsPath(other, path)) return false;
  return other.tests.every((test) => {
    if (test.op === "not") return path.every((key, index) => test.test.path[index] === key);
    return deny.tests.some((own) => JSON.stringify(own) === JSON.stringify(test));
  });
}
