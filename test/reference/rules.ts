// What rules say. The rules of one path are one rule: a complete rule and a function have one value or
// are a conflict, sets collect their members, objects their entries, however deep their heads reach.

import { equalValues, makeObject, makeSet, type Value } from "@writ/evaluator";
import type { Rule, Term } from "@writ/syntax";
import { solve } from "./bodies.ts";
import { type Branch, branchesOf } from "./flatten.ts";
import { dotted, type NamedRule } from "./names.ts";
import { match, valuesOf } from "./terms.ts";
import { type Environment, Failure, type RuleNode, type World } from "./world.ts";

interface Clause {
  readonly rule: Rule;
  /** The rule and its else branches. */
  readonly branches: readonly Branch[];
}

export class Rules {
  readonly root: RuleNode = { path: [], children: new Map(), hasRules: false };
  readonly #clauses = new Map<string, Clause[]>();

  constructor(packages: readonly (readonly string[])[], rules: readonly NamedRule[]) {
    for (const path of packages) this.#nodeAt(path);
    for (const { path, rule, module } of rules) {
      const constantKeys = path.length - module.package.path.length;
      const clause = { rule, branches: branchesOf(rule, constantKeys) };
      const name = dotted(path);
      this.#clauses.set(name, [...(this.#clauses.get(name) ?? []), clause]);
      // A function is no document.
      if (rule.head.args === undefined) this.#nodeAt(path).hasRules = true;
    }
  }

  value(node: RuleNode, world: World): Value | undefined {
    if (world.known.has(node)) return world.known.get(node);
    const name = dotted(node.path);
    if (world.active.has(node))
      throw new Failure(`${name} depends on itself`, { code: "eval_conflict_error" });
    const within = { ...world, active: new Set([...world.active, node]) };
    const value = this.#say(node, within);
    world.known.set(node, value);
    return value;
  }

  apply(name: string, args: readonly Value[], world: World): Value | undefined {
    return oneValue(this.#clauses.get(name) ?? [], args, world, {
      conflict: `functions must not produce multiple outputs for same inputs (${name})`,
    });
  }

  #say(node: RuleNode, world: World): Value | undefined {
    const name = dotted(node.path);
    const clauses = this.#clauses.get(name) ?? [];
    if (isComplete(clauses))
      return oneValue(clauses, [], world, {
        conflict: `complete rules must not produce multiple outputs (${name})`,
      });
    const entries = this.#entries(node, [], world);
    // A set is there though nothing may be in it; one among the entries of an object is not.
    const isSet = clauses.some(({ branches }) => branches[0]?.keys.length === 0);
    return isSet && entries.length === 0 ? makeSet([]) : combine(entries, name);
  }

  /** What the rules here and below say, each with the keys that lead to it from here. */
  #entries(node: RuleNode, keys: readonly Value[], world: World): readonly Entry[] {
    const clauses = this.#clauses.get(dotted(node.path)) ?? [];
    const value = isComplete(clauses) ? this.value(node, world) : undefined;
    const own: readonly Entry[] = isComplete(clauses)
      ? value === undefined
        ? []
        : [{ keys: [], value, isMember: false }]
      : clauses.flatMap((clause) => entriesOf(clause, world));
    const below = [...node.children].flatMap(([key, child]) =>
      child.hasRules || child.children.size > 0 ? this.#entries(child, [...keys, key], world) : [],
    );
    return [...own.map((entry) => ({ ...entry, keys: [...keys, ...entry.keys] })), ...below];
  }

  #nodeAt(path: readonly string[]): RuleNode {
    let node = this.root;
    for (const [index, key] of path.entries()) {
      const child = node.children.get(key) ?? {
        path: path.slice(0, index + 1),
        children: new Map(),
        hasRules: false,
      };
      node.children.set(key, child);
      node = child;
    }
    return node;
  }
}

/** Rules with one value, not with members or entries. */
function isComplete([first]: readonly Clause[]): boolean {
  return (
    first !== undefined &&
    first.rule.head.element === undefined &&
    first.branches[0]?.keys.length === 0
  );
}

