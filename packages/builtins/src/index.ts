// Rego's function library, by family. The evaluator is handed the table; the checker reads the types.

import type { Builtin, BuiltinTable } from "@writ/evaluator";
import { aws } from "./aws.ts";
import { bits } from "./bits.ts";
import { collections } from "./collections.ts";
import { comparison } from "./comparison.ts";
import { crypto } from "./crypto.ts";
import { encoding } from "./encoding.ts";
import { glob } from "./glob.ts";
import { graph } from "./graph.ts";
import { graphql } from "./graphql.ts";
import { json } from "./json.ts";
import { jwt } from "./jwt.ts";
import { net } from "./net.ts";
import { network } from "./network.ts";
import { numbers } from "./numbers.ts";
import { regex } from "./regex.ts";
import { schema } from "./schema.ts";
import { semver } from "./semver.ts";
import { sets } from "./sets.ts";
import { strings } from "./strings.ts";
import { time } from "./time.ts";
import { types } from "./types.ts";
import { units } from "./units.ts";
import { uuid } from "./uuid.ts";
import { x509 } from "./x509.ts";

export type { Builtin, BuiltinTable, BuiltinType } from "@writ/evaluator";

const families: readonly (readonly Builtin[])[] = [
  comparison,
  numbers,
  bits,
  sets,
  collections,
  json,
  strings,
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
  schema,
  graphql,
  crypto,
  x509,
  jwt,
  aws,
  network,
];

/** Every built-in function by its Rego name; operators by OPA's internal names (`plus`, `internal.member_2`). */
export const builtins: BuiltinTable = new Map(
  families.flat().map((builtin): [string, Builtin] => [builtin.name, builtin]),
);
