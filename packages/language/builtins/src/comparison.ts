// `==`, `!=`, `<` and the rest, and `in`. Over all values: Rego's order is total.

import {
  type Builtin,
  compareValues,
  equalValues,
  getMember,
  RegoSet,
  someMember,
  spend,
  type Value,
} from "@writ/evaluator";
import { CONSTANT } from "./cost.ts";
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
    define(name, [any, any], boolean, CONSTANT, (a: Value, b: Value) => holds(compareValues(a, b))),
  ),
  define("internal.member_2", [any, any], boolean, CONSTANT, (item: Value, from: Value) =>
    from instanceof RegoSet
      ? getMember(from, item) !== undefined
      : someMember(
          from,
          counted((_key, value) => equalValues(item, value)),
        ),
  ),
  // A set has members and no keys.
  define(
    "internal.member_3",
    [any, any, any],
    boolean,
    CONSTANT,
    (key: Value, item: Value, from: Value) =>
      !(from instanceof RegoSet) &&
      someMember(
        from,
        counted((at, value) => equalValues(key, at) && equalValues(item, value)),
      ),
  ),
];

type Visit = (key: Value, value: Value) => boolean;

/** Several members are looked at in the time of a step. */
function counted(visit: Visit): Visit {
  let seen = 0;
  return (key, value) => {
    seen += 1;
    if ((seen & 3) === 0) spend(1);
    return visit(key, value);
  };
}
