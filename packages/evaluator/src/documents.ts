// The document tree: base documents (data.json) and rules, addressed by one path space under `data`.
// It answers what `data.a.b` is. Rules are evaluated when asked for, once per scope.

import { getMember, makeObject } from "./collection.ts";
import { type Evaluation, EvaluationError, mergeDocuments, replaceAt } from "./evaluation.ts";
import type { LinkedGroup } from "./rules.ts";
import type { Value } from "./value.ts";

export interface DocumentNode {
  group?: LinkedGroup;
  readonly children: Map<string, DocumentNode>;
}

export class Documents {
  readonly #root: DocumentNode = { children: new Map() };
  readonly #base: Value;

  constructor(base: Value) {
    this.#base = base;
  }

  add(path: readonly string[], group: LinkedGroup): void {
    this.#nodeAt(path).group = group;
  }

  group(path: readonly string[]): LinkedGroup | undefined {
    let node: DocumentNode | undefined = this.#root;
    for (const key of path) node = node?.children.get(key);
    return node?.group;
  }

  /** The value of `data.<path>` in the evaluation's scope; undefined where there is none. */
  value(path: readonly string[], evaluation: Evaluation): Value | undefined {
    const key = path.join("\u0000");
    const { cache } = evaluation.scope;
    const cached = cache.get(key);
    if (cached !== undefined || cache.has(key)) return cached;
    const found = this.#resolve(path, evaluation);
    cache.set(key, found);
    return found;
  }

  #resolve(path: readonly string[], evaluation: Evaluation): Value | undefined {
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

  #walkRules(path: readonly string[], evaluation: Evaluation): Value | undefined {
    let node: DocumentNode | undefined = this.#root;
    let found: Value | undefined;
    for (let depth = 0; depth < path.length && node !== undefined; depth += 1) {
      if (node.group !== undefined && node.group.kind !== "function") {
        const below = walk(node.group.value(evaluation), path.slice(depth));
        found = mergeDocuments(found, below);
      }
      node = node.children.get(path[depth] as string);
    }
    const own = node === undefined ? undefined : this.#extent(node, evaluation);
    return mergeDocuments(mergeDocuments(own, found), walk(this.#base, path));
  }

  /** Everything at and below a node: the value of its rule and of those below it. */
  #extent(node: DocumentNode, evaluation: Evaluation): Value | undefined {
    if (node.group?.kind === "function") return undefined;
    const own = node.group?.value(evaluation);
    if (node.children.size === 0) return own;
    const entries: [string, Value][] = [];
    for (const [key, child] of node.children) {
      const value = this.#extent(child, evaluation);
      if (value !== undefined) entries.push([key, value]);
    }
    return mergeDocuments(own, makeObject(entries));
  }

  #nodeAt(path: readonly string[]): DocumentNode {
    let node = this.#root;
    for (const key of path) {
      let child = node.children.get(key);
      if (child === undefined) {
        child = { children: new Map() };
        node.children.set(key, child);
      }
      node = child;
    }
    return node;
  }
}

/** Runs `work` unless it is already running in this scope, which only a cycle of rules can bring about. */
export function withoutCycle<T>(
  evaluation: Evaluation,
  key: object,
  name: string,
  work: () => T,
): T {
  const { active } = evaluation.scope;
  if (active.has(key)) {
    throw new EvaluationError(`${name} depends on itself`, { code: "eval_conflict_error" });
  }
  active.add(key);
  try {
    return work();
  } finally {
    active.delete(key);
  }
}

function walk(value: Value | undefined, path: readonly string[]): Value | undefined {
  let at = value;
  for (const key of path) {
    if (at === undefined) return undefined;
    at = getMember(at, key);
  }
  return at;
}

function startsWith(path: readonly string[], prefix: readonly string[]): boolean {
  return prefix.length <= path.length && prefix.every((key, index) => key === path[index]);
}
