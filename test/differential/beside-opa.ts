// What OPA says of a program beside what we say. What may differ is listed here, with the reason.

import { jsonText, parseJson } from "@writ/evaluator";
import type { Program } from "./programs.ts";
import type { Answers } from "./real-opa.ts";
import { canonical, loadModules, outcome, type Refusal } from "./run-program.ts";

/** What OPA refuses and we, asked for no more than OPA's rules, do not; and at most how many of the programs. */
export const REFUSED_BY_OPA_ALONE: readonly (readonly [
  message: RegExp,
  share: number,
  reason: string,
])[] = [
  [/^rego_type_error/, 0.2, "types are checked against the schema of the input, not when like OPA"],
  [
    /^rego_unsafe_var_error/,
    0.01,
    "OPA takes a variable that a reference and a closure of one statement share, `[][x] == [1 | x > 1]`, for the closure's own, though a statement before binds it",
  ],
];

/** Outcomes that may differ: `[OPA's, ours, reason]`. */
const DIFFERENT_OUTCOMES: readonly (readonly [opa: RegExp, ours: RegExp, reason: string])[] = [
  [
    /^(?!eval_)/,
    /^eval_conflict_error$/,
    "OPA leaves out rules that its index excludes, entries of an object nobody asked for, and what comes after a body that holds: a conflict in them is not met. Here it always is",
  ],
];

/** How what OPA says of a program differs from what we say; or which of the reasons it is refused for. */
export function findDifference(
  program: Program,
  said: Refusal | Answers,
): string | number | undefined {
  const engines = loadModules(program.modules.map(({ text }) => text));
  if ("refused" in said) {
    if ("refused" in engines) return undefined;
    const known = REFUSED_BY_OPA_ALONE.findIndex(([message]) => message.test(said.refused));
    return known < 0 ? `OPA alone refuses it: ${said.refused}` : known;
  }
  if ("refused" in engines) return `OPA accepts it: ${engines.refused}`;
  const asked = program.inputs.flatMap((input) =>
    program.documents.map((path) => ({ input, path })),
  );
  for (const [index, { input, path }] of asked.entries()) {
    const wanted = normal(said.answers[index]);
    const found = outcome(engines.plan.query(path, input as never));
    const isKnown = DIFFERENT_OUTCOMES.some(
      ([theirs, ours]) => theirs.test(wanted) && ours.test(found),
    );
    if (!isKnown && found !== wanted)
      return `${path.join(".")} is ${found}, should be ${wanted}, with ${JSON.stringify(input)}`;
  }
  return undefined;
}

export function normal(text = ""): string {
  return /^(?:undefined|eval_\w+)$/.test(text) ? text : jsonText(canonical(parseJson(text)));
}
