// What terms are worth. A term may be worth several values, each with what its references have bound on
// the way: `a[i]` is every item of `a`, with `i` its index. No value means undefined.

import {
  DuplicateKey,
  equalValues,
  getMember,
  isArray,
  makeObject,
  makeSet,
  objectEntries,
  parseNumber,
  regoText,
  someMember,
  type Value,
} from "@writ/evaluator";
import type { Body, Term } from "@writ/syntax";
import { resultsOf } from "./calls.ts";
import { below, namesIn, Place, wholeDocument } from "./documents.ts";
import { pairUp } from "./order.ts";
import { type Environment, Failure, type World } from "./world.ts";

export type Worth = readonly [value: Value, env: Environment];

export function* valuesOf(term: Term, env: Environment, world: World): Generator<Worth> {
  switch (term.kind) {
    case "null":
      yield [null, env];
      return;
    case "boolean":
    case "string":
      yield [term.value, env];
      return;
    case "number":
      yield [parseNumber(term.text) ?? 0, env];
      return;
    case "var":
    case "ref":
      for (const [at, after] of lookUp(term, env, world)) yield [wholeDocument(at, world), after];
      return;
    case "array":
      yield* listsOf(term.items, env, world);
      return;
    case "set":
      for (const [items, after] of listsOf(term.items, env, world)) yield [makeSet(items), after];
      return;
    case "object":
      for (const [sides, after] of listsOf(withoutEarlier(term.entries).flat(), env, world))
        yield [objectOf(pairs(sides)), after];
      return;
    case "array-comprehension":
    case "set-comprehension":
    case "object-comprehension":
      yield [comprehension(term, env, world), env];
      return;
    case "template":
      yield [textOf(term.parts, env, world), env];
      return;
    case "call": {
      const name = term.operator.map((part) => part.name).join(".");
      for (const [args, after] of listsOf(term.args, env, world))
        for (const value of resultsOf(name, args, world)) yield [value, after];
      return;
    }
    default:
      throw new Error(`names.ts leaves no ${term.kind}`);
  }
}

/** The lists of the terms' values. */
function* listsOf(
  terms: readonly Term[],
  env: Environment,
  world: World,
): Generator<readonly [readonly Value[], Environment]> {
  const [first, ...rest] = terms;
  if (first === undefined) {
    yield [[], env];
    return;
  }
  for (const [value, between] of valuesOf(first, env, world))
    for (const [values, after] of listsOf(rest, between, world)) yield [[value, ...values], after];
}

function pairs(sides: readonly Value[]): readonly (readonly [Value, Value])[] {
  return sides.flatMap((key, index) =>
    index % 2 === 0 ? [[key, sides[index + 1] as Value] as const] : [],
  );
}

/** Of two values under one constant the later one counts. */
function withoutEarlier(
  entries: readonly (readonly [Term, Term])[],
): readonly (readonly [Term, Term])[] {
  const constantOf = (key: Term): string | undefined => {
    if (key.kind === "string" || key.kind === "boolean") return JSON.stringify(key.value);
    if (key.kind === "null") return "null";
    return key.kind === "number" ? `number ${Number(key.text)}` : undefined;
  };
  const constants = entries.map(([key]) => constantOf(key));
  return entries.filter(
    (_entry, index) =>
      constants[index] === undefined || constants.lastIndexOf(constants[index]) === index,
  );
}

function objectOf(entries: readonly (readonly [Value, Value])[]): Value {
  try {
    return makeObject(entries);
  } catch (error) {
    if (!(error instanceof DuplicateKey)) throw error;
    throw new Failure("object keys must be unique", { code: "eval_conflict_error", cause: error });
  }
}

function comprehension(term: Extract<Term, { body: Body }>, env: Environment, world: World): Value {
  const heads = term.kind === "object-comprehension" ? [term.key, term.value] : [term.value];
  const found: (readonly Value[])[] = [];
  for (const inner of world.interpreter.solve(term.body, env, world))
    for (const [values] of listsOf(heads, inner, world)) found.push(values);
  if (term.kind === "object-comprehension")
    return objectOf(found as unknown as readonly (readonly [Value, Value])[]);
  const items = found.flat();
  return term.kind === "set-comprehension" ? makeSet(items) : items;
}

/** What is undefined in a template is printed as such, and does not make the text undefined. */
function textOf(parts: readonly (string | Body)[], env: Environment, world: World): string {
  const printed = parts.map((part) => {
    if (typeof part === "string") return part;
    const value: Term = { kind: "var", name: "$printed", span: (part[0] as Body[number]).span };
    const body = part.map((statement) => ({
      ...statement,
      expression: {
        kind: "unify" as const,
        left: value,
        right: statement.expression as Term,
        span: statement.span,
      },
    }));
    for (const inner of world.interpreter.solve(body, env, world)) {
      const found = inner.get("$printed") as Value;
      return typeof found === "string" ? found : regoText(found);
    }
    return "<undefined>";
  });
  return printed.join("");
}

/** Where a reference leads. */
function* lookUp(
  term: Extract<Term, { kind: "var" | "ref" }>,
  env: Environment,
  world: World,
): Generator<readonly [Place | Value, Environment]> {
  if (term.kind === "var") {
    const at = root(term.name, env, world);
    if (at !== undefined) yield [at, env];
    return;
  }
  const parts = term.parts.map((part) => part.term);
  const heads =
    term.head.kind === "var" ? lookUp(term.head, env, world) : valuesOf(term.head, env, world);
  for (const [at, after] of heads) yield* follow(at, parts, after, world);
}

