// Rules that change nothing, as diagnostics: what the trees prove about a policy set as a whole.

import { findIdleRules, type IdleRule } from "@writ/analysis";
import { type Diagnostic, diagnostic, type Span } from "@writ/diagnostics";
import type { BuiltinTable, CompiledPolicy, TreeClause } from "@writ/evaluator";
import { describeTests } from "../words/region-text.ts";

export function idleRules(policy: CompiledPolicy, builtins: BuiltinTable): readonly Diagnostic[] {
  return findIdleRules(policy, builtins).map((idle) => describe(idle, policy));
}

function describe(idle: IdleRule, { shape }: CompiledPolicy): Diagnostic {
  const span = spanOf(idle.clause);
  switch (idle.kind) {
    case "never":
      return diagnostic("W0411", {}, span, {
        help: "its conditions exclude each other, or what the schema allows",
      });
    case "overridden":
      return diagnostic("W0412", { by: namesOf(idle.by) }, span, withPlaces(idle.by));
    case "shadowed":
      return diagnostic("W0413", { by: namesOf(idle.by) }, span, withPlaces(idle.by));
    case "redundant":
      return diagnostic("W0414", { condition: describeTests([idle.test], shape) }, span, {
        help: "the other conditions of the rule, or the schema, imply it; leave it out",
      });
  }
}

export function spanOf({ source: { file, start, end } }: TreeClause): Span {
  return { file, start, end };
}

const MAX_NAMED = 3;

export function namesOf(by: readonly TreeClause[]): string {
  const names = [...new Set(by.map(({ rule }) => rule))];
  const more = names.length - MAX_NAMED;
  return [...names.slice(0, MAX_NAMED), ...(more > 0 ? [`${more} more`] : [])].join(", ");
}

function withPlaces(by: readonly TreeClause[]): { readonly help: string } {
  return { help: `see ${placesOf(by)}` };
}

export function placesOf(by: readonly TreeClause[]): string {
  const places = [...new Set(by.map(({ source }) => `${source.file}:${source.line}`))];
  return places.slice(0, MAX_NAMED).join(", ");
}
