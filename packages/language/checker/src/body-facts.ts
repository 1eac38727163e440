// What the statements of a body, taken together, say about each of its subjects. A negated statement says
// something only of what is there: it also holds where its subject is missing.

import type { Span } from "@writ/diagnostics";
import {
  BOOLEAN,
  overlaps,
  type RuleIR,
  type StatementIR,
  type TermIR,
  termsOf,
  type VarId,
  walk,
} from "@writ/ir";
import {
  type Bindings,
  type ClosedNames,
  type Constant,
  type Subject,
  subjectOf,
} from "./subject.ts";
import { OPPOSITE, type Order, ValueRange } from "./value-range.ts";

type ValueSubject = Extract<Subject, { kind: "value" }>;

/** Why a body cannot hold, and the earlier statements that make it so. */
export interface Contradiction {
  readonly reason: string;
  readonly because: readonly Span[];
}

interface Fact {
  readonly range: ValueRange;
  /** Some statement holds only where the subject is there. */
  isThere: boolean;
  readonly spans: Span[];
  readonly subject: ValueSubject;
}

const MAX_SHOWN = 4;

/** `a` before, at or after `b`, as bits. */
const ORDER_BITS: { readonly [O in Order]: number } = {
  lt: 1,
  equal: 2,
  gt: 4,
  lte: 3,
  gte: 6,
  neq: 5,
};
const MIRRORED: { readonly [O in Order]: Order } = {
  equal: "equal",
  neq: "neq",
  lt: "gt",
  lte: "gte",
  gt: "lt",
  gte: "lte",
};

interface Pair {
  bits: number;
  isThere: boolean;
  readonly spans: Span[];
}

/** Of rules without variables, which most are: nothing is ever put into them. */
const NO_ALIASES: Map<VarId, Subject> = new Map();
const NO_NAMES: Set<VarId> = new Set();

export class BodyFacts {
  readonly #vars: RuleIR["vars"];
  readonly #facts = new Map<string, Fact>();
  /** Most bodies relate nothing to each other. */
  #pairs: Map<string, Pair> | undefined;
  readonly #aliases: Map<VarId, Subject>;
  readonly #bound: Set<VarId>;
  readonly #bindings: Bindings;
  #isPossible = true;
  /** Whether everything that was said is known here exactly. */
  isExact = true;

  /** `closed`: shared by the rules that are looked at together. */
  constructor(vars: RuleIR["vars"], closed: ClosedNames) {
    this.#vars = vars;
    this.#aliases = vars.length === 0 ? NO_ALIASES : new Map();
    this.#bound = vars.length === 0 ? NO_NAMES : new Set();
    this.#bindings = { closed, aliases: this.#aliases, nameOf: (id) => vars[id]?.name ?? "_" };
  }

