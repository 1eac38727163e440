// What is shown of a run: each mutant that no test found, and a line for each package.

import { relative } from "node:path";
import { isSaidEquivalent } from "./equivalents.ts";
import type { Mutant } from "./mutants.ts";
import type { Outcome } from "./run-mutants.ts";
import { root } from "./targets.ts";

/** Of a hundred mutants so many are to be found. */
export const AIM = 85;

export interface Counts {
  readonly package: string;
  readonly made: number;
  readonly equivalent: number;
  readonly killed: number;
  readonly timedOut: number;
  readonly survived: number;
  readonly unreached: number;
  /** Of a hundred that are not equivalent. */
  readonly score: number;
  readonly minutes: number;
}

/** An equivalent mutant counts only where a test found it, which shows that it is none. */
export function countOutcomes(name: string, outcomes: readonly Outcome[], ms: number): Counts {
  const isFound = ({ status }: Outcome): boolean => status === "killed" || status === "timed out";
  const counted = outcomes.filter(
    (outcome) => isFound(outcome) || !isSaidEquivalent(outcome.mutant),
  );
  const count = (wanted: Outcome["status"]): number =>
    counted.filter(({ status }) => status === wanted).length;
  const found = counted.filter(isFound).length;
  return {
    package: name,
    made: outcomes.length,
    equivalent: outcomes.length - counted.length,
    killed: count("killed"),
    timedOut: count("timed out"),
    survived: count("survived"),
    unreached: count("unreached"),
    score: counted.length === 0 ? 100 : (100 * found) / counted.length,
    minutes: ms / 60_000,
  };
}

export function printMutant({ file, line, operator, before, after }: Mutant): string {
  return `${relative(root, file)}:${line} ${operator}\n  - ${before}\n  + ${after}\n`;
}

const COLUMNS: readonly (readonly [title: string, cell: (counts: Counts) => string])[] = [
  ["package", (counts) => counts.package],
  ["mutants", (counts) => String(counts.made)],
  ["equivalent", (counts) => String(counts.equivalent)],
  ["killed", (counts) => String(counts.killed)],
  ["timed out", (counts) => String(counts.timedOut)],
  ["survived", (counts) => String(counts.survived)],
  ["unreached", (counts) => String(counts.unreached)],
  ["score", (counts) => `${counts.score.toFixed(1)}%`],
  ["minutes", (counts) => counts.minutes.toFixed(1)],
];

export function formatTable(rows: readonly Counts[]): string {
  const lines = [
    COLUMNS.map(([title]) => title),
    ...rows.map((row) => COLUMNS.map(([, cell]) => cell(row))),
  ];
  const widths = COLUMNS.map((_, column) =>
    Math.max(...lines.map((cells) => cells[column]?.length ?? 0)),
  );
  const formatted = lines.map((cells) =>
    cells.map((cell, column) => pad(cell, widths[column] ?? 0, column)).join("  "),
  );
  return `\n${formatted.join("\n")}\n`;
}

function pad(cell: string, width: number, column: number): string {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width);
}
