// Semantic versions, without a leading `v`.

import { type Builtin, BuiltinError } from "@writ/evaluator";
import { parse, type SemVer } from "semver";
import { any, boolean, define, number, string } from "./define.ts";

export const semver: readonly Builtin[] = [
  define("semver.is_valid", [any], boolean, (text: unknown) => read(text) !== undefined),
  define("semver.compare", [string, string], number, (a: string, b: string) =>
    versionOf(a, 1).compare(versionOf(b, 2)),
  ),
];

function versionOf(text: string, operand: number): SemVer {
  const version = read(text);
  if (version === undefined)
    throw new BuiltinError(
      `operand ${operand}: string ${JSON.stringify(text)} is not a valid SemVer`,
    );
  return version;
}

/** The library also takes `v1.2.3` and spaces around; Rego does not. */
function read(text: unknown): SemVer | undefined {
  return typeof text === "string" && /^\d\S*$/.test(text) ? (parse(text) ?? undefined) : undefined;
}
