// Coverage for people (a table, and what is missing), for tools (JSON) and for coverage viewers (lcov).

import { join } from "node:path";
import { printable, type Sources, visibleJson } from "@writ/diagnostics";
import type { SourceRef } from "@writ/evaluator";
import {
  type Coverage,
  type CoveredBranch,
  type CoveredCondition,
  type CoveredRule,
  sourceText,
} from "@writ/workspace";
import { line as inLine } from "./output.ts";

export type CoverageFormat = "text" | "json" | "lcov";

export interface CoverageReportOptions {
  readonly format: CoverageFormat;
  /** Of the policy set, as given: lcov names files by where they are. */
  readonly folder: string;
  readonly sources: Sources;
}

export function renderCoverage(coverage: Coverage, options: CoverageReportOptions): string {
  return { text: renderText, json: renderJson, lcov: renderLcov }[options.format](
    coverage,
    options,
  );
}

/** What counts: rules that held, and of conditions each way they can come out. A set without any has all of it. */
export function coveredPart(coverage: Coverage): number {
  const { covered, total } = sum([countRules(coverage), countOutcomes(coverage)]);
  return total === 0 ? 1 : covered / total;
}

/** In per cent, to one decimal. Rounded down: 100 is everything. */
export function showPercent(part: number): string {
  return `${percentOf(part).toFixed(1)}%`;
}

function percentOf(part: number): number {
  return Math.floor(part * 1000 + 1e-9) / 10;
}

interface Count {
  readonly covered: number;
  readonly total: number;
}

function sum(counts: readonly Count[]): Count {
  return {
    covered: counts.reduce((all, { covered }) => all + covered, 0),
    total: counts.reduce((all, { total }) => all + total, 0),
  };
}

function countRules({ rules }: Coverage): Count {
  return { covered: rules.filter(({ held }) => held > 0).length, total: rules.length };
}

function countOutcomes({ conditions }: Coverage): Count {
  return sum(
    conditions.map(({ held, failed, canFail }) => ({
      covered: Number(held > 0) + Number(canFail && failed > 0),
      total: canFail ? 2 : 1,
    })),
  );
}

function countBranches({ branches }: Coverage): Count {
  return { covered: branches.filter(({ taken }) => taken > 0).length, total: branches.length };
}

/** The coverage of each file, by name. */
function byFile({ rules, conditions, branches }: Coverage): ReadonlyMap<string, Coverage> {
  const of =
    (file: string) =>
    ({ source }: { readonly source: SourceRef }): boolean =>
      source.file === file;
  const files = [...new Set([...rules, ...conditions].map(({ source }) => source.file))].sort();
  return new Map(
    files.map((file) => [
      file,
      {
        rules: rules.filter(of(file)),
        conditions: conditions.filter(of(file)),
        branches: branches.filter(of(file)),
      },
    ]),
  );
}

/** How often each line that says something was reached: as often as the least reached of what begins on it. */
function linesOf({ rules, conditions }: Coverage): readonly (readonly [number, number])[] {
  const lines = new Map<number, number>();
  const add = ({ line }: SourceRef, count: number): void => {
    lines.set(line, Math.min(count, lines.get(line) ?? count));
  };
  for (const { source, held } of rules) add(source, held);
  for (const { source, tries } of conditions) add(source, tries);
  return [...lines].sort(([a], [b]) => a - b);
}

/** Lines that are not covered, as ranges; what lies between two of them belongs to the first. */
function uncoveredRanges(coverage: Coverage): readonly (readonly [number, number])[] {
  const ranges: [number, number][] = [];
  let isOpen = false;
  for (const [line, count] of linesOf(coverage)) {
    const last = ranges.at(-1);
    if (count > 0) isOpen = false;
    else if (isOpen && last !== undefined) last[1] = line;
    else {
      ranges.push([line, line]);
      isOpen = true;
    }
  }
  return ranges;
}

const COLUMNS = ["file", "rules", "outcomes", "branches", "covered", "lines not covered"];

function renderText(coverage: Coverage, options: CoverageReportOptions): string {
  const rowOf = (name: string, of: Coverage, lines: string): readonly string[] => [
    name,
    ...[countRules(of), countOutcomes(of), countBranches(of)].map(({ covered, total }) =>
      total === 0 ? "-" : `${covered}/${total}`,
    ),
    showPercent(coveredPart(of)),
    lines,
  ];
  const files = [...byFile(coverage)].map(([file, of]) => {
    const ranges = uncoveredRanges(of);
    return rowOf(file, of, ranges.map(showRange).join(", "));
  });
  const rows = [COLUMNS, ...files, rowOf("all", coverage, "")];
  const widths = COLUMNS.map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? "").length)),
  );
  const table = rows.map((row) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return column === 0 || column === COLUMNS.length - 1
          ? cell.padEnd(width)
          : cell.padStart(width);
      })
      .join("  ")
      .trimEnd(),
  );
  const missing = missingOf(coverage, options.sources);
  const lines = [...table, ...(missing.length === 0 ? [] : ["", ...missing])];
  return `${lines.map(inLine).join("\n")}\n`;
}

function showRange([from, to]: readonly [number, number]): string {
  return from === to ? String(from) : `${from}-${to}`;
}

/** After so many lines the table, or JSON, says more. */
const MAX_MISSING = 200;

