// How bodies hold: statement after statement, each for every way the ones before it held.

import { memberCount, someMember, type Value } from "@writ/evaluator";
import type { Body, Expression, Statement, WithModifier } from "@writ/syntax";
import { replaceAt } from "./documents.ts";
import { liftOperands } from "./flatten.ts";
import { orderBody } from "./order.ts";
import { unify, valuesOf } from "./terms.ts";
import type { Environment, World } from "./world.ts";

/** Where a body stands, the same variables are bound each time: its order is worked out once. */
const ordered = new WeakMap<Body, Body>();

export function* solve(body: Body, env: Environment, world: World): Generator<Environment> {
  const inOrder = ordered.get(body) ?? liftOperands(orderBody(body, new Set(env.keys())));
  ordered.set(body, inOrder);
  yield* run(inOrder, env, world);
}

function* run(body: Body, env: Environment, world: World): Generator<Environment> {
  const [first, ...rest] = body;
  if (first === undefined) {
    yield env;
    return;
  }
  for (const after of statement(first, env, world)) {
    world.builtinContext.step(1);
    yield* run(rest, after, world);
  }
}

function* statement(
  { expression, withs }: Statement,
  env: Environment,
  world: World,
): Generator<Environment> {
  for (const [within, after] of worlds(withs, env, world, world))
    yield* expressionSolutions(expression, after, within);
}

function* expressionSolutions(
  expression: Expression,
  env: Environment,
  world: World,
): Generator<Environment> {
  switch (expression.kind) {
    case "unify":
      yield* unify([[expression.left, expression.right]], env, world);
      return;
    case "not":
      if (isEmpty(expressionSolutions(expression.expression, env, world))) yield env;
      return;
    case "every":
      for (const [domain, after] of valuesOf(expression.domain, env, world))
        if (holdsOfEvery(expression, domain, after, world)) yield after;
      return;
    case "some":
    case "some-in":
    case "assign":
      throw new Error(`names.ts leaves no ${expression.kind}`);
    default:
      for (const [value, after] of valuesOf(expression, env, world))
        if (value !== false) yield after;
  }
}

function isEmpty(solutions: Iterable<Environment>): boolean {
  for (const _ of solutions) return false;
  return true;
}

function holdsOfEvery(
  { key, value, body }: Extract<Expression, { kind: "every" }>,
  domain: Value,
  env: Environment,
  world: World,
): boolean {
  if (memberCount(domain) === undefined) return false;
  const isBroken = someMember(domain, (name, member) => {
    const inner = new Map(env).set(value.name, member);
    if (key !== undefined) inner.set(key.name, name);
    return isEmpty(solve(body, inner, world));
  });
  return !isBroken;
}

/** The world in which all modifiers are made; their values are of the world around. */
function* worlds(
  withs: readonly WithModifier[],
  env: Environment,
  around: World,
  made: World,
): Generator<readonly [World, Environment]> {
  const [first, ...rest] = withs;
  if (first === undefined) {
    yield [made, env];
    return;
  }
  for (const [within, after] of replace(first, env, around, made))
    yield* worlds(rest, after, around, within);
}

function* replace(
  { target, value }: WithModifier,
  env: Environment,
  around: World,
  made: World,
): Generator<readonly [World, Environment]> {
  const inner: World = { ...made, known: new Map() };
  if (target.kind === "var" && target.name.startsWith("&")) {
    const name = target.name.slice(1);
    if (value.kind === "var" && value.name.startsWith("&")) {
      const mocks = new Map(made.mocks).set(name, { function: value.name.slice(1) });
      yield [{ ...inner, mocks }, env];
      return;
    }
    if (value.kind === "var" && value.name.startsWith("*")) {
      const document = value.name.split(".").slice(1);
      yield [{ ...inner, mocks: new Map(made.mocks).set(name, { document }) }, env];
      return;
    }
    for (const [by, after] of valuesOf(value, env, around))
      yield [{ ...inner, mocks: new Map(made.mocks).set(name, { value: by }) }, after];
    return;
  }
  const { root, path } = documentPath(target);
  for (const [by, after] of valuesOf(value, env, around)) {
    yield root === "input"
      ? [{ ...inner, input: replaceAt(made.input, path, by) }, after]
      : [
          { ...inner, base: replaceAt(made.base, path, by), replaced: [...made.replaced, path] },
          after,
        ];
  }
}

function documentPath(target: WithModifier["target"]): {
  readonly root: string;
  readonly path: readonly string[];
} {
  const head = target.kind === "ref" ? target.head : target;
  const parts = target.kind === "ref" ? target.parts : [];
  const path = parts.map(({ term }) => (term.kind === "string" ? term.value : ""));
  return { root: head.kind === "var" ? head.name : "", path };
}
