// Where the data by others lies (vectors, conformance cases, corpora). It is not part of the project:
// a clone without it skips those tests, except in CI, where its absence is a failure.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe } from "vitest";

const root: string = fileURLToPath(new URL("../../shared/", import.meta.url));

/** The path of a file or folder of the shared data. */
export function sharedPath(relative: string): string {
  return root + relative;
}

/** A `describe` that is skipped, and counted as skipped, where the shared data is absent outside CI. */
export const describeWithShared: typeof describe | typeof describe.skip =
  existsSync(root) || process.env["CI"] === "true" ? describe : describe.skip;