function root(name: string, env: Environment, world: World): Place | Value | undefined {
  if (name === "input") return world.input;
  if (name !== "data") return env.get(name);
  const isWhole = world.replaced.some((path) => path.length === 0);
  return isWhole ? world.base : new Place(world.interpreter.root, world.base);
}

function* follow(
  at: Place | Value,
  parts: readonly Term[],
  env: Environment,
  world: World,
): Generator<readonly [Place | Value, Environment]> {
  const [part, ...rest] = parts;
  if (part === undefined) {
    yield [at, env];
    return;
  }
  for (const [next, after] of stepInto(at, part, env, world))
    yield* follow(next, rest, after, world);
}

/** One key further: the key the term is worth, or every key that matches it. */
function* stepInto(
  at: Place | Value,
  key: Term,
  env: Environment,
  world: World,
): Generator<readonly [Place | Value, Environment]> {
  if (isBound(key, env)) {
    for (const [value, after] of valuesOf(key, env, world)) {
      const next = at instanceof Place ? below(at, value, world) : getMember(at, value);
      if (next !== undefined) yield [next, after];
    }
    return;
  }
  // Names are tried one by one: what none of them leads to is not evaluated.
  if (at instanceof Place && at.isObject) yield* tryNames(at, key, env, world);
  else
    for (const [name, member] of members(wholeDocument(at, world)))
      for (const after of match(key, name, env, world)) yield [member, after];
}

function* tryNames(
  at: Place,
  key: Term,
  env: Environment,
  world: World,
): Generator<readonly [Place | Value, Environment]> {
  for (const name of namesIn(at))
    for (const after of match(key, name, env, world)) {
      const next = below(at, name, world);
      if (next !== undefined) yield [next, after];
    }
}

function members(value: Value): readonly (readonly [key: Value, member: Value])[] {
  const found: (readonly [Value, Value])[] = [];
  someMember(value, (key, member) => {
    found.push([key, member]);
    return false;
  });
  return found;
}

/** Whether a term has a value as it stands: no variable in it waits for one. */
function isBound(term: Term, env: Environment): boolean {
  switch (term.kind) {
    case "var":
      return term.name === "input" || term.name === "data" || env.has(term.name);
    case "array":
    case "set":
      return term.items.every((item) => isBound(item, env));
    case "object":
      return term.entries.flat().every((side) => isBound(side, env));
    case "call":
      return term.args.every((arg) => isBound(arg, env));
    case "ref":
      return isBound(term.head, env);
    default:
      return true;
  }
}

/** What a value binds when it is matched against a pattern; nothing when it does not match. */
export function* match(
  pattern: Term,
  value: Value,
  env: Environment,
  world: World,
): Generator<Environment> {
  if (pattern.kind === "var" && !isBound(pattern, env)) {
    yield new Map(env).set(pattern.name, value);
  } else if (pattern.kind === "array" && !isBound(pattern, env)) {
    if (isArray(value) && value.length === pattern.items.length)
      yield* matchAll(
        pattern.items.map((item, index) => [item, value[index] as Value]),
        env,
        world,
      );
  } else if (pattern.kind === "object" && !isBound(pattern, env)) {
    yield* matchObject(pattern, value, env, world);
  } else {
    for (const [other, after] of valuesOf(pattern, env, world))
      if (equalValues(value, other)) yield after;
  }
}

function* matchAll(
  pending: readonly (readonly [Term, Value])[],
  env: Environment,
  world: World,
): Generator<Environment> {
  const [first, ...rest] = pending;
  if (first === undefined) yield env;
  else
    for (const after of match(first[0], first[1], env, world)) yield* matchAll(rest, after, world);
}

function* matchObject(
  pattern: Extract<Term, { kind: "object" }>,
  value: Value,
  env: Environment,
  world: World,
): Generator<Environment> {
  const entries = objectEntries(value);
  if (entries?.length !== pattern.entries.length) return;
  const keys = pattern.entries.map(([key]) => key);
  for (const [names, after] of listsOf(keys, env, world)) {
    const found = names.map((name) => getMember(value, name));
    if (found.includes(undefined)) continue;
    const all = pattern.entries.map(([, item], index) => [item, found[index] as Value] as const);
    yield* matchAll(all, after, world);
  }
}

/** Of two sides that both have a value, references are looked up first, then comprehensions, then the rest. */
function turn(term: Term): number {
  if (term.kind === "ref" || term.kind === "var") return 0;
  return term.kind.endsWith("-comprehension") ? 1 : 2;
}

/** What makes two terms equal. Parts of composites are equations of their own, solved as soon as one side is known. */
export function* unify(
  equations: readonly (readonly [Term, Term])[],
  env: Environment,
  world: World,
): Generator<Environment> {
  if (equations.length === 0) {
    yield env;
    return;
  }
  for (const [index, [left, right]] of equations.entries()) {
    const rest = equations.toSpliced(index, 1);
    const [isLeft, isRight] = [isBound(left, env), isBound(right, env)];
    const parts = isLeft && isRight ? undefined : pairUp(left, right);
    if (parts !== undefined) {
      yield* unify(equations.toSpliced(index, 1, ...parts), env, world);
      return;
    }
    if (!isLeft && !isRight) continue;
    const isLeftFirst = isLeft && (!isRight || turn(left) <= turn(right));
    const [known, pattern] = isLeftFirst ? [left, right] : [right, left];
    for (const [value, between] of valuesOf(known, env, world))
      for (const after of match(pattern, value, between, world)) yield* unify(rest, after, world);
    return;
  }
  throw new Error("an equation that nothing solves passed the checker");
}
