// The families that need nothing of Node: the entry for browsers.

import type { Builtin, BuiltinTable } from "@writ/evaluator";
import { bits } from "./bits.ts";
import { collections } from "./collections.ts";
import { comparison } from "./comparison.ts";
import { encoding } from "./encoding.ts";
import { glob } from "./glob.ts";
import { graph } from "./graph.ts";
import { json } from "./json.ts";
import { net } from "./net.ts";
import { numbers } from "./numbers.ts";
import { regex } from "./regex.ts";
import { semver } from "./semver.ts";
import { sets } from "./sets.ts";
import { strings } from "./strings.ts";
import { template } from "./template.ts";
import { time } from "./time.ts";
import { types } from "./types.ts";
import { units } from "./units.ts";
import { uuid } from "./uuid.ts";

export type { Builtin, BuiltinTable, BuiltinType } from "@writ/evaluator";

export const portableFamilies: readonly (readonly Builtin[])[] = [
  comparison,
  numbers,
  bits,
  sets,
  collections,
  json,
  strings,
  template,
  regex,
  glob,
  types,
  encoding,
  units,
  semver,
  net,
  graph,
  uuid,
  time,
];

export function tableOf(families: readonly (readonly Builtin[])[]): BuiltinTable {
  return new Map(families.flat().map((builtin): [string, Builtin] => [builtin.name, builtin]));
}

/** Every built-in function of these families by its Rego name. */
export const builtins: BuiltinTable = tableOf(portableFamilies);
