// Solutions of a query for people: the value alone where there is one without a name, otherwise a table.

import { jsonText, type Value } from "@writ/evaluator";
import type { Solutions } from "./session.ts";

/** Longer cells are cut: a table is for seeing which solutions there are. */
const MAX_CELL = 80;
/** A value up to here stands on one line. */
const MAX_LINE = 80;

export function renderSolutions({ columns, rows, value }: Solutions): string {
  if (columns.length === 0)
    return `${value === undefined ? "undefined" : indentJson(jsonText(value))}\n`;
  if (rows.length === 0) return "undefined\n";
  return renderTable(columns, rows);
}

function renderTable(columns: readonly string[], rows: readonly (readonly Value[])[]): string {
  const head = columns.map((column) => cut(column.replace(/\s+/g, " ")));
  const cells = rows.map((row) => row.map((value) => cut(jsonText(value))));
  const widths = head.map((name, at) =>
    cells.reduce((width, row) => Math.max(width, (row[at] ?? "").length), name.length),
  );
  const rule = `+${widths.map((width) => "-".repeat(width + 2)).join("+")}+`;
  const line = (row: readonly string[]): string =>
    `|${row.map((cell, at) => ` ${cell.padEnd(widths[at] ?? 0)} `).join("|")}|`;
  return `${[rule, line(head), rule, ...cells.map(line), rule].join("\n")}\n`;
}

function cut(text: string): string {
  return text.length > MAX_CELL ? `${text.slice(0, MAX_CELL - 1)}…` : text;
}

/** JSON text over several lines when it is long. The text is laid out and not its value, so that no digit is lost. */
export function indentJson(text: string): string {
  if (text.length <= MAX_LINE) return text;
  let out = "";
  let depth = 0;
  const newline = (): string => `\n${"  ".repeat(depth)}`;
  // Strings, empty collections, and what structures the rest.
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|\[\]|\{\}|[[\]{},:]|[^[\]{},:"]+/g)) {
    if (token === "[" || token === "{") {
      depth += 1;
      out += token + newline();
    } else if (token === "]" || token === "}") {
      depth -= 1;
      out += newline() + token;
    } else if (token === ",") out += token + newline();
    else out += token === ":" ? ": " : token;
  }
  return out;
}