/** The value of a complete rule or a function. */
function oneValue(
  clauses: readonly Clause[],
  args: readonly Value[],
  world: World,
  { conflict }: { readonly conflict: string },
): Value | undefined {
  const agree = (found: Value | undefined, value: Value): Value => {
    if (found !== undefined && !equalValues(found, value))
      throw new Failure(conflict, { code: "eval_conflict_error" });
    return value;
  };
  const branchValue = (branch: Branch): Value | undefined => {
    let found: Value | undefined;
    for (const env of parameters(branch.args, args, new Map(), world))
      for (const solution of solve(branch.body, env, world))
        for (const [value] of valuesOf(branch.value, solution, world)) {
          // Another solution has nothing to add.
          if (isConstant(branch.value)) return value;
          found = agree(found, value);
        }
    return found;
  };
  /** The first branch that holds decides. */
  const clauseValue = ({ branches }: Clause): Value | undefined => {
    for (const branch of branches) {
      const found = branchValue(branch);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  let found: Value | undefined;
  for (const clause of clauses.filter(({ rule }) => !rule.isDefault)) {
    const value = clauseValue(clause);
    if (value !== undefined) found = agree(found, value);
  }
  const otherwise = clauses.find(({ rule }) => rule.isDefault);
  return found === undefined && otherwise !== undefined ? clauseValue(otherwise) : found;
}

function isConstant(term: Term): boolean {
  if (term.kind === "array" || term.kind === "set") return term.items.every(isConstant);
  if (term.kind === "object") return term.entries.flat().every(isConstant);
  return ["null", "boolean", "number", "string"].includes(term.kind);
}

/** What the arguments bind when they are matched against the parameters, one by one. */
function* parameters(
  patterns: readonly Term[],
  args: readonly Value[],
  env: Environment,
  world: World,
): Generator<Environment> {
  const [pattern, ...others] = patterns;
  const [value, ...rest] = args;
  if (pattern === undefined || value === undefined) yield env;
  else
    for (const after of match(pattern, value, env, world))
      yield* parameters(others, rest, after, world);
}

interface Entry {
  readonly keys: readonly Value[];
  readonly value: Value;
  /** Of the set that lies there. */
  readonly isMember: boolean;
}

/** What a clause with keys or members in its head says: its first branch that says something. */
function entriesOf({ rule, branches }: Clause, world: World): readonly Entry[] {
  if (rule.isDefault) return [];
  for (const branch of branches) {
    const found = [...entriesOfBranch(branch, rule.span, world)];
    if (found.length > 0) return found;
  }
  return [];
}

function* entriesOfBranch(branch: Branch, span: Rule["span"], world: World): Generator<Entry> {
  const isMember = branch.element !== undefined;
  for (const env of solve(branch.body, new Map(), world)) {
    const heads = {
      kind: "array" as const,
      items: [...branch.keys, branch.element ?? branch.value],
      span,
    };
    for (const [list] of valuesOf(heads, env, world)) {
      const keys = list as readonly Value[];
      yield { keys: keys.slice(0, -1), value: keys.at(-1) as Value, isMember };
    }
  }
}

/** The document that entries make together. */
function combine(entries: readonly Entry[], name: string): Value {
  const conflict = (): Failure =>
    new Failure(`object keys must be unique (${name})`, { code: "eval_conflict_error" });
  const leaves = entries.filter(({ keys }) => keys.length === 0);
  const [leaf] = leaves;
  if (leaf === undefined) {
    const groups: { readonly key: Value; readonly entries: Entry[] }[] = [];
    for (const entry of entries) {
      const [key, ...keys] = entry.keys as readonly [Value, ...Value[]];
      const group = groups.find((other) => equalValues(other.key, key));
      const inner = { ...entry, keys };
      if (group === undefined) groups.push({ key, entries: [inner] });
      else group.entries.push(inner);
    }
    return makeObject(
      groups.map(({ key, entries: inner }) => [key, combine(inner, name)] as const),
    );
  }
  if (leaves.length < entries.length) throw conflict();
  const values = leaves.map(({ value }) => value);
  if (leaves.every(({ isMember }) => isMember)) return makeSet(values);
  if (leaves.some(({ isMember, value }) => isMember || !equalValues(value, leaf.value)))
    throw conflict();
  return leaf.value;
}
