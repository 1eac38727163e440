// `==`, `!=`, `<` and the rest, and `in`. Over all values: Rego's order is total.

import {
  type Builtin,
  compareValues,
  equalValues,
  RegoSet,
  someMember,
  type Value,
} from "@writ/evaluator";
import { any, boolean, define } from "./define.ts";

const ORDERS: readonly (readonly [string, (order: number) => boolean])[] = [
  ["equal", (order) => order === 0],
  ["neq", (order) => order !== 0],
  ["lt", (order) => order < 0],
  ["lte", (order) => order <= 0],
  ["gt", (order) => order > 0],
  ["gte", (order) => order >= 0],
];

export const comparison: readonly Builtin[] = [
  ...ORDERS.map(([name, holds]) =>
    define(name, [any, any], boolean, (a: Value, b: Value) => holds(compareValues(a, b))),
  ),
  define("internal.member_2", [any, any], boolean, (item: Value, from: Value) =>
    someMember(from, (_key, value) => equalValues(item, value)),
  ),
  // A set has members and no keys.
  define(
    "internal.member_3",
    [any, any, any],
    boolean,
    (key: Value, item: Value, from: Value) =>
      !(from instanceof RegoSet) &&
      someMember(from, (at, value) => equalValues(key, at) && equalValues(item, value)),
  ),
];
