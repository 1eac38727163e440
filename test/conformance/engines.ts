// The engines a case is run on. Each takes a policy set that the checker accepts and says what a rule's
// value is: plan and trees as compiled, the same after the way to a gateway and back (packed, signed,
// verified, loaded), and the executable specification, which reads the modules and nothing else of ours.

import { generateKeyPairSync } from "node:crypto";
import { openBundle, packBundle } from "@writ/bundle";
import {
  type Builtin,
  type BuiltinTable,
  type CompiledPolicy,
  createPolicy,
  type Policy,
  type Value,
} from "@writ/evaluator";
import type { Module } from "@writ/syntax";
import { builtins } from "../../packages/apps/cli/src/builtins.ts";
import { interpret } from "../reference/interpret.ts";

/** An accepted policy set, as written and as compiled. */
export interface PolicySource {
  readonly modules: readonly Module[];
  readonly data: Value;
  readonly compiled: CompiledPolicy;
}

export interface Engine {
  readonly name: string;
  readonly load: (source: PolicySource) => Pick<Policy, "query">;
}

/** OPA's own test driver has a function that waits; time stands still within an evaluation all the same. */
const sleep: Builtin = {
  name: "test.sleep",
  args: [{ type: "string" }],
  result: { type: "null" },
  cost: { growth: "constant", before: () => 0 },
  call: () => null,
};
const table: BuiltinTable = new Map([...builtins, [sleep.name, sleep]]);

export { table as caseBuiltins };

const { privateKey, publicKey } = generateKeyPairSync("ed25519");
const keyId = "conformance";

export const engines: readonly Engine[] = [
  { name: "plan and trees", load: ({ compiled }) => createPolicy(compiled, table) },
  {
    name: "after a bundle",
    load: ({ compiled }) => {
      const { bytes } = packBundle({
        policy: compiled,
        sources: [],
        revision: "1",
        inputSchema: {},
        sign: { key: privateKey, keyId },
      });
      const opened = openBundle(bytes, new Map([[keyId, publicKey]]));
      if (!opened.ok) throw new Error(opened.error.message);
      return createPolicy(opened.bundle.policy, table);
    },
  },
  {
    name: "reference",
    load: ({ modules, data }) => interpret(modules, { data, builtins: table }),
  },
];
