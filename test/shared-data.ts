// Where the data by others lies (vectors, conformance cases, corpora). It is not part of the project: a clone without
// it skips the tests that need it, and counts them as skipped. WRIT_DATA names another folder than the one beside the
// clone; with WRIT_REQUIRE_DATA=1 the data must be there, and its absence is a failure.
//
// The body of a `describe` runs also where its tests are skipped: what needs the data reads it within a test.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe } from "vitest";

const root: string =
  process.env["WRIT_DATA"] ?? fileURLToPath(new URL("../../shared/", import.meta.url));
const isRequired = process.env["WRIT_REQUIRE_DATA"] === "1";
/** A folder of that name beside a stranger's clone may hold anything. */
const isThere = ["classify", "conformance", "vectors"].every((part) =>
  existsSync(join(root, part)),
);

/** The path of a file or folder of the shared data. */
export function sharedPath(relative: string): string {
  return join(root, relative);
}

/** A `describe` that is skipped, and counted as skipped, where the shared data is absent and not required. */
export const describeWithShared: typeof describe | typeof describe.skip =
  isThere || isRequired ? describe : describe.skip;
