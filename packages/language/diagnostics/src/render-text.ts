// Diagnostics as a terminal shows them: a title, the line, a caret under what is wrong, why, and what to
// do. ASCII only, so that logs keep it. Golden tests hold this text: it is what users see.

import type { Diagnostic, Label } from "./diagnostic.ts";
import { printable } from "./printable.ts";
import type { Source, Sources } from "./source.ts";

/** How a terminal shows diagnostics. */
export interface RenderOptions {
  readonly color?: boolean;
  /** After this many, only how many more there are: 50 unless told. */
  readonly limit?: number;
}

const TAB = "    ";
const COLORS = {
  error: "\u001b[1;31m",
  warning: "\u001b[1;33m",
  dim: "\u001b[34m",
  bold: "\u001b[1m",
  off: "\u001b[0m",
};

/** Each diagnostic with its line of source; one whose file is not among the sources without. */
export function renderText(
  diagnostics: readonly Diagnostic[],
  sources: Sources,
  options: RenderOptions = {},
): string {
  const { limit = 50, color = false } = options;
  const paint: Paint = color
    ? (name, text) => `${COLORS[name]}${printable(text)}${COLORS.off}`
    : (_name, text) => printable(text);
  const blocks = diagnostics
    .slice(0, limit)
    .map((diagnostic) => renderOne(diagnostic, sources, paint));
  if (diagnostics.length > limit) blocks.push(`... and ${diagnostics.length - limit} more\n`);
  return blocks.join("\n");
}

type Paint = (name: "error" | "warning" | "dim" | "bold", text: string) => string;

interface Placed {
  readonly label: Label;
  readonly mark: string;
  readonly line: number;
}

function renderOne(diagnostic: Diagnostic, sources: Sources, paint: Paint): string {
  const { primary, related, severity, code, title, help } = diagnostic;
  const lines = [`${paint(severity, `${severity}[${code}]`)}${paint("bold", `: ${title}`)}`];
  const byFile = new Map<string, Placed[]>();
  for (const [label, mark] of [
    [primary, "^"] as const,
    ...related.map((label) => [label, "-"] as const),
  ]) {
    const source = sources.get(label.span.file);
    if (source === undefined) continue;
    const placed = { label, mark, line: source.position(label.span.start).line };
    byFile.set(label.span.file, [...(byFile.get(label.span.file) ?? []), placed]);
  }
  const numbers = [...byFile.values()].flat().map(({ line }) => line);
  const gutter = " ".repeat(String(Math.max(0, ...numbers)).length);
  let arrow = "-->";
  for (const [file, placed] of byFile) {
    const source = sources.get(file) as Source;
    const { line, column } = source.position((placed[0] as Placed).label.span.start);
    lines.push(
      `${gutter}${paint("dim", arrow)} ${printable(file)}:${line}:${column}`,
      `${gutter} ${paint("dim", "|")}`,
    );
    lines.push(...renderLines(source, placed, gutter, paint));
    arrow = ":::";
  }
  if (byFile.size === 0) lines.push(`${gutter}--> ${printable(primary.span.file)}`);
  if (help !== undefined) lines.push(`${gutter} ${paint("dim", "=")} help: ${printable(help)}`);
  return `${lines.join("\n")}\n`;
}

function renderLines(
  source: Source,
  placed: readonly Placed[],
  gutter: string,
  paint: Paint,
): string[] {
  const lines: string[] = [];
  const sorted = [...placed].sort(
    (a, b) => a.line - b.line || b.label.span.start - a.label.span.start,
  );
  let last = 0;
  for (const { label, mark, line } of sorted) {
    const view = viewOf(source, label);
    if (line !== last || view.isPart) {
      if (last !== 0 && line > last + 1) lines.push(`${gutter} ${paint("dim", "...")}`);
      const number = String(line).padStart(gutter.length);
      lines.push(
        `${paint("dim", `${number} |`)} ${printable(view.text).replaceAll("\t", TAB)}`.trimEnd(),
      );
      last = line;
    }
    lines.push(`${gutter} ${paint("dim", "|")} ${underline(view, label, mark, paint)}`.trimEnd());
  }
  return lines;
}

/** Longer lines are shown in part, around what is wrong. */
const MAX_LINE = 240;
const BEFORE = 60;
const DOTS = "...";

interface View {
  readonly text: string;
  /** Where the label begins in it. */
  readonly at: number;
  readonly isPart: boolean;
}

function viewOf(source: Source, { span }: Label): View {
  const { line, column } = source.position(span.start);
  const text = source.lineText(line);
  if (text.length <= MAX_LINE) return { text, at: column - 1, isPart: false };
  const from = Math.max(0, column - 1 - BEFORE);
  const to = Math.min(text.length, from + MAX_LINE / 2);
  const [start, end] = [from > 0 ? DOTS : "", to < text.length ? DOTS : ""];
  return {
    text: `${start}${text.slice(from, to)}${end}`,
    at: start.length + column - 1 - from,
    isPart: true,
  };
}

function underline({ text, at, isPart }: View, label: Label, mark: string, paint: Paint): string {
  const before = printable(text.slice(0, at));
  const shown = isPart ? text.length - DOTS.length : text.length;
  // A span over several lines is marked to the end of its first.
  const end = Math.min(shown, at + Math.max(1, label.span.end - label.span.start));
  const under = printable(text.slice(at, end));
  const marks = mark.repeat(Math.max(1, displayWidth(under)));
  const painted = paint(
    mark === "^" ? "error" : "dim",
    label.text === "" ? marks : `${marks} ${label.text}`,
  );
  return " ".repeat(displayWidth(before)) + painted;
}

/** Columns on a terminal: tabs as printed, wide characters as two, combining marks as none. */
function displayWidth(text: string): number {
  let width = 0;
  for (const character of text.replaceAll("\t", TAB)) {
    if (/\p{Mn}|\p{Cf}/u.test(character)) continue;
    width +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Extended_Pictographic}/u.test(
        character,
      ) && character.codePointAt(0) !== 0xa9
        ? 2
        : 1;
  }
  return width;
}
