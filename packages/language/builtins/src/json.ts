// Parts of documents by path: filter, remove, patch (RFC 6902 on Rego's values), subsets and unions.

import {
  type Builtin,
  BuiltinError,
  equalValues,
  getMember,
  isArray,
  isPlainObject,
  makeObject,
  makeSet,
  memberCount,
  objectEntries,
  RegoSet,
  regoText,
  spend,
  type Value,
} from "@writ/evaluator";
import { COUNTED, COUNTED_SUPERLINEAR } from "./cost.ts";
import { any, anyArray, anyObject, anySet, arrayOf, define, kindOf, oneOf } from "./define.ts";
import { patch } from "./json-patch.ts";
import { pathOf } from "./json-path.ts";

const paths = oneOf(anySet, anyArray);
const collection = oneOf(anyArray, anyObject, anySet);

/** What paths name: null is "this, whole", an object goes on. */
type PathTree = Map<string, readonly [key: Value, below: PathTree | null]>;

export const json: readonly Builtin[] = [
  define("json.filter", [anyObject, paths], any, COUNTED, (object: Value, given: Value) =>
    filter(object, treeOf(given)),
  ),
  define("json.remove", [anyObject, paths], any, COUNTED, (object: Value, given: Value) =>
    remove(object, treeOf(given)),
  ),
  define("json.patch", [any, arrayOf(anyObject)], any, COUNTED_SUPERLINEAR, patch),
  define("object.subset", [collection, collection], any, COUNTED_SUPERLINEAR, subset),
  define("object.union_n", [arrayOf(anyObject)], any, COUNTED, (objects: readonly Value[]) =>
    uniteAll(objects),
  ),
];

function treeOf(given: Value): PathTree {
  const root: PathTree = new Map();
  for (const each of given instanceof RegoSet ? given.items : (given as readonly Value[])) {
    let tree: PathTree | null = root;
    const keys = pathOf(each);
    spend(keys.length);
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
  return typeof key === "string" ? `s${key}` : `v${kindOf(key)}${regoText(key)}`;
}

function filter(value: Value, tree: PathTree | null): Value | undefined {
  if (tree === null) return value;
  if (isArray(value)) {
    spend(value.length);
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
  spend(memberCount(value) ?? 0);
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
    return part.items.every((item) => getMember(whole, item) !== undefined);
  if (isArray(whole) && part instanceof RegoSet) return subset(makeSet(whole), part);
  if (isArray(whole) && isArray(part)) return isRun(whole, part);
  const entries = objectEntries(part);
  if (entries === undefined || objectEntries(whole) === undefined)
    throw new BuiltinError(
      "both arguments object.subset must be of the same type or array and set",
    );
  spend(entries.length);
  return entries.every(([key, item]) => isWithin(getMember(whole, key), item));
}

/** Whether `part` stands in `whole` as it is, one item after another. */
function isRun(whole: readonly Value[], part: readonly Value[]): boolean {
  for (let start = 0; start + part.length <= whole.length; start += 1) {
    const differs = part.findIndex(
      (item, index) => !equalValues(item, whole[start + index] as Value),
    );
    if (differs < 0) return true;
    spend(1 + (differs >> 3));
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

/** As uniting the first two, then the result with the third, …, in one go. */
function uniteAll(objects: readonly Value[]): Value {
  if (!objects.every(isPlainObject)) return objects.reduce(unite, makeObject([]));
  const given = new Map<string, Value[]>();
  for (const object of objects)
    for (const [key, value] of objectEntries(object) ?? []) {
      spend(1);
      const values = given.get(key as string);
      if (values === undefined) given.set(key as string, [value]);
      else values.push(value);
    }
  return makeObject([...given].map(([key, values]) => [key, lastUnited(values)] as const));
}

/** What stands at last where values are given one after another: the objects at the end, united. */
function lastUnited(values: readonly Value[]): Value {
  const isObject = (value: Value): boolean => objectEntries(value) !== undefined;
  const from = values.findLastIndex((value) => !isObject(value)) + 1;
  const objects = values.slice(from);
  if (objects.length < 2) return values.at(-1) ?? null;
  return uniteAll(objects);
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
