// Test results for people (text), tools (JSON) and CI servers (JUnit XML).

import { visibleJson } from "@writ/diagnostics";
import type { TestResult } from "@writ/workspace";
import { line } from "./output.ts";

export function renderTests(
  results: readonly TestResult[],
  format: "text" | "json" | "junit",
): string {
  return { text: renderText, json: renderJson, junit: renderJunit }[format](results);
}

function count(results: readonly TestResult[], status: TestResult["status"]): number {
  return each(results).filter((result) => result.status === status).length;
}

/** Each case of a test with keys counts, as in OPA. */
function each(results: readonly TestResult[]): readonly TestResult[] {
  return results.flatMap((result) => {
    const { cases = [], message: _, ...shared } = result;
    if (cases.length === 0) return [result];
    return cases.map(({ name, status }) => ({
      ...shared,
      name: `${shared.name}[${name}]`,
      status,
      ...(status === "failed" ? { message: `${name} failed` } : {}),
    }));
  });
}

function renderText(results: readonly TestResult[]): string {
  const lines: string[] = [];
  for (const { status, name, file, line: at, message, output = [] } of results) {
    if (status === "passed") {
      if (output.length > 0) lines.push(`PASS ${file}:${at}: ${name}`);
      for (const text of output) lines.push(`     | ${text}`);
      continue;
    }
    lines.push(`${status === "failed" ? "FAIL" : "SKIP"} ${file}:${at}: ${name}`);
    for (const text of message?.split("\n") ?? []) lines.push(`     ${text}`);
    for (const text of output) lines.push(`     | ${text}`);
  }
  if (results.length === 0)
    lines.push("there are no tests (test_ rules in *_test.rego, cases in *.test.yaml)");
  lines.push(
    `${count(results, "passed")} passed, ${count(results, "failed")} failed, ${count(results, "skipped")} skipped`,
  );
  return `${lines.map(line).join("\n")}\n`;
}

function renderJson(results: readonly TestResult[]): string {
  const summary = {
    passed: count(results, "passed"),
    failed: count(results, "failed"),
    skipped: count(results, "skipped"),
  };
  return `${visibleJson({ version: 1, tests: results, summary })}\n`;
}

function renderJunit(results: readonly TestResult[]): string {
  const all = each(results);
  const cases = all.map(({ name, file, line: at, status, message, durationMs }) => {
    const attributes = `classname="${attribute(file)}" name="${attribute(name)}" file="${attribute(file)}" line="${at}" time="${(durationMs / 1000).toFixed(6)}"`;
    if (status === "passed") return `    <testcase ${attributes}/>`;
    const [first = ""] = (message ?? "").split("\n");
    const body =
      status === "skipped"
        ? "<skipped/>"
        : `<failure message="${attribute(first)}">${escapeXml(message ?? "")}</failure>`;
    return `    <testcase ${attributes}>${body}</testcase>`;
  });
  const totals = `tests="${all.length}" failures="${count(results, "failed")}" skipped="${count(results, "skipped")}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${totals}>`,
    `  <testsuite name="writ" ${totals}>`,
    ...cases,
    "  </testsuite>",
    "</testsuites>",
    "",
  ].join("\n");
}

/** On one line. */
function attribute(text: string): string {
  return escapeXml(line(text));
}

function escapeXml(text: string): string {
  const entities: { readonly [character: string]: string } = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
  };
  // Characters XML 1.0 has no place for become the replacement character.
  return text
    .split("\n")
    .map(line)
    .join("\n")
    .replace(/[&<>"]/g, (character) => entities[character] ?? "")
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "\ufffd");
}
