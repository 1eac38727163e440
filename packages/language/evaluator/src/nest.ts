// What the rules of a path say together, as one object; and that they say different things.

import { DuplicateKey, makeObject, makeSet } from "./collection.ts";
import { EvaluationError } from "./evaluation.ts";
import type { Entry } from "./linked.ts";
import { spend } from "./meter.ts";
import { equalValues } from "./order.ts";
import type { Value } from "./value.ts";

/** The object that entries make together. Throws a conflict where they say different things. */
export function nest(entries: readonly Entry[], name: string): Value {
  const groups: { key: Value; entries: Entry[] }[] = [];
  const byScalar = new Map<unknown, { key: Value; entries: Entry[] }>();
  for (const [[key, ...rest], value, kind] of entries) {
    const at = key as Value;
    const scalar = typeof at !== "object" || at === null;
    if (!scalar) spend(groups.length);
    let group = scalar ? byScalar.get(at) : groups.find((other) => equalValues(other.key, at));
    if (group === undefined) {
      group = { key: at, entries: [] };
      groups.push(group);
      if (scalar) byScalar.set(at, group);
    }
    group.entries.push([rest, value, kind]);
  }
  try {
    return makeObject(
      groups.map(({ key, entries: below }) => [key, nestValue(below, name)] as const),
    );
  } catch (error) {
    if (error instanceof DuplicateKey) throw conflict(name, "object", error);
    throw error;
  }
}

function nestValue(entries: readonly Entry[], name: string): Value {
  const [first] = entries as readonly [Entry, ...Entry[]];
  if (entries.some(([keys]) => keys.length > 0)) {
    if (entries.some(([keys]) => keys.length === 0)) throw conflict(name, "object");
    return nest(entries, name);
  }
  if (first[2] !== "value") {
    if (entries.some(([, , kind]) => kind === "value")) throw conflict(name, "object");
    return makeSet(entries.map(([, value]) => value));
  }
  if (entries.some(([, value, kind]) => kind !== "value" || !equalValues(value, first[1])))
    throw conflict(name, "object");
  return first[1];
}

const CONFLICTS = {
  complete: "complete rules must not produce multiple outputs",
  function: "functions must not produce multiple outputs for same inputs",
  object: "object keys must be unique",
};

export function conflict(
  name: string,
  kind: keyof typeof CONFLICTS,
  cause?: unknown,
): EvaluationError {
  return new EvaluationError(`${CONFLICTS[kind]} (${name})`, {
    code: "eval_conflict_error",
    cause,
  });
}
