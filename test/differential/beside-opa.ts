// What OPA says of a program beside what we say. What may differ is listed here, with the reason.

import { jsonText, parseJson } from "@writ/evaluator";
import type { Program } from "./programs.ts";
import type { Answers } from "./real-opa.ts";
import { canonical, loadModules, outcome, type Refusal } from "./run-program.ts";

export interface KnownDifference {
  /** None: it accepts the program. */
  readonly opa?: RegExp;
  readonly ours?: RegExp;
  /** In how many of the programs it may be at most. */
  readonly share: number;
  readonly reason: string;
}

const KNOWN: readonly KnownDifference[] = [
  {
    opa: /^rego_type_error/,
    share: 0.15,
    reason: "types are checked against the schema of the input, not when like OPA",
  },
  {
    opa: /^rego_unsafe_var_error/,
    share: 0.01,
    reason:
      "OPA takes a variable that a reference and a closure of one statement share, `[][x] == [1 | x > 1]`, for the closure's own, though a statement before binds it",
  },
  {
    opa: /^fatal error: stack overflow/,
    share: 0.001,
    reason: "OPA comes to no end where a rule that stands in for a function calls it",
  },
  {
    ours: /^E030[12]/,
    share: 0.0003,
    reason:
      "OPA does not look at the types of a statement whose `with` calls a function of a collection with a variable, `x == {} with input.a as max([x])`",
  },
  {
    opa: /^(?!eval_)/,
    ours: /^eval_conflict_error$/,
    share: 0.02,
    reason:
      "OPA leaves out rules that its index excludes, entries of an object nobody asked for, and what comes after a body that holds: a conflict in them is not met. Here it always is",
  },
  {
    opa: /^eval_conflict_error$/,
    ours: /^(?!eval_)/,
    share: 0.0003,
    reason:
      "a body whose head is a constant is done once it holds, whatever other rules of its name come to: OPA goes on where those have other values, and may meet a conflict",
  },
];

/** How what OPA says of a program differs from what we say, or which of the differences that may be it is. */
export function findDifference(
  program: Program,
  said: Refusal | Answers,
): string | KnownDifference | undefined {
  const engines = loadModules(program.modules.map(({ text }) => text));
  if ("refused" in said) {
    if ("refused" in engines) return undefined;
    const known = KNOWN.find(({ opa, ours }) => ours === undefined && opa?.test(said.refused));
    return known ?? `OPA alone refuses it: ${said.refused}`;
  }
  if ("refused" in engines) {
    const { refused } = engines;
    const known = KNOWN.find(({ opa, ours }) => opa === undefined && ours?.test(refused));
    return known ?? `OPA accepts it: ${refused}`;
  }
  const asked = program.inputs.flatMap((input) =>
    program.documents.map((path) => ({ input, path })),
  );
  let found: KnownDifference | undefined;
  for (const [index, { input, path }] of asked.entries()) {
    const theirs = normal(said.answers[index]);
    const own = outcome(engines.plan.query(path, input as never));
    if (own === theirs) continue;
    const known = KNOWN.find(({ opa, ours }) => opa?.test(theirs) && ours?.test(own));
    if (known === undefined)
      return `${path.join(".")} is ${own}, should be ${theirs}, with ${JSON.stringify(input)}`;
    found = known;
  }
  return found;
}

export function normal(text = ""): string {
  return /^(?:undefined|eval_\w+)$/.test(text) ? text : jsonText(canonical(parseJson(text)));
}
