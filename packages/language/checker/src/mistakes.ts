// What has a meaning that nobody can mean: rules that never hold, conflict or are there twice, conditions that
// ask nothing, and Rego that reads as if it said something else.

import type { BuiltinTable } from "@writ/builtins";
import type { Diagnostic, Span } from "@writ/diagnostics";
import type { RuleIR } from "@writ/ir";
import type { Module } from "@writ/syntax";
import { type AlwaysHoldsContext, findAlwaysHolds } from "./always-holds.ts";
import { findInvalidPatterns } from "./constant-patterns.ts";
import { findContradictions } from "./contradictions.ts";
import { findFormatMismatches } from "./format-arguments.ts";
import { findMisspeltDecisions } from "./misspelt-decisions.ts";
import { findOneIsEnough } from "./one-is-enough.ts";
import { findConflicts, findDuplicates } from "./same-path.ts";
import { findHiddenFunctions } from "./taken-names.ts";
import { findUnknownObligations } from "./unknown-obligations.ts";
import { findUnlikeOrders } from "./unlike-order.ts";
import { findWrittenTraps } from "./written-traps.ts";

/** `known` are the diagnostics so far. */
export function findMistakes(
  rules: readonly RuleIR[],
  modules: readonly Module[],
  context: AlwaysHoldsContext & {
    readonly builtins: BuiltinTable;
    readonly errorsOnly: boolean;
    /** The obligations that are known; absent: nothing is known about them. */
    readonly obligations?: readonly string[] | undefined;
  },
  known: readonly Diagnostic[],
): readonly Diagnostic[] {
  // Of what is wrong otherwise nothing more is said: a word outside its vocabulary is never there either.
  const isSaid = startsWithin(known);
  const warnings = (): readonly Diagnostic[] => [
    ...findDuplicates(rules),
    ...findAlwaysHolds(rules, context),
    ...findFormatMismatches(rules),
    ...findOneIsEnough(rules),
    ...findMisspeltDecisions(rules),
    ...findUnlikeOrders(rules),
    ...(context.obligations === undefined
      ? []
      : findUnknownObligations(rules, context.obligations)),
    ...findHiddenFunctions(modules, context.builtins),
  ];
  return [
    // A test that cannot hold says so when it is run.
    ...findContradictions(rules.filter(({ isTest }) => !isTest)),
    ...findConflicts(rules),
    ...findInvalidPatterns(rules, context.builtins),
    ...findWrittenTraps(modules, context.index),
    ...(context.errorsOnly ? [] : warnings()),
  ].filter(({ primary }) => !isSaid(primary.span));
}

/** Whether one of the diagnostics stands within a span. */
export function startsWithin(known: readonly Diagnostic[]): (span: Span) => boolean {
  const starts = Map.groupBy(
    known.map(({ primary }) => primary.span),
    ({ file }) => file,
  );
  const sorted = new Map(
    [...starts].map(([file, spans]) => [
      file,
      Float64Array.from(spans, ({ start }) => start).sort(),
    ]),
  );
  return ({ file, start, end }) => {
    const inFile = sorted.get(file) ?? new Float64Array();
    let [low, high] = [0, inFile.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((inFile[middle] ?? 0) < start) low = middle + 1;
      else high = middle;
    }
    return low < inFile.length && (inFile[low] ?? 0) < end;
  };
}
