// Sets: intersection, union, and their forms over sets of sets.

import { type Builtin, getMember, makeSet, RegoSet } from "@writ/evaluator";
import { COUNTED, LINEAR } from "./cost.ts";
import { anySet, define, setOf } from "./define.ts";

export const sets: readonly Builtin[] = [
  define("and", [anySet, anySet], anySet, COUNTED, intersect),
  define("or", [anySet, anySet], anySet, LINEAR, (a: RegoSet, b: RegoSet) =>
    makeSet([...a.items, ...b.items]),
  ),
  define("intersection", [setOf(anySet)], anySet, COUNTED, (all: RegoSet) => {
    const [first, ...others] = all.items as readonly RegoSet[];
    return first === undefined ? makeSet([]) : others.reduce(intersect, first);
  }),
  define("union", [setOf(anySet)], anySet, COUNTED, (all: RegoSet) =>
    makeSet((all.items as readonly RegoSet[]).flatMap((set) => set.items)),
  ),
];

function intersect(a: RegoSet, b: RegoSet): RegoSet {
  return new RegoSet(a.items.filter((item) => getMember(b, item) !== undefined));
}
