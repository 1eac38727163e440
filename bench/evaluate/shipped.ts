// The shipped policies, and the inputs of their own tests: what a gateway makes of Bedrock calls.

import { fileURLToPath } from "node:url";
import { builtins } from "@writ/builtins";
import {
  type CompiledPolicy,
  createPolicy,
  type Policy,
  type Shape,
  type TreeNode,
} from "@writ/evaluator";
import { compileSet, readTests } from "@writ/workspace";
import { readPolicySet } from "../../packages/apps/cli/src/policy-set.ts";

const folder = fileURLToPath(new URL("../../policies/bedrock", import.meta.url));

function shippedSet(): CompiledPolicy {
  const { compiled } = compileSet(readPolicySet(folder), { includeTests: false });
  if (compiled === undefined) throw new Error("the shipped policies have errors");
  return compiled;
}

export function shippedPolicy(): Policy {
  return createPolicy(shippedSet(), builtins);
}

/** The shipped schema with no rules: what a decision costs before any rule is asked. */
export function shippedCheck(): { readonly shape: Shape; readonly policy: Policy } {
  const compiled = shippedSet();
  const none: TreeNode = { kind: "all", nodes: [] };
  const trees = {
    clauses: [],
    residuals: [],
    roots: { allow: none, deny: none, redact: none, oblige: none },
  };
  return { shape: compiled.shape, policy: createPolicy({ ...compiled, trees }, builtins) };
}

/** An input with no key that it could leave out. */
export function leastOf(shape: Shape, value: unknown): unknown {
  if (shape.kind === "array") return (value as unknown[]).map((item) => leastOf(shape.items, item));
  if (shape.kind !== "object") return value;
  const { properties, required, requiredWhen = [] } = shape;
  const object = value as { readonly [key: string]: unknown };
  const more = requiredWhen
    .filter(({ property, equals }) => object[property] === equals)
    .flatMap((condition) => condition.required);
  const entries = [...required, ...more].map((key) => [
    key,
    leastOf(properties[key] ?? { kind: "any" }, object[key]),
  ]);
  return Object.fromEntries(entries);
}

export function shippedInputs(): readonly { readonly input: unknown; readonly effect: string }[] {
  return readTests(readPolicySet(folder))
    .cases.filter(({ expect }) => expect.errors === undefined)
    .map(({ input, expect }) => ({ input, effect: expect.effect }));
}
