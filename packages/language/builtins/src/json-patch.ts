// JSON Patch (RFC 6902) on Rego's values: sets take part too, their members being their own keys. A patch
// that cannot be applied is undefined, as in OPA.

import {
  equalValues,
  getMember,
  isArray,
  makeObject,
  makeSet,
  memberCount,
  objectEntries,
  RegoSet,
  spend,
  type Value,
} from "@writ/evaluator";
import { pathOf } from "./json-path.ts";

type Path = readonly Value[];
/** Thrown inside where a patch does not apply; never leaves this file. */
class NotApplicable extends Error {}

const OPERATIONS: { readonly [op: string]: (document: Value, operation: Value) => Value } = {
  add: (document, operation) => insert(document, pathIn(operation), member(operation, "value")),
  remove: (document, operation) => removeAt(document, pathIn(operation)),
  replace: (document, operation) => {
    const path = pathIn(operation);
    return insert(removeAt(document, path), path, member(operation, "value"));
  },
  move: (document, operation) => {
    const from = pathOf(member(operation, "from"));
    return insert(removeAt(document, from), pathIn(operation), at(document, from));
  },
  copy: (document, operation) =>
    insert(document, pathIn(operation), at(document, pathOf(member(operation, "from")))),
  test: (document, operation) => {
    if (!equalValues(at(document, pathIn(operation)), member(operation, "value")))
      throw new NotApplicable();
    return document;
  },
};

export function patch(document: Value, operations: readonly Value[]): Value | undefined {
  try {
    return operations.reduce((patched, operation) => {
      const op = member(operation, "op");
      const apply = typeof op === "string" && Object.hasOwn(OPERATIONS, op) && OPERATIONS[op];
      if (apply === false || apply === undefined) throw new NotApplicable();
      return apply(patched, operation);
    }, document);
  } catch (error) {
    if (error instanceof NotApplicable) return undefined;
    throw error;
  }
}

function member(operation: Value, name: string): Value {
  const found = getMember(operation, name);
  if (found === undefined) throw new NotApplicable();
  return found;
}

function pathIn(operation: Value): Path {
  return pathOf(member(operation, "path"));
}

function at(document: Value, path: Path): Value {
  return path.reduce((value, key) => {
    const found = getMember(value, isArray(value) ? indexOf(key, value.length - 1) : key);
    if (found === undefined) throw new NotApplicable();
    return found;
  }, document);
}

/** The index that a key of a path is; `-` is after the last. */
function indexOf(key: Value, last: number): number {
  if (key === "-") return last;
  const index = typeof key === "string" && /^(0|[1-9]\d*)$/.test(key) ? Number(key) : key;
  if (typeof index !== "number" || !Number.isInteger(index) || index < 0 || index > last)
    throw new NotApplicable();
  return index;
}

/** The document with the part at `path` replaced by what `change` makes of its parent. */
function changeParent(
  document: Value,
  path: Path,
  change: (parent: Value, key: Value) => Value,
): Value {
  const [key, ...rest] = path;
  if (key === undefined) throw new NotApplicable();
  // Each change makes its document anew.
  spend(1 + ((memberCount(document) ?? 0) >> 3));
  if (rest.length === 0) return change(document, key);
  const child = at(document, [key]);
  const changed = changeParent(child, rest, change);
  if (isArray(document)) return document.with(indexOf(key, document.length - 1), changed);
  if (document instanceof RegoSet)
    return makeSet([...document.items.filter((item) => !equalValues(item, key)), changed]);
  const entries = objectEntries(document);
  if (entries === undefined) throw new NotApplicable();
  return makeObject(
    entries.map(([name, value]) => [name, equalValues(name, key) ? changed : value] as const),
  );
}

function insert(document: Value, path: Path, value: Value): Value {
  if (path.length === 0) return value;
  return changeParent(document, path, (parent, key) => {
    if (isArray(parent)) return parent.toSpliced(indexOf(key, parent.length), 0, value);
    if (parent instanceof RegoSet) {
      if (!equalValues(key, value)) throw new NotApplicable();
      return makeSet([...parent.items, value]);
    }
    const entries = objectEntries(parent);
    if (entries === undefined) throw new NotApplicable();
    return makeObject([...entries.filter(([name]) => !equalValues(name, key)), [key, value]]);
  });
}

function removeAt(document: Value, path: Path): Value {
  if (path.length === 0) return null;
  return changeParent(document, path, (parent, key) => {
    at(parent, [key]);
    if (isArray(parent)) return parent.toSpliced(indexOf(key, parent.length - 1), 1);
    if (parent instanceof RegoSet)
      return makeSet(parent.items.filter((item) => !equalValues(item, key)));
    const entries = objectEntries(parent) ?? [];
    return makeObject(entries.filter(([name]) => !equalValues(name, key)));
  });
}
