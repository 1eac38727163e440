// What the schema of the input says is at a path, for YAML rules that compare it.

import { scalarKindAt } from "@writ/checker";
import type { JsonSchema } from "@writ/ir";
import type { KindAt } from "@writ/syntax";

const known = new WeakMap<JsonSchema, KindAt>();

/** Of paths that begin with `input`. */
export function inputKinds(inputSchema: JsonSchema): KindAt {
  let kindAt = known.get(inputSchema);
  if (kindAt === undefined) {
    const below = scalarKindAt(inputSchema);
    kindAt = ([root, ...path]) => (root === "input" ? below(path) : undefined);
    known.set(inputSchema, kindAt);
  }
  return kindAt;
}
