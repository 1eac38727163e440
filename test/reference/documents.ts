// What `data.a.b` is: a tree in which base documents and rules lie over each other. A rule's value is a
// document like any other; a package is the object of what its rules say.

import {
  getMember,
  isPlainObject,
  makeObject,
  makeSet,
  objectEntries,
  type Value,
} from "@writ/evaluator";
import type { RuleNode, World } from "./world.ts";

/** Not yet a value: a place above rules or among base documents; only what is asked for is evaluated. */
export class Place {
  readonly node: RuleNode | undefined;
  readonly base: Value | undefined;

  constructor(node: RuleNode | undefined, base: Value | undefined) {
    this.node = node;
    this.base = base;
  }

  /** Whether the base document here, where there is one, has names below it. */
  get isObject(): boolean {
    return this.base === undefined || isPlainObject(this.base);
  }
}

/** What lies under one key. */
export function below(place: Place, key: Value, world: World): Place | Value | undefined {
  const member = place.base === undefined ? undefined : memberOf(place.base, key);
  const base = isPlainObject(member) ? new Place(undefined, member) : member;
  const name = typeof key === "number" ? String(key) : key;
  const node = typeof name === "string" ? place.node?.children.get(name) : undefined;
  if (node === undefined || isReplaced(node.path, world)) return base;
  return node.hasRules ? world.interpreter.ruleValue(node, world) : new Place(node, member);
}

function isReplaced(path: readonly string[], { replaced }: World): boolean {
  return replaced.some(
    (other) => other.length === path.length && other.every((part, index) => part === path[index]),
  );
}

/** An array's index may be asked of an object as the name it would be in JSON. */
function memberOf(from: Value, key: Value): Value | undefined {
  return getMember(from, typeof key === "number" && isPlainObject(from) ? String(key) : key);
}

/** The package of a query sees all documents and is none. */
function visibleChildren(node: RuleNode | undefined): ReadonlyMap<string, RuleNode> {
  const { path, children } = node ?? { path: [], children: new Map<string, RuleNode>() };
  return path.length > 0
    ? children
    : new Map([...children].filter(([key]) => !key.startsWith("$")));
}

/** The names below a place, those of base documents first: what is both is tried twice. */
export function namesIn({ node, base }: Place): readonly Value[] {
  const entries = base === undefined ? [] : (objectEntries(base) ?? []);
  const rules = makeSet([...visibleChildren(node).keys()]);
  return [...makeSet(entries.map(([key]) => key)).items, ...rules.items];
}

/** The whole document at a place. */
export function wholeDocument(at: Place | Value, world: World): Value {
  if (!(at instanceof Place)) return at;
  if (at.node === undefined) return at.base as Value;
  const entries: [string, Value][] = [];
  for (const key of visibleChildren(at.node).keys()) {
    const child = below(at, key, world);
    if (child !== undefined) entries.push([key, wholeDocument(child, world)]);
  }
  const byRules = makeObject(entries);
  return at.base === undefined ? byRules : merge(at.base, byRules);
}

function merge(first: Value, second: Value): Value {
  if (!isPlainObject(first) || !isPlainObject(second)) return first;
  const keys = new Set([...Object.keys(second), ...Object.keys(first)]);
  return makeObject(
    [...keys].map((key) => {
      const [a, b] = [getMember(first, key), getMember(second, key)];
      return [key, a === undefined || b === undefined ? ((a ?? b) as Value) : merge(a, b)] as const;
    }),
  );
}

/** A document with the part at a path replaced. What is in the way and no object gives way. */
export function replaceAt(value: Value | undefined, path: readonly string[], by: Value): Value {
  const [key, ...rest] = path;
  if (key === undefined) return by;
  const entries = value === undefined ? [] : (objectEntries(value) ?? []);
  const before = entries.find(([name]) => name === key)?.[1];
  return makeObject([
    ...entries.filter(([name]) => name !== key),
    [key, replaceAt(before, rest, by)],
  ]);
}
