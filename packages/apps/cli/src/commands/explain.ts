// `writ explain CODE`: the page of a diagnostic, by its code or by the name that suppresses it.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { catalog, suggest } from "@writ/diagnostics";
import { EXIT, usageError } from "../exit.ts";
import { showDocument } from "../output.ts";
import { root } from "../root.ts";

export function runExplain(asked: string): number {
  const found = Object.entries(catalog).find(
    ([code, { name }]) => code === asked.toUpperCase() || name === asked.toLowerCase(),
  );
  if (found === undefined) {
    const known = Object.entries(catalog).flatMap(([code, { name }]) => [code, name]);
    const near = suggest(asked, known);
    const hint = near === undefined ? "" : `; did you mean \`${near}\`?`;
    throw usageError(`there is no diagnostic \`${asked}\`${hint}`);
  }
  const page = join(root, `packages/language/diagnostics/codes/${found[0]}.md`);
  showDocument(readFileSync(page, "utf8"));
  return EXIT.clean;
}
