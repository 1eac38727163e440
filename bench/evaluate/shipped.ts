// The shipped policies, and the inputs of their own tests: what a gateway makes of Bedrock calls.

import { fileURLToPath } from "node:url";
import { builtins } from "@writ/builtins";
import { createPolicy, type Policy } from "@writ/evaluator";
import { compileSet } from "../../packages/cli/src/compile-set.ts";
import { readPolicySet } from "../../packages/cli/src/policy-set.ts";
import { readTestFile } from "../../packages/cli/src/test-file.ts";

const folder = fileURLToPath(new URL("../../policies/bedrock", import.meta.url));

export function shippedPolicy(): Policy {
  const { compiled } = compileSet(readPolicySet(folder), { includeTests: false });
  if (compiled === undefined) throw new Error("the shipped policies have errors");
  return createPolicy(compiled, builtins);
}

export function shippedInputs(): readonly { readonly input: unknown; readonly effect: string }[] {
  return readPolicySet(folder).tests.flatMap((source) =>
    readTestFile(source)
      .cases.filter(({ expect }) => expect.errors === undefined)
      .map(({ input, expect }) => ({ input, effect: expect.effect })),
  );
}
