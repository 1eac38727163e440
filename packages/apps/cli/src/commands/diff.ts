// `writ diff OLD NEW`: the inputs whose decision a change of policy changes. Each side is a folder, a
// bundle or a git revision; `writ diff main..HEAD [DIR]` compares two revisions of one folder.

import { type Diff, diffPolicies } from "@writ/analysis";
import { notesOn } from "@writ/workspace";
import { builtins } from "../builtins.ts";
import { diffDocument, diffLines, diffMarkdown } from "../diff-report.ts";
import { readSides } from "../diff-sides.ts";
import type { DiffReport } from "../diff-words.ts";
import { EXIT } from "../exit.ts";
import { modelFacts } from "../model-facts.ts";
import { showDocument, showJson, showLines } from "../output.ts";

export interface DiffFlags {
  readonly format: "text" | "markdown" | "json";
  readonly failOn?: "widened" | "possibly-widened" | "any";
}

export function runDiff(
  first: string,
  second: string | undefined,
  { format, failOn }: DiffFlags,
): number {
  const [before, after] = readSides(first, second);
  const diff = diffPolicies(before.policy, after.policy, builtins, modelFacts);
  const notes =
    before.set === undefined || after.set === undefined ? [] : notesOn(before.set, after.set);
  const report = { diff, before, after, notes };
  SHOW[format](report);
  return failOn !== undefined && FAILS[failOn](diff) ? EXIT.findings : EXIT.clean;
}

const FAILS: { readonly [On in NonNullable<DiffFlags["failOn"]>]: (diff: Diff) => boolean } = {
  widened: ({ widened }) => widened === "proved" || widened === "witnessed",
  "possibly-widened": ({ widened }) => widened !== undefined,
  any: ({ regions }) => regions.length > 0,
};

const SHOW: { readonly [Format in DiffFlags["format"]]: (report: DiffReport) => void } = {
  text: (report) => showLines(diffLines(report)),
  markdown: (report) => showDocument(diffMarkdown(report)),
  json: (report) => showJson(diffDocument(report)),
};