  /** The same facts, for a body inside this one. */
  inner(): BodyFacts {
    const inner = this.namesOnly();
    for (const [key, fact] of this.#facts)
      inner.#facts.set(key, { ...fact, range: fact.range.copy(), spans: [...fact.spans] });
    if (this.#pairs !== undefined)
      inner.#pairs = new Map(
        [...this.#pairs].map(([key, pair]) => [key, { ...pair, spans: [...pair.spans] }]),
      );
    return inner;
  }

  /** What the names stand for, and nothing more. */
  namesOnly(): BodyFacts {
    const inner = new BodyFacts(this.#vars, this.#bindings.closed);
    for (const [id, alias] of this.#aliases) inner.#aliases.set(id, alias);
    for (const id of this.#bound) inner.#bound.add(id);
    return inner;
  }

  /** Of another input: nothing is known of it, and no name stands for a part of it. */
  elsewhere(): BodyFacts {
    return new BodyFacts(this.#vars, this.#bindings.closed);
  }

  /** The variables of another rule are others. */
  forgetNames(): void {
    this.#aliases.clear();
    this.#bound.clear();
  }

  bindVars(ids: readonly VarId[]): void {
    for (const id of ids) this.#bound.add(id);
  }

  bind(terms: readonly TermIR[]): void {
    if (this.#vars.length === 0) return;
    for (const term of terms)
      walk(term, (child) => {
        if (child.kind === "var") this.#bound.add(child.id);
      });
  }

  /** Takes in one more statement. Says whether it, with those before, can never hold. */
  assume(statement: StatementIR, isNegated = false): Contradiction | undefined {
    const found = this.#assume(statement, isNegated);
    this.#isPossible &&= found === undefined;
    this.bind(termsOf(statement));
    return found;
  }

  /** Whether some input is certainly as all statements say. */
  get isSatisfiable(): boolean {
    if (!this.#isPossible || !this.isExact || this.#pairs !== undefined) return false;
    const facts = [...this.#facts.values()];
    if (!facts.every(({ subject, range }) => isInputPath(subject.term) && range.hasValue))
      return false;
    // In order, a path stands right before those below it.
    const keys = [...this.#facts.keys()].sort();
    return keys.every((key, index) => keys[index + 1]?.startsWith(`${key}[`) !== true);
  }

  #assume(statement: StatementIR, isNegated: boolean): Contradiction | undefined {
    switch (statement.kind) {
      case "expression":
        return this.#condition(statement.term, isNegated, statement.span);
      case "unify":
        return this.#unify(statement, isNegated);
      case "not": {
        const [only] = statement.body;
        if (statement.body.length === 1 && only !== undefined)
          return this.#assume(only, !isNegated);
        break;
      }
      case "scan": {
        const items = isNegated ? undefined : constantsOf(statement.collection);
        const value = this.#subject(statement.value);
        this.isExact = false;
        if (items === undefined || value?.kind !== "value") return undefined;
        return this.#narrow(value, isNegated, statement.span, (range) => range.keep(items));
      }
      default:
    }
    this.isExact = false;
    return undefined;
  }

  #unify(
    { left, right, span }: Extract<StatementIR, { kind: "unify" }>,
    isNegated: boolean,
  ): Contradiction | undefined {
    for (const [name, value] of [
      [left, right],
      [right, left],
    ] as const) {
      if (name.kind !== "var" || this.#bound.has(name.id) || isNegated) continue;
      const subject = this.#subject(value);
      if (subject !== undefined) this.#aliases.set(name.id, subject);
      this.isExact &&=
        subject?.kind === "constant" || (subject !== undefined && isInputPath(subject.term));
      return undefined;
    }
    return this.#compare("equal", [left, right], isNegated, span);
  }

  #condition(term: TermIR, isNegated: boolean, span: Span): Contradiction | undefined {
    if (term.kind === "boolean" && term.value === isNegated)
      return { reason: isNegated ? "`true` always holds" : "`false` never holds", because: [] };
    if (term.kind === "call" && term.target.kind === "builtin") {
      const [a, b] = term.args;
      const { name } = term.target;
      if (a !== undefined && b !== undefined) {
        if (isOrder(name)) return this.#compare(name, [a, b], isNegated, span);
        const found = this.#test(name, [a, b], isNegated, span);
        if (found !== "unknown") return found;
      }
    }
    const subject = this.#subject(term);
    if (subject?.kind !== "value") {
      this.isExact &&= subject !== undefined;
      return undefined;
    }
    // What cannot be false is missing where its `not` holds, and whether it may be is another question.
    if (isNegated) this.isExact &&= overlaps(subject.term.type, BOOLEAN);
    return this.#narrow(subject, isNegated, span, (range) => {
      if (isNegated) range.keep([false]);
      else range.compare("neq", false);
    });
  }

  /** Membership of a literal, and what a text begins with. */
  #test(
    name: string,
    [a, b]: readonly [TermIR, TermIR],
    isNegated: boolean,
    span: Span,
  ): Contradiction | undefined | "unknown" {
    const subject = this.#subject(a);
    if (subject?.kind !== "value") return "unknown";
    const items = name === "internal.member_2" ? constantsOf(b) : undefined;
    if (items !== undefined) {
      return this.#narrow(subject, isNegated, span, (range) => {
        if (!isNegated) range.keep(items);
        else for (const item of items) range.compare("neq", item);
      });
    }
    if (name !== "startswith" || b.kind !== "string" || isNegated) return "unknown";
    return this.#narrow(subject, false, span, (range) => range.beginWith(b.value));
  }

  #compare(
    order: Order,
    [a, b]: readonly [TermIR, TermIR],
    isNegated: boolean,
    span: Span,
  ): Contradiction | undefined {
    const actual = isNegated ? OPPOSITE[order] : order;
    const [left, right] = [this.#subject(a), this.#subject(b)];
    if (left === undefined || right === undefined) {
      this.isExact = false;
      return undefined;
    }
    if (left.kind === "constant")
      return right.kind === "constant"
        ? compareConstants(actual, left.value, right.value)
        : this.#narrow(right, isNegated, span, (range) =>
            range.compare(MIRRORED[actual], left.value),
          );
    if (right.kind === "constant")
      return this.#narrow(left, isNegated, span, (range) => range.compare(actual, right.value));
    return this.#relate(actual, left, right, { isNegated, span });
  }

  #narrow(
    subject: ValueSubject,
    isNegated: boolean,
    span: Span,
    apply: (range: ValueRange) => void,
  ): Contradiction | undefined {
    const fact = this.#facts.get(subject.key) ?? {
      range: new ValueRange(subject.term.type),
      isThere: false,
      spans: [],
      subject,
    };
    this.#facts.set(subject.key, fact);
    apply(fact.range);
    fact.isThere ||= !isNegated;
    const isPossible = !fact.isThere || !fact.range.isEmpty;
    const because = isPossible ? [] : fact.spans.filter(({ start }) => start !== span.start);
    note(fact.spans, span);
    if (isPossible) return undefined;
    const reason =
      because.length === 0
        ? `\`${subject.text()}\` has no such value`
        : `the conditions before it leave no such value of \`${subject.text()}\``;
    return { reason, because };
  }

