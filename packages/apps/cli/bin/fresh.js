import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** Where `scripts/bundle.mjs` notes what it made the bundle of, as [file, its time, its size]. */
export const MADE_OF = "packages/apps/cli/dist/made-of.json";

/** Whether a checkout has a bundle, and every file that it was made of is as it was then. */
export function isBundleFresh(root) {
  try {
    const files = JSON.parse(readFileSync(join(root, MADE_OF), "utf8"));
    return files.every(([file, mtimeMs, size]) => {
      const now = statSync(join(root, file));
      return now.mtimeMs === mtimeMs && now.size === size;
    });
  } catch {
    return false;
  }
}
