// The decision by the book: any deny denies, whatever is allowed; nothing allowed denies; what cannot be
// evaluated, or says nothing that can be carried out, denies.

import {
  type DecisionError,
  isPlainObject,
  makeSet,
  type QueryResult,
  RegoSet,
  toJson,
  type Value,
} from "@writ/evaluator";

export interface ReferenceDecision {
  readonly effect: "allow" | "deny";
  readonly reasons: readonly { readonly [key: string]: unknown }[];
  readonly redactions: readonly string[];
  readonly obligations: readonly unknown[];
  readonly errors: readonly DecisionError["code"][];
}

type Read = (path: readonly string[]) => QueryResult;

export function decide(packages: readonly (readonly string[])[], read: Read): ReferenceDecision {
  const said = {
    deny: [] as Value[],
    allow: [] as Value[],
    redact: [] as Value[],
    oblige: [] as Value[],
  };
  const paths = new Map(packages.map((path) => [path.join("\u0000"), path]));
  for (const [kind, values] of Object.entries(said)) {
    for (const path of paths.values()) {
      const result = read([...path, kind]);
      if (!result.ok) return denied(result.error.message, result.error.code);
      const { value } = result;
      if (value instanceof RegoSet) values.push(...value.items);
      else if (value !== undefined && value !== false) values.push(value);
    }
  }
  const { deny, allow, redact, oblige } = said;
  const deciding = deny.length > 0 ? deny : allow;
  const reasons = makeSet(deciding)
    .items.filter((value) => value !== true)
    .map(reasonOf);
  const redactions = makeSet(redact).items;
  if (reasons.includes(undefined) || !redactions.every((label) => typeof label === "string"))
    return denied(
      "a decision rule gave a value that is no reason, no label or no truth",
      "rule_value_invalid",
    );
  return {
    effect: deny.length === 0 && allow.length > 0 ? "allow" : "deny",
    reasons:
      deciding.length > 0
        ? (reasons as ReferenceDecision["reasons"])
        : [{ message: "no rule allows this", code: "default_deny" }],
    redactions: redactions as readonly string[],
    obligations: makeSet(oblige).items.map(toJson),
    errors: [],
  };
}

/** A text, or an object with one under `message`. */
function reasonOf(value: Value): ReferenceDecision["reasons"][number] | undefined {
  if (typeof value === "string") return { message: value };
  const isReason = isPlainObject(value) && typeof value["message"] === "string";
  return isReason ? (toJson(value) as { readonly [key: string]: unknown }) : undefined;
}

function denied(message: string, code: DecisionError["code"]): ReferenceDecision {
  return {
    effect: "deny",
    reasons: [{ message, code }],
    redactions: [],
    obligations: [],
    errors: [code],
  };
}
