// `writ diff OLD NEW`: the inputs whose decision a change of policy changes. Each side is a folder, a
// bundle or a git revision; `writ diff main..HEAD [DIR]` compares two revisions of one folder.

import { existsSync } from "node:fs";
import { type Diff, type DiffRegion, diffPolicies } from "@writ/compiler";
import type { CompiledPolicy, Shape } from "@writ/evaluator";
import { builtins } from "../builtins.ts";
import { EXIT, usageError } from "../exit.ts";
import { loadPolicy } from "../load-policy.ts";
import { describeRegion } from "../region-text.ts";
import { mergeBase, withRevision } from "../revision.ts";

export interface DiffFlags {
  readonly format: "text" | "markdown" | "json";
  readonly failOn?: "widened" | "any";
}

export function runDiff(
  first: string,
  second: string | undefined,
  { format, failOn }: DiffFlags,
): number {
  const [before, after] = readSides(first, second);
  const diff = diffPolicies(before, after, builtins);
  process.stdout.write(RENDER[format](diff, after.shape));
  const isFailure =
    failOn === "any" ? diff.regions.length > 0 : failOn === "widened" && diff.isWidened;
  return isFailure ? EXIT.findings : EXIT.clean;
}

function readSides(
  first: string,
  second: string | undefined,
): readonly [CompiledPolicy, CompiledPolicy] {
  const range = existsSync(first) ? null : /^(.+?)(\.\.\.?)(.*)$/.exec(first);
  if (range !== null) {
    const folder = second ?? ".";
    const [, start = "", dots, end = ""] = range;
    const to = end === "" ? "HEAD" : end;
    // As git has it: three dots compare with where the two parted.
    const from = dots === "..." ? mergeBase(start, to, folder) : start;
    return [readRevision(from, folder), readRevision(to, folder)];
  }
  if (second === undefined)
    throw usageError("two things to compare are needed, or a range such as main..HEAD");
  return [readSide(first), readSide(second)];
}

/** A path, or `REVISION:FOLDER`. */
function readSide(side: string): CompiledPolicy {
  const [, revision, folder] = /^([^:]+):(.*)$/.exec(side) ?? [];
  if (existsSync(side) || revision === undefined || folder === undefined) return loadPolicy(side);
  return readRevision(revision, folder === "" ? "." : folder);
}

function readRevision(revision: string, folder: string): CompiledPolicy {
  return withRevision(revision, folder, (path) => loadPolicy(path, `${revision}:${folder}`));
}

const TITLES: { readonly [Direction in DiffRegion["direction"]]: string } = {
  widened: "deny to allow",
  narrowed: "allow to deny",
  redactions: "other redactions",
  obligations: "other obligations",
};

function summary({ regions }: Diff): string {
  if (regions.length === 0) return "no decision changes";
  const counts = (Object.keys(TITLES) as DiffRegion["direction"][]).flatMap((direction) => {
    const found = regions.filter((each) => each.direction === direction).length;
    return found === 0 ? [] : [`${found} ${TITLES[direction]}`];
  });
  return `${regions.length} region${regions.length === 1 ? "" : "s"} of changed decisions: ${counts.join(", ")}`;
}

function because({ because: { rule, kind, change, file, line } }: DiffRegion): string {
  return `because the ${kind} rule ${rule} was ${change} (${file}:${line})`;
}

function sides({ example }: DiffRegion): string {
  if (example === undefined) return "";
  const said = ({ effect, reasons, redactions }: typeof example.before): string => {
    const why = reasons.map(({ code, message }) => code ?? message).join(", ");
    const masks = redactions.length === 0 ? "" : `, redacting ${redactions.join(", ")}`;
    return `${effect}${why === "" ? "" : ` (${why})`}${masks}`;
  };
  return `before: ${said(example.before)}; after: ${said(example.after)}`;
}

const CANNOT_TELL =
  "cannot tell whether any input is in it: it depends on conditions that no test says";

function renderText(diff: Diff, shape: Shape): string {
  const blocks = diff.regions.map((item) => {
    const lines = describeRegion(item.region, shape);
    const evidence =
      item.example === undefined
        ? [CANNOT_TELL]
        : [`for example ${JSON.stringify(item.example.input)}`, sides(item)];
    const body = [...lines, because(item), ...evidence];
    return `${TITLES[item.direction]}\n${body.map((line) => `  ${line}\n`).join("")}`;
  });
  return [...blocks, `${summary(diff)}\n`].join("\n");
}

function renderMarkdown(diff: Diff, shape: Shape): string {
  const blocks = diff.regions.map((item) => {
    const [when = "", ...rest] = describeRegion(item.region, shape);
    const evidence =
      item.example === undefined
        ? CANNOT_TELL
        : `<details><summary>Example. ${sides(item)}</summary>\n\n\`\`\`json\n${JSON.stringify(item.example.input, null, 2)}\n\`\`\`\n\n</details>`;
    const more = rest.length === 0 ? "" : `\n\n\`\`\`text\n${rest.join("\n")}\n\`\`\``;
    return `#### ${TITLES[item.direction]}\n\n${escapeMarkdown(when)}${more}\n\n${escapeMarkdown(because(item))}\n\n${evidence}\n`;
  });
  const mark = diff.isWidened ? "**Access is widened.** " : "";
  return `### Policy changes\n\n${mark}${summary(diff)}.\n\n${blocks.join("\n")}`;
}

/** Policy text must not become markup in a comment. */
function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]<>#|~@!]/g, (character) => `\\${character}`);
}

const RENDER: { readonly [Format in DiffFlags["format"]]: (diff: Diff, shape: Shape) => string } = {
  text: renderText,
  markdown: renderMarkdown,
  json: (diff) => `${JSON.stringify(diff, null, 2)}\n`,
};