/** A line each, in the order of the sources. Conditions of a rule that was never tried go without saying. */
function missingOf(coverage: Coverage, sources: Sources): readonly string[] {
  const found: { readonly source: SourceRef; readonly what: string }[] = [];
  for (const { name, kind, tries, held, source } of coverage.rules) {
    const branch = kind === "clause" ? "" : ` (${kind})`;
    const what = tries === 0 ? "is never tried" : "never holds";
    if (held === 0) found.push({ source, what: `${name}${branch} ${what}` });
  }
  for (const condition of coverage.conditions) {
    const what = missingOutcome(condition);
    if (what === undefined || condition.rule.tries === 0) continue;
    const text = `\`${sourceText(condition.source, sources, MAX_TEXT)}\``;
    found.push({ source: condition.source, what: `${text} ${what}` });
  }
  for (const branch of coverage.branches) {
    if (branch.taken > 0) continue;
    found.push({ source: branch.source, what: `the tree of ${branch.tree}: ${notTaken(branch)}` });
  }
  const lines = found
    .toSorted(
      ({ source: a }, { source: b }) =>
        Number(a.file > b.file) - Number(a.file < b.file) || a.start - b.start,
    )
    .map(({ source: { file, line, column }, what }) => `${file}:${line}:${column}: ${what}`);
  const more = lines.length - MAX_MISSING;
  const shown = lines.slice(0, MAX_MISSING);
  return more > 0 ? [...shown, `... and ${more} more: --coverage=json has all of them`] : shown;
}

function notTaken({ asks, answer }: CoveredBranch): string {
  const isGuard = asks.startsWith("if ");
  if (isGuard) return `${asks}: ${answer === undefined ? "never fails" : "never holds"}`;
  return `${asks} ${answer ?? "none of its cases"}: never so`;
}

function missingOutcome({ tries, held, failed, canFail }: CoveredCondition): string | undefined {
  if (tries === 0) return "is never tried";
  if (held === 0) return "never holds";
  return canFail && failed === 0 ? "never fails" : undefined;
}

const MAX_TEXT = 60;

/** As schemas/coverage.schema.json says. */
function renderJson(coverage: Coverage, { sources }: CoverageReportOptions): string {
  return `${visibleJson(coverageDocument(coverage, sources))}\n`;
}

function coverageDocument(coverage: Coverage, sources: Sources): object {
  const files = [...byFile(coverage)].map(([file, of]) => ({
    file,
    summary: summaryOf(of),
    uncoveredLines: uncoveredRanges(of).map(([from, to]) => ({ from, to })),
    rules: of.rules.map(({ name, kind, source: { line, column }, tries, held }) => ({
      name,
      kind,
      line,
      column,
      tries,
      held,
    })),
    conditions: of.conditions.map(({ source, canFail, tries, held, failed }) => ({
      text: sourceText(source, sources, MAX_TEXT),
      line: source.line,
      column: source.column,
      tries,
      held,
      failed: canFail ? failed : null,
    })),
    branches: of.branches.map(({ tree, asks, answer, source: { line }, taken }) => ({
      tree,
      asks,
      answer: answer ?? null,
      line,
      taken,
    })),
  }));
  return { version: 1, summary: summaryOf(coverage), files };
}

function summaryOf(coverage: Coverage): object {
  return {
    rules: countRules(coverage),
    outcomes: countOutcomes(coverage),
    branches: countBranches(coverage),
    percent: percentOf(coveredPart(coverage)),
  };
}

/** The tracefile of geninfo(1): https://ltp.sourceforge.net/coverage/lcov/geninfo.1.php. Its branches are the outcomes of conditions. */
function renderLcov(coverage: Coverage, { folder }: CoverageReportOptions): string {
  return [...byFile(coverage)].map(([file, of]) => lcovRecord(join(folder, file), of)).join("");
}

function lcovRecord(path: string, of: Coverage): string {
  const lines = linesOf(of);
  const outcomes = of.conditions.flatMap(({ source, tries, held, failed, canFail }, block) => {
    const counts = canFail ? [held, failed] : [];
    return counts.map((count, branch) => ({ line: source.line, block, branch, tries, count }));
  });
  const names = functionNames(of.rules);
  const record = [
    "TN:",
    `SF:${printable(path)}`,
    ...of.rules.map(({ source }, index) => `FN:${source.line},${names[index]}`),
    ...of.rules.map(({ held }, index) => `FNDA:${held},${names[index]}`),
    `FNF:${of.rules.length}`,
    `FNH:${countRules(of).covered}`,
    ...outcomes.map(
      ({ line, block, branch, tries, count }) =>
        `BRDA:${line},${block},${branch},${tries === 0 ? "-" : count}`,
    ),
    `BRF:${outcomes.length}`,
    `BRH:${outcomes.filter(({ count }) => count > 0).length}`,
    ...lines.map(([line, count]) => `DA:${line},${count}`),
    `LF:${lines.length}`,
    `LH:${lines.filter(([, count]) => count > 0).length}`,
    "end_of_record",
  ];
  return `${record.join("\n")}\n`;
}

/** Each its own: clauses of one rule are told apart by number. A comma would end a name. */
function functionNames(rules: readonly CoveredRule[]): readonly string[] {
  const counts = new Map<string, number>();
  return rules.map(({ name, kind }) => {
    const plain = printable(name).replace(/[,\s]/g, "_");
    const count = (counts.get(plain) ?? 0) + 1;
    counts.set(plain, count);
    return `${plain}#${count}${kind === "clause" ? "" : `-${kind}`}`;
  });
}
