// Mutants that behave as the source does, so that no test could find them, each with the reason:
// `equivalents.json`. A mutant is named by its file and its lines as the report shows them. One that a test
// finds after all, and an entry that names no mutant, are errors of the list.

import { readFileSync } from "node:fs";
import { relative } from "node:path";
import type { Mutant } from "./mutants.ts";
import { root } from "./targets.ts";

export interface Equivalent {
  readonly file: string;
  readonly before: string;
  /** What it may be there instead. */
  readonly after: readonly string[];
  readonly reason: string;
}

export const equivalents: readonly Equivalent[] = JSON.parse(
  readFileSync(new URL("equivalents.json", import.meta.url), "utf8"),
);

export function isSaidEquivalent(mutant: Mutant): boolean {
  return equivalents.some((equivalent) => isOf(equivalent, mutant));
}

function isOf({ file, before, after }: Equivalent, mutant: Mutant): boolean {
  return (
    before === mutant.before && after.includes(mutant.after) && file === relative(root, mutant.file)
  );
}

/** Those about these files that are about none of their mutants. */
export function staleEquivalents(
  mutants: readonly Mutant[],
  files: readonly string[],
): readonly Equivalent[] {
  const names = new Set(files.map((file) => relative(root, file)));
  return equivalents
    .filter(({ file }) => names.has(file))
    .flatMap((equivalent) =>
      equivalent.after.map((after): Equivalent => ({ ...equivalent, after: [after] })),
    )
    .filter((equivalent) => !mutants.some((mutant) => isOf(equivalent, mutant)));
}
