// Comparisons of two constants, decided at build.

import type { Scalar } from "@writ/evaluator";

/** What a built-in says of two constants; undefined for one that is not known here. */
export function fold(
  name: string,
  a: Scalar | undefined,
  b: Scalar | undefined,
): boolean | undefined {
  if (a === undefined || b === undefined) return undefined;
  if (typeof a === "string" && typeof b === "string") {
    if (name === "startswith") return a.startsWith(b);
    if (name === "endswith") return a.endsWith(b);
    if (name === "contains") return a.includes(b);
  }
  if (name === "equal") return a === b;
  return name === "neq" ? a !== b : undefined;
}
