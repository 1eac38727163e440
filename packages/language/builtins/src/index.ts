// Rego's function library, by family. The evaluator is handed the table; the checker reads the types.

import type { Builtin, BuiltinTable } from "@writ/evaluator";
import { aws } from "./aws.ts";
import { crypto } from "./crypto.ts";
import { graphql } from "./graphql.ts";
import { jwt } from "./jwt.ts";
import { createNetwork, type Network, network } from "./network.ts";
import { portableFamilies, tableOf } from "./portable.ts";
import { schema } from "./schema.ts";
import { x509 } from "./x509.ts";

export type { Builtin, BuiltinTable, BuiltinType } from "@writ/evaluator";
export { compileSchema, type PlainJson, schemaSteps } from "./json-schema.ts";

/** What needs Node: its cryptography, its network, or libraries loaded when they are called. */
const families: readonly (readonly Builtin[])[] = [
  schema,
  graphql,
  crypto,
  x509,
  jwt,
  aws,
  network,
];

/** Every built-in function by its Rego name; operators by OPA's internal names (`plus`, `internal.member_2`). */
export const builtins: BuiltinTable = tableOf([...portableFamilies, ...families]);

export { createNetwork, type Network };
