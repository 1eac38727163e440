// Conditions that ask nothing: in Rego only false and undefined fail, so a set, a count or an array holds
// whatever it comes to, even empty; and what a schema promises need not be asked.

import { type Diagnostic, diagnostic } from "@writ/diagnostics";
import {
  alternatives,
  partsOf,
  type RuleIR,
  type StatementIR,
  showType,
  type TermIR,
  type Type,
} from "@writ/ir";
import type { RuleIndex } from "./rule-index.ts";

export interface AlwaysHoldsContext {
  readonly input: Type;
  readonly index: RuleIndex;
}

export function findAlwaysHolds(
  rules: readonly RuleIR[],
  context: AlwaysHoldsContext,
): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  const look = (asked: StatementIR, isNegated: boolean, rule: RuleIR): void => {
    if (asked.kind !== "expression") return;
    const why = whyItHolds(asked.term, context, rule);
    if (why === undefined) return;
    const { reason, help } = why;
    found.push(diagnostic("W0405", { reason, isNegated }, asked.span, { help }));
  };
  for (const rule of rules)
    for (const { body, isNegated } of partsOf(rule).bodies)
      for (let index = 0; index < body.length; index += 1)
        // What else there is under a `not` are the steps to what it negates.
        look(body[index] as StatementIR, isNegated && index === 0, rule);
  return found;
}

interface Why {
  readonly reason: string;
  readonly help?: string;
}

/** Functions whose result is there whenever their arguments are, and never false. */
const NEVER_FALSE = new Map([
  ["count", "to ask whether there is something, write `count(…) > 0`"],
  ["sum", "compare the sum with something"],
  ["product", "compare the product with something"],
  ["lower", "compare the text with something"],
  ["upper", "compare the text with something"],
  ["trim_space", "compare the text with something"],
  ["sprintf", "compare the text with something"],
  ["concat", "compare the text with something"],
  ["split", "compare the array with something"],
  ["object.keys", "to ask whether there is something, compare its count with 0"],
]);

function whyItHolds(term: TermIR, context: AlwaysHoldsContext, rule: RuleIR): Why | undefined {
  switch (term.kind) {
    case "null":
    case "number":
    case "string":
    case "template":
      return { reason: "a constant is never false" };
    case "object":
      // The braces of `allow if {}` have a diagnostic of their own.
      return term.entries.length === 0 && rule.body.length === 1 ? undefined : COLLECTION;
    case "array":
    case "set":
    case "comprehension":
      return COLLECTION;
    case "ref":
      return ofRule(term, context.index);
    case "call": {
      if (term.target.kind !== "builtin") return undefined;
      const { name } = term.target;
      const help = NEVER_FALSE.get(name);
      if (help !== undefined) return { reason: `what \`${name}\` returns is never false`, help };
      return rule.isTest ? undefined : ofKind(name, term.args[0], context.input);
    }
    default:
      return undefined;
  }
}

const COUNT = "to ask whether it has members, write `count(…) > 0`";
const COLLECTION: Why = { reason: "a collection is never false, not even empty", help: COUNT };

/** A rule that is a set or an object is there even when it has no members. */
function ofRule(term: Extract<TermIR, { kind: "ref" }>, index: RuleIndex): Why | undefined {
  if (term.root !== "data") return undefined;
  const path = term.parts.flatMap((part) => (part.kind === "string" ? [part.value] : []));
  const entry = path.length === term.parts.length ? index.entry(path) : undefined;
  if (entry?.kind !== "set" && entry?.kind !== "object") return undefined;
  const what = entry.kind === "set" ? "a set" : "an object";
  return {
    reason: `\`${path.at(-1)}\` is ${what}, which is never false, not even empty`,
    help: COUNT,
  };
}

const TYPE_NAMES: ReadonlyMap<string, string> = new Map(
  ["string", "number", "boolean", "array", "object", "null"].map((kind) => [`is_${kind}`, kind]),
);

/** `is_string` and the like, of a path that is always there and always such. */
function ofKind(name: string, arg: TermIR | undefined, input: Type): Why | undefined {
  const kind = TYPE_NAMES.get(name);
  if (kind === undefined || arg?.kind !== "ref" || arg.root !== "input") return undefined;
  let types = [input];
  for (const part of arg.parts) {
    const next = types.map((type) =>
      type.kind === "object" && part.kind === "string"
        ? type.properties.get(part.value)
        : undefined,
    );
    if (next.some((property) => property === undefined || property.optional)) return undefined;
    types = next.flatMap((property) => alternatives(property?.type ?? { kind: "any" }));
  }
  if (!types.every((type) => type.kind === kind)) return undefined;
  return { reason: `the schema says that it is ${showType({ kind } as Type)}` };
}
