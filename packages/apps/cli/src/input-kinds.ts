// What the schema of the input says is at a path, for YAML rules that compare it.

import { scalarKindAt } from "@writ/checker";
import type { KindAt } from "@writ/syntax";
import { inputSchema } from "./input-schema.ts";

const kindBelow = scalarKindAt(inputSchema);

export const inputKindAt: KindAt = ([root, ...path]) =>
  root === "input" ? kindBelow(path) : undefined;
