// Parts of documents by path: filter, remove, patch (RFC 6902 on Rego's values), subsets and unions.

import {
  type Builtin,
  BuiltinError,
  equalValues,
  getMember,
  isArray,
  makeObject,
  makeSet,
  objectEntries,
  RegoSet,
  someMember,
  type Value,
} from "@writ/evaluator";
import { any, anyArray, anyObject, anySet, arrayOf, define, kindOf, oneOf } from "./define.ts";
import { patch } from "./json-patch.ts";
import { pathOf } from "./json-path.ts";

const paths = oneOf(anySet, anyArray);
const collection = oneOf(anyArray, anyObject, anySet);

/** What paths name: null is "this, whole", an object goes on. */
type PathTree = Map<string, readonly [key: Value, below: PathTree | null]>;

export const json: readonly Builtin[] = [
  define("json.filter", [anyObject, paths], any, (object: Value, given: Value) =>
    filter(object, treeOf(given)),
  ),
  define("json.remove", [anyObject, paths], any, (object: Value, given: Value) =>
    remove(object, treeOf(given)),
  ),
  define("json.patch", [any, arrayOf(anyObject)], any, patch),
  define("object.subset", [collection, collection], any, subset),
  define("object.union_n", [arrayOf(anyObject)], any, (objects: readonly Value[]) =>
    objects.reduce(unite, makeObject([])),
  ),
];

function treeOf(given: Value): PathTree {
  const root: PathTree = new Map();
  for (const each of given instanceof RegoSet ? given.items : (given as readonly Value[])) {
    let tree: PathTree | null = root;
    const keys = pathOf(each);
    for (const [index, key] of keys.entries()) {
      const name = nameOf(key);
      const below: PathTree | null | undefined = tree.get(name)?.[1];
      const isLast = index === keys.length - 1;
      if (isLast || below === null) {
        tree.set(name, [key, null]);
        break;
      }
      const next: PathTree = below ?? new Map();
      tree.set(name, [key, next]);
      tree = next;
    }
  }
  return root;
}

/** Equal keys have equal names; the index of an array is also known by its digits. */
function nameOf(key: Value): string {
  return typeof key === "string" ? `s${key}` : `v${kindOf(key)}${JSON.stringify(key)}`;
}

function filter(value: Value, tree: PathTree | null): Value | undefined {
  if (tree === null) return value;
  if (isArray(value)) {
    return value.flatMap((item, index) => {
      const at = tree.get(`s${index}`) ?? tree.get(nameOf(index));
      const kept = at === undefined ? undefined : filter(item, at[1]);
      return kept === undefined ? [] : [kept];
    });
  }
  const entries =
    value instanceof RegoSet
      ? value.items.map((item) => [item, item] as const)
      : objectEntries(value);
  if (entries === undefined) return value;
  const kept = entries.flatMap(([key, item]) => {
    const at = tree.get(nameOf(key));
    const found = at === undefined ? undefined : filter(item, at[1]);
    return found === undefined ? [] : [[key, found] as const];
  });
  return value instanceof RegoSet ? makeSet(kept.map(([, item]) => item)) : makeObject(kept);
}

function remove(value: Value, tree: PathTree | null | undefined): Value | undefined {
  if (tree === null) return undefined;
  if (tree === undefined) return value;
  const left = (item: Value, name: string): readonly Value[] => {
    const found = remove(item, tree.get(name)?.[1]);
    return found === undefined ? [] : [found];
  };
  if (isArray(value)) return value.flatMap((item, index) => left(item, `s${index}`));
  if (value instanceof RegoSet)
    return makeSet(value.items.flatMap((item) => left(item, nameOf(item))));
  const entries = objectEntries(value);
  if (entries === undefined) return value;
  return makeObject(
    entries.flatMap(([key, item]) => left(item, nameOf(key)).map((kept) => [key, kept] as const)),
  );
}

function subset(whole: Value, part: Value): boolean | undefined {
  if (whole instanceof RegoSet && part instanceof RegoSet)
    return part.items.every((item) => someMember(whole, (_key, other) => equalValues(item, other)));
  if (isArray(whole) && part instanceof RegoSet)
    return part.items.every((item) => whole.some((other) => equalValues(item, other)));
  if (isArray(whole) && isArray(part)) return isRun(whole, part);
  const entries = objectEntries(part);
  if (entries === undefined || objectEntries(whole) === undefined)
    throw new BuiltinError(
      "both arguments object.subset must be of the same type or array and set",
    );
  return entries.every(([key, item]) => isWithin(getMember(whole, key), item));
}

/** Whether `part` stands in `whole` as it is, one item after another. */
function isRun(whole: readonly Value[], part: readonly Value[]): boolean {
  for (let start = 0; start + part.length <= whole.length; start += 1) {
    if (part.every((item, index) => equalValues(item, whole[start + index] as Value))) return true;
  }
  return false;
}

function isWithin(whole: Value | undefined, part: Value): boolean {
  if (whole === undefined) return false;
  const isSameKind = kindOf(whole) === kindOf(part);
  if (!isSameKind || typeof part !== "object" || part === null) return equalValues(whole, part);
  if (objectEntries(part) === undefined && !isArray(part) && !(part instanceof RegoSet))
    return equalValues(whole, part);
  return subset(whole, part) === true;
}

/** Objects are united at every depth; everything else is the second's. */
export function unite(a: Value, b: Value): Value {
  const [left, right] = [objectEntries(a), objectEntries(b)];
  if (left === undefined || right === undefined) return b;
  const added = right.filter(([key]) => getMember(a, key) === undefined);
  const merged = left.map(([key, value]) => {
    const other = getMember(b, key);
    return [key, other === undefined ? value : unite(value, other)] as const;
  });
  return makeObject([...merged, ...added]);
}
