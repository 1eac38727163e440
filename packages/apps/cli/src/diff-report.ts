// What `writ diff` found, for a terminal (lines), for a comment on a change (Markdown) and for tools (JSON).

import type { DiffRegion } from "@writ/analysis";
import {
  accessOf,
  becauseOf,
  type Cause,
  comparedOf,
  conditionsOf,
  type DiffReport,
  decided,
  EVIDENCE,
  filled,
  noteOf,
  summaryOf,
  titleOf,
} from "./diff-words.ts";
import { blocks, bounded, codeBlock, details, heading, list, Markdown, md } from "./markdown.ts";

export function diffLines(report: DiffReport): readonly string[] {
  const { diff, notes } = report;
  const regions = diff.regions.flatMap((region) => {
    const { example, evidence } = region;
    const shown =
      example === undefined
        ? []
        : [
            `for example ${JSON.stringify(example.input)}`,
            `before: ${decided(example.before)}; after: ${decided(example.after)}`,
          ];
    const body = [
      ...conditionsOf(region, report),
      filled(becauseOf(region)),
      EVIDENCE[evidence],
      ...shown,
    ];
    return [titleOf(region), ...body.map((each) => `  ${each}`), ""];
  });
  const access = accessOf(diff);
  return [
    ...regions,
    ...(notes.length === 0
      ? []
      : ["to be noticed", ...notes.map((note) => `  ${filled(noteOf(note))}`), ""]),
    ...(access === undefined ? [] : [`${access} The best evidence: ${diff.widened}.`]),
    summaryOf(diff),
  ];
}

export function diffMarkdown(report: DiffReport): string {
  const { diff, notes } = report;
  const access = accessOf(diff);
  const evidence = access === undefined ? "" : ` The best evidence: ${diff.widened}.`;
  const mark = access === undefined ? "" : `**${access}** `;
  const head = [
    heading(3, Markdown.trusted("Policy changes")),
    Markdown.trusted(`${mark}${summaryOf(diff)}.${evidence}`),
    md`Compared: ${inline(comparedOf(report))}.`,
    ...(notes.length === 0 ? [] : notesSection(report)),
  ];
  const regions = diff.regions.map((region) => regionSection(region, report));
  return bounded(head, regions, leftOut);
}

function leftOut(count: number): Markdown {
  return md`**${count} more regions are left out here:** the text of \`writ diff\` has all of them.`;
}

/** More notes are counted. */
const MAX_NOTES = 40;

function notesSection({ notes }: DiffReport): readonly Markdown[] {
  const shown = notes.slice(0, MAX_NOTES).map((note) => inline(noteOf(note)));
  const more = notes.length - shown.length;
  return [
    heading(4, Markdown.trusted("To be noticed")),
    list(more > 0 ? [...shown, md`and ${more} more`] : shown),
  ];
}

function regionSection(region: DiffRegion, report: DiffReport): Markdown {
  const { example, evidence } = region;
  const shown =
    example === undefined
      ? []
      : [
          md`Before: ${decided(example.before)}; after: ${decided(example.after)}.`,
          details("Example", codeBlock("json", JSON.stringify(example.input, null, 2).split("\n"))),
        ];
  return blocks([
    heading(4, Markdown.trusted(titleOf(region))),
    codeBlock("text", conditionsOf(region, report)),
    md`${inline(becauseOf(region))}. ${Markdown.trusted(sentence(EVIDENCE[evidence]))}`,
    ...shown,
  ]);
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}

/** A sentence of ours, the names in it as code. */
function inline({ sentence: ours, names }: Cause): Markdown {
  const parts = ours.split("%");
  return Markdown.trusted(
    parts
      .map((part, at) => (at < names.length ? `${part}${md`${names[at] ?? ""}`}` : part))
      .join(""),
  );
}

/** The same facts for tools. */
export function diffDocument({ diff, notes, before, after }: DiffReport): object {
  const sideOf = ({ name, commit }: DiffReport["before"]) => ({
    name,
    ...(commit === undefined ? {} : { commit }),
  });
  const { regions, widened } = diff;
  return {
    before: sideOf(before),
    after: sideOf(after),
    widened: widened ?? "no",
    isWidened: widened === "proved" || widened === "witnessed",
    regions,
    notes,
  };
}
