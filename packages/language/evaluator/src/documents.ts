// The document tree: base documents (data.json) and rules, addressed by one path space under `data`.
// It answers what `data.a.b` is. Rules are evaluated when asked for, once per scope.

import { getMember, makeObject } from "./collection.ts";
import { type Evaluation, mergeDocuments, replaceAt, withoutCycle } from "./evaluation.ts";
import type { Entry, LinkedGroup } from "./linked.ts";
import { nest } from "./nest.ts";
import { compareStrings, isPlainObject, type Value } from "./value.ts";

/** The keys to a document: constants of a reference. */
export type DocumentPath = readonly (string | number)[];

/** Rules of this package are queries: they see all documents, and no document shows them. */
export const QUERY_PACKAGE = "$query";

export interface DocumentNode {
  readonly name: string;
  group?: LinkedGroup;
  /** A package without rules is an empty object. */
  isPackage?: true;
  readonly children: Map<string, DocumentNode>;
}

export class Documents {
  readonly #root: DocumentNode = { name: "data", children: new Map() };
  /** Rules that ask about the documents and are no part of them. */
  readonly #queries = new Map<string, LinkedGroup>();
  readonly #base: Value;
  #addAll: (() => void) | undefined;

  /** `addAll` adds the rules, when one is first asked for. */
  constructor(base: Value, addAll: () => void) {
    this.#base = base;
    this.#addAll = addAll;
  }

  load(): void {
    const addAll = this.#addAll;
    this.#addAll = undefined;
    addAll?.();
  }

  add(path: readonly string[], group: LinkedGroup): void {
    if (path[0] === QUERY_PACKAGE) this.#queries.set(path.join("."), group);
    else this.#nodeAt(path).group = group;
  }

  addPackage(path: readonly string[]): void {
    this.#nodeAt(path).isPackage = true;
  }

  /** The value of a rule of the query package. */
  query(path: readonly string[], evaluation: Evaluation): Value | undefined {
    this.load();
    return this.#queries.get(path.join("."))?.value(evaluation);
  }

  group(path: readonly string[]): LinkedGroup | undefined {
    this.load();
    let node: DocumentNode | undefined = this.#root;
    for (const key of path) node = node?.children.get(key);
    return node?.group;
  }

  /** The value of `data.<path>` in the evaluation's scope; undefined where there is none. */
  value(path: DocumentPath, evaluation: Evaluation): Value | undefined {
    return this.#cached(path, keyOf(path), evaluation);
  }

  /** The same of a path that is asked for again and again. */
  reader(path: DocumentPath): (evaluation: Evaluation) => Value | undefined {
    const key = keyOf(path);
    return (evaluation) => this.#cached(path, key, evaluation);
  }

