// `writ explain CODE`: the page of a diagnostic, by its code or by the name that suppresses it; of a retired one, what
// took its place.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { catalog, type RetiredCode, retired, suggest } from "@writ/diagnostics";
import { EXIT, usageError } from "../exit.ts";
import { showDocument } from "../output.ts";
import { root } from "../root.ts";

interface Named {
  readonly name: string;
}

export function runExplain(asked: string): number {
  const found = lookUp(catalog, asked);
  if (found !== undefined) {
    const page = join(root, `packages/language/diagnostics/codes/${found[0]}.md`);
    showDocument(readFileSync(page, "utf8"));
    return EXIT.clean;
  }
  const gone = lookUp(retired, asked);
  if (gone !== undefined) {
    showDocument(tombstone(...gone));
    return EXIT.clean;
  }
  const known = Object.entries(catalog).flatMap(([code, { name }]) => [code, name]);
  const near = suggest(asked, known);
  const hint = near === undefined ? "" : `; did you mean \`${near}\`?`;
  throw usageError(`there is no diagnostic \`${asked}\`${hint}`);
}

function lookUp<Row extends Named>(
  table: { readonly [code: string]: Row },
  asked: string,
): readonly [code: string, row: Row] | undefined {
  return Object.entries(table).find(
    ([code, { name }]) => code === asked.toUpperCase() || name === asked.toLowerCase(),
  );
}

function tombstone(code: string, { name, meaning, since, successor }: RetiredCode): string {
  return `# ${code} ${name} (retired)

It reported: ${meaning}.
Gone since ${since}: nothing reports it, and its code is never used again.
Instead: ${successor}.
`;
}
