// What `writ diff` found, in words: shared by the text and the Markdown.

import type { Diff, DiffRegion, Evidence } from "@writ/analysis";
import type { Decision } from "@writ/evaluator";
import { type DiffNote, describeRegion, type TextOf, textsOf } from "@writ/workspace";
import type { DiffSide } from "./diff-sides.ts";

export interface DiffReport {
  readonly diff: Diff;
  readonly before: DiffSide;
  readonly after: DiffSide;
  readonly notes: readonly DiffNote[];
}

const TITLES: { readonly [Direction in DiffRegion["direction"]]: string } = {
  widened: "deny to allow",
  narrowed: "allow to deny",
  redactions: "other redactions",
  obligations: "other obligations",
};

export function titleOf({ direction, widens, evidence }: DiffRegion): string {
  const what = TITLES[direction];
  const gains = widens && direction !== "widened" ? `${what}, which widens` : what;
  return evidence === "possible" ? `possibly ${gains}` : gains;
}

/** What speaks for it. */
export const EVIDENCE: { readonly [E in Evidence]: string } = {
  proved: "proved: every such input changes, but for those on which a rule fails",
  witnessed: "witnessed: the input below changes; of which others do it cannot be told",
  possible:
    "possible, not proved: no input was found, and it cannot be told whether there is one: it depends on conditions that no test says",
};

export function accessOf({ widened }: Diff): string | undefined {
  if (widened === undefined) return undefined;
  return widened === "possible" ? "Access may be widened (not proved)." : "Access is widened.";
}

export function summaryOf({ regions }: Diff): string {
  if (regions.length === 0) return "no decision changes";
  const sure = regions.filter(({ evidence }) => evidence !== "possible");
  const open = regions.filter(({ evidence }) => evidence === "possible");
  return [
    ...(sure.length === 0 ? [] : [`${counted(sure)} of changed decisions: ${kindsOf(sure)}`]),
    ...(open.length === 0 ? [] : [`${counted(open)} where decisions may change: ${kindsOf(open)}`]),
  ].join("; ");
}

function counted({ length }: readonly unknown[]): string {
  return `${length} region${length === 1 ? "" : "s"}`;
}

function kindsOf(regions: readonly DiffRegion[]): string {
  const counts = (Object.keys(TITLES) as DiffRegion["direction"][]).flatMap((direction) => {
    const found = regions.filter((each) => each.direction === direction).length;
    return found === 0 ? [] : [`${found} ${TITLES[direction]}`];
  });
  return counts.join(", ");
}

/** Where the texts of conditions are, by version. */
export function textsOfSides({ before, after }: DiffReport): TextOf {
  const texts = { before: textsOf(before.sources), after: textsOf(after.sources) };
  return (unsaid) => texts[unsaid.version ?? "after"](unsaid);
}

export function conditionsOf(region: DiffRegion, report: DiffReport): readonly string[] {
  const { because } = region;
  if (because.kind === "input" && region.region.when.length === 0)
    return [`when ${placeOf(because.path)} is one that only one version knows`];
  return describeRegion(region.region, report.after.policy.shape, textsOfSides(report));
}

/** A sentence, and the names in it. */
export interface Cause {
  readonly sentence: string;
  readonly names: readonly string[];
}

/** More values are counted. */
const MAX_VALUES = 10;

export function becauseOf({ because }: DiffRegion): Cause {
  if (because.kind !== "input") {
    const { rule, kind, change, file, line } = because;
    return {
      sentence: `because the ${kind} rule % was ${change} (%)`,
      names: [rule, `${file}:${line}`],
    };
  }
  const { path, change, values } = because;
  const valid = change === "added" ? "now fits" : "no longer fits";
  if (values === undefined)
    return { sentence: `because another % ${valid} the input's schema`, names: [placeOf(path)] };
  const shown = values.slice(0, MAX_VALUES);
  const more = values.length - shown.length;
  return {
    sentence: `because % was ${change}: of the vocabulary of %${more > 0 ? `, and ${more} more` : ""}`,
    names: [shown.join(", "), placeOf(path)],
  };
}

function placeOf(path: readonly string[]): string {
  return path.join(".").replaceAll(".[]", "[]");
}

export function filled({ sentence, names }: Cause): string {
  let at = 0;
  return sentence.replace(/%/g, () => {
    at += 1;
    return names[at - 1] ?? "";
  });
}

export function decided({ effect, reasons, redactions, obligations }: Decision): string {
  const why = reasons.map(({ code, message }) => code ?? message).join(", ");
  const masks = redactions.length === 0 ? "" : `, redacting ${redactions.join(", ")}`;
  const duties =
    effect === "deny" || obligations.length === 0
      ? ""
      : `, obliging to ${obligations.map((each) => JSON.stringify(each)).join(", ")}`;
  return `${effect}${why === "" ? "" : ` (${why})`}${masks}${duties}`;
}

export function noteOf(note: DiffNote): Cause {
  switch (note.kind) {
    case "new-package":
      return {
        sentence: "the package % is new and may allow (%)",
        names: [note.package, `${note.file}:${note.line}`],
      };
    case "suppression":
      return {
        sentence: "a comment silences %: % (%)",
        names: [
          note.name,
          note.reason === "" ? "no reason" : note.reason,
          `${note.file}:${note.line}`,
        ],
      };
    case "skipped-file":
      return note.change === "added"
        ? { sentence: "the file % is added and not read: %", names: [note.path, note.why] }
        : { sentence: "the file %, which was not read, is gone", names: [note.path] };
  }
}

/** What is compared, with the commits. */
export function comparedOf({ before, after }: DiffReport): Cause {
  const sides = [before, after];
  return {
    sentence: sides.map(({ commit }) => (commit === undefined ? "%" : "% (%)")).join(" and "),
    names: sides.flatMap(({ name, commit }) => (commit === undefined ? [name] : [name, commit])),
  };
}