  #relate(
    order: Order,
    left: ValueSubject,
    right: ValueSubject,
    { isNegated, span }: { readonly isNegated: boolean; readonly span: Span },
  ): Contradiction | undefined {
    const isSwapped = right.key < left.key;
    const [first, second] = isSwapped ? [right, left] : [left, right];
    const key = `${first.key} ${second.key}`;
    this.#pairs ??= new Map();
    const pair = this.#pairs.get(key) ?? { bits: 7, isThere: false, spans: [] };
    this.#pairs.set(key, pair);
    pair.bits &= ORDER_BITS[isSwapped ? MIRRORED[order] : order];
    // A value is neither before nor after itself.
    if (left.key === right.key) pair.bits &= ORDER_BITS.equal;
    pair.isThere ||= !isNegated;
    const isPossible = pair.bits !== 0 || !pair.isThere;
    const because = isPossible ? [] : [...pair.spans];
    note(pair.spans, span);
    if (isPossible) return undefined;
    const what = `\`${left.text()}\` and \`${right.text()}\``;
    return left.key === right.key
      ? { reason: `\`${left.text()}\` equals itself`, because }
      : { reason: `the conditions before it say otherwise of ${what}`, because };
  }

  #subject(term: TermIR): Subject | undefined {
    return subjectOf(term, this.#bindings);
  }
}

/** The first and the last few say enough. */
function note(spans: Span[], span: Span): void {
  if (spans.length >= MAX_SHOWN) spans.pop();
  spans.push(span);
}

function compareConstants(order: Order, a: Constant, b: Constant): Contradiction | undefined {
  if (typeof a !== typeof b) return undefined;
  const [x, y] = [a ?? 0, b ?? 0];
  const actual = x < y ? "lt" : x > y ? "gt" : "equal";
  if ((ORDER_BITS[order] & ORDER_BITS[actual]) !== 0) return undefined;
  return { reason: "it compares two constants", because: [] };
}

function isOrder(name: string): name is Order {
  return Object.hasOwn(ORDER_BITS, name);
}

/** A path of the input without anything that varies. */
function isInputPath(term: TermIR): boolean {
  return (
    term.kind === "ref" &&
    term.root === "input" &&
    term.parts.every(({ kind }) => kind === "string")
  );
}

/** The constants of a literal collection. */
function constantsOf(term: TermIR): readonly Constant[] | undefined {
  if (term.kind !== "array" && term.kind !== "set") return undefined;
  const items = term.items.map((item) =>
    item.kind === "string" || item.kind === "boolean"
      ? item.value
      : item.kind === "number" && /^-?[\d.]{1,15}$/.test(item.text)
        ? Number(item.text)
        : undefined,
  );
  return items.includes(undefined) ? undefined : (items as readonly Constant[]);
}