  #cached(path: DocumentPath, key: string, evaluation: Evaluation): Value | undefined {
    const { cache } = evaluation.scope;
    const cached = cache.get(key);
    if (cached !== undefined || cache.has(key)) return cached;
    this.load();
    const found = this.#resolve(path, evaluation);
    cache.set(key, found);
    return found;
  }

  /**
   * Whether a document is known to have texts for keys, without a look at the rules that make it: a package,
   * or what rules below it make. Then nothing is under any other key, and no rule need be asked.
   */
  hasOnlyNames(path: DocumentPath, evaluation: Evaluation): boolean {
    if (evaluation.scope.data.length > 0) return false;
    this.load();
    let node: DocumentNode | undefined = this.#root;
    for (const key of path) {
      if (node.group !== undefined || typeof key !== "string") return false;
      node = node.children.get(key);
      if (node === undefined) return false;
    }
    const base = walk(this.#base, path);
    return node.group === undefined && (base === undefined || isPlainObject(base));
  }

  /** Whether no part of a document can be evaluated alone: there are only base documents below, or one rule. */
  isWhole(path: DocumentPath): boolean {
    const node = this.#ruleNode(path);
    return node === undefined || node.children.size === 0;
  }

  /**
   * The keys of a document some of whose parts are rules or packages; undefined for other documents. As OPA tries them:
   * those of base documents in order, then those of rules, and so what is both twice.
   */
  namesAt(path: DocumentPath, evaluation: Evaluation): readonly string[] | undefined {
    const { data } = evaluation.scope;
    const node = this.#ruleNode(path);
    if (node === undefined || node.children.size === 0 || node.group !== undefined)
      return undefined;
    const base = walk(this.#base, path);
    if (base !== undefined && !isPlainObject(base)) return undefined;
    // What stands in for the document itself has the members it has.
    if (data.some((replacement) => startsWith(path, replacement.path))) return undefined;
    const replaced = data.flatMap((replacement) =>
      startsWith(replacement.path, path) ? [replacement.path[path.length] as string] : [],
    );
    const based = [...new Set([...Object.keys(base ?? {}), ...replaced])];
    return [...based.sort(compareStrings), ...[...node.children.keys()].sort(compareStrings)];
  }

  /** The node of a path; where a rule is in the way it is that rule's. Undefined: no rule has a part in it. */
  #ruleNode(path: DocumentPath): DocumentNode | undefined {
    this.load();
    let node: DocumentNode | undefined = this.#root;
    for (const key of path) {
      if (node.group !== undefined) return node;
      node = typeof key === "string" ? node.children.get(key) : undefined;
      if (node === undefined) return undefined;
    }
    return node;
  }

  #resolve(path: DocumentPath, evaluation: Evaluation): Value | undefined {
    const { data } = evaluation.scope;
    // The longest replacement that covers the path decides; shorter paths see deeper ones merged in.
    let covering: Value | undefined;
    let isCovered = false;
    const inner: { path: readonly string[]; value: Value }[] = [];
    for (const replacement of data) {
      if (startsWith(path, replacement.path)) {
        covering = walk(replacement.value, path.slice(replacement.path.length));
        isCovered = true;
        inner.length = 0;
      } else if (startsWith(replacement.path, path)) {
        inner.push({ path: replacement.path.slice(path.length), value: replacement.value });
      }
    }
    let found = isCovered ? covering : this.#walkRules(path, evaluation);
    for (const replacement of inner) found = replaceAt(found, replacement.path, replacement.value);
    return found;
  }

  #walkRules(path: DocumentPath, evaluation: Evaluation): Value | undefined {
    let node: DocumentNode | undefined = this.#root;
    let found: Value | undefined;
    for (let depth = 0; depth < path.length && node !== undefined; depth += 1) {
      if (node.group?.kind === "object") {
        // Rules below say parts of the same object: what they say together is worked out there.
        const whole = this.#nested(node, evaluation);
        return mergeDocuments(follow(whole, path.slice(depth)), walk(this.#base, path));
      }
      if (node.group !== undefined) {
        const below = follow(node.group.value(evaluation), path.slice(depth));
        found = mergeDocuments(found, below);
      }
      const key: string | number = path[depth] as string | number;
      node = typeof key === "string" ? node.children.get(key) : undefined;
    }
    const base = walk(this.#base, path);
    if (node === undefined) return mergeDocuments(found, base);
    const own = mergeDocuments(this.#extent(node, path, evaluation), found);
    // A rule's own path is the rule's; of what lies under a package, base documents stand.
    return node.group === undefined ? mergeDocuments(base, own) : mergeDocuments(own, base);
  }

  /** Everything at and below a node: the value of its rule and of those below it. Nobody asks a replaced one. */
  #extent(node: DocumentNode, path: DocumentPath, evaluation: Evaluation): Value | undefined {
    const { data } = evaluation.scope;
    const isReplaced = data.some(
      (other) => other.path.length === path.length && startsWith(path, other.path),
    );
    if (isReplaced || node.group?.kind === "function") return undefined;
    if (node.group?.kind === "object") return this.#nested(node, evaluation);
    const own = node.group?.value(evaluation);
    if (node.children.size === 0) return node.isPackage === true ? makeObject([]) : own;
    const entries: [string, Value][] = [];
    for (const [key, child] of node.children) {
      const value = this.#extent(child, [...path, key], evaluation);
      if (value !== undefined) entries.push([key, value]);
    }
    return mergeDocuments(own, makeObject(entries));
  }

  /** The object that a rule with keys and the rules below it make together. */
  #nested(node: DocumentNode, evaluation: Evaluation): Value | undefined {
    if (node.children.size === 0) return node.group?.value(evaluation);
    const { cache } = evaluation.scope;
    const known = cache.get(node);
    if (known !== undefined) return known;
    const entries = withoutCycle(evaluation, node, node.name, () =>
      entriesOf(node, [], evaluation),
    );
    const value = nest(entries, node.name);
    cache.set(node, value);
    return value;
  }

  #nodeAt(path: readonly string[]): DocumentNode {
    let node = this.#root;
    for (const key of path) {
      let child = node.children.get(key);
      if (child === undefined) {
        child = { name: `${node.name}.${key}`, children: new Map() };
        node.children.set(key, child);
      }
      node = child;
    }
    return node;
  }
}

function keyOf(path: DocumentPath): string {
  return path.map((each) => (typeof each === "number" ? `\u0001${each}` : each)).join("\u0000");
}

function entriesOf(
  node: DocumentNode,
  path: readonly string[],
  evaluation: Evaluation,
): readonly Entry[] {
  const own = node.group?.entries(evaluation) ?? [];
  return [
    ...own.map(([keys, value, kind]): Entry => [[...path, ...keys], value, kind]),
    ...[...node.children].flatMap(([key, child]) => entriesOf(child, [...path, key], evaluation)),
  ];
}

/** Into the value of a rule, where 1 and "1" are different keys. */
function follow(value: Value | undefined, path: DocumentPath): Value | undefined {
  let at = value;
  for (const key of path) at = at === undefined ? undefined : getMember(at, key);
  return at;
}

/** Into a base document: a number also names a property that is its digits, as JSON has no other keys. */
function walk(value: Value | undefined, path: DocumentPath): Value | undefined {
  let at = value;
  for (const key of path) {
    if (at === undefined) return undefined;
    at = getMember(at, typeof key === "number" && isPlainObject(at) ? String(key) : key);
  }
  return at;
}

function startsWith(path: DocumentPath, prefix: DocumentPath): boolean {
  return prefix.length <= path.length && prefix.every((key, index) => key === path[index]);
}
