// How large a value is for whoever goes through all of it. Parts that are shared count each time: a list of
// two of a list of two of … takes little memory and no end of paper.

import { EvaluationError } from "./evaluation.ts";
import { RegoObject, RegoSet, type Value } from "./value.ts";

/** Members, at every depth, of what an evaluation may give to its caller. */
const MAX_MEMBERS = 10_000_000;

/** Throws for a value with more members than anybody can print. */
export function checkSize(value: Value | undefined): void {
  let left = MAX_MEMBERS;
  const visit = (at: Value): void => {
    if (typeof at !== "object" || at === null) return;
    const members = membersOf(at);
    left -= members.length;
    if (left < 0)
      throw new EvaluationError(`the result has more than ${MAX_MEMBERS} members`, {
        code: "eval_limit_error",
      });
    for (const member of members) visit(member);
  };
  if (value !== undefined) visit(value);
}

function membersOf(value: Exclude<Value, null | boolean | number | string>): readonly Value[] {
  if (Array.isArray(value)) return value;
  if (value instanceof RegoSet) return value.items;
  if (value instanceof RegoObject) return [...value.keys, ...value.values];
  return Object.values(value) as readonly Value[];
}
