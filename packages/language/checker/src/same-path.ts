// Rules of one path: those that are there twice, and those with one value each of which two hold at once.

import { type Diagnostic, diagnostic } from "@writ/diagnostics";
import { partsOf, type RuleIR, type TermIR } from "@writ/ir";
import type { BodyFacts } from "./body-facts.ts";
import { factsOf } from "./contradictions.ts";
import { ruleKey } from "./rule-key.ts";
import { ClosedNames } from "./subject.ts";

/** Of the rules of one path no more pairs than this are looked at: what is left the evaluation refuses. */
const MAX_PAIRS = 20_000;

export function findDuplicates(rules: readonly RuleIR[]): readonly Diagnostic[] {
  const alike = Map.groupBy(
    rules.filter(({ isDefault }) => !isDefault),
    constantsOf,
  );
  return [...alike.values()].flatMap((group) => (group.length < 2 ? [] : duplicatesAmong(group)));
}

/** What duplicates have in common, and is found faster than all that they say. */
function constantsOf(rule: RuleIR): string {
  return `${rule.path.join("\u0000")}\u0000${partsOf(rule).texts.join("\u0000")}`;
}

function duplicatesAmong(rules: readonly RuleIR[]): readonly Diagnostic[] {
  const seen = new Map<string, RuleIR>();
  return rules.flatMap((rule) => {
    const { path, params, keys, element, value, body, elses } = rule;
    const key = ruleKey([path, params, keys, element, value, body, elses]);
    const first = seen.get(key);
    if (first === undefined) {
      seen.set(key, rule);
      return [];
    }
    const related = [{ span: first.headSpan, text: "here" }];
    return [
      diagnostic("W0406", { path: path.join(".") }, rule.headSpan, { related, help: "remove one" }),
    ];
  });
}

interface Valued {
  readonly rule: RuleIR;
  readonly key: string;
  readonly facts: BodyFacts;
}

/** Pairs of which an input makes both hold. What cannot be proved is left to the evaluation, which refuses it. */
export function findConflicts(rules: readonly RuleIR[]): readonly Diagnostic[] {
  const groups = Map.groupBy(
    rules.filter(({ kind, isDefault }) => kind === "complete" && !isDefault),
    ({ path }) => path.join("\u0000"),
  );
  const closed = new ClosedNames();
  return [...groups.values()].flatMap((group) => {
    const found: Diagnostic[] = [];
    const before: Valued[] = [];
    let pairs = 0;
    const values = new Set(group.map(({ value }) => constantKey(value)));
    for (const rule of values.size < 2 ? [] : group) {
      const valued = asValued(rule, closed);
      if (valued === undefined) continue;
      const other = before.find((each) => {
        if (each.key === valued.key || pairs >= MAX_PAIRS) return false;
        pairs += 1;
        return canBothHold(each, valued, closed);
      });
      if (other !== undefined) found.push(conflict(other, valued));
      before.push(valued);
    }
    return found;
  });
}

/** Undefined for a value that is no constant, and for a body of which not everything is known. */
function asValued(rule: RuleIR, closed: ClosedNames): Valued | undefined {
  if (!["string", "number", "boolean", "null"].includes(rule.value.kind)) return undefined;
  const facts = factsOf(rule, closed);
  for (const statement of rule.body) facts.assume(statement);
  return facts.isSatisfiable ? { rule, key: constantKey(rule.value), facts } : undefined;
}

function constantKey(value: TermIR): string {
  return value.kind === "number" ? `number ${Number(value.text)}` : ruleKey(value);
}

function canBothHold(a: Valued, b: Valued, closed: ClosedNames): boolean {
  const both = factsOf(a.rule, closed);
  for (const statement of a.rule.body) both.assume(statement);
  both.forgetNames();
  for (const statement of b.rule.body) both.assume(statement);
  return both.isSatisfiable;
}

function conflict(first: Valued, second: Valued): Diagnostic {
  const params = {
    path: second.rule.path.join("."),
    one: showConstant(first.rule.value),
    other: showConstant(second.rule.value),
  };
  const related = [{ span: first.rule.headSpan, text: "the other value" }];
  const help = "let the conditions exclude each other, or write `else`";
  return diagnostic("E0405", params, second.rule.headSpan, { related, help });
}

function showConstant(value: TermIR): string {
  const text =
    value.kind === "number"
      ? value.text
      : value.kind === "null"
        ? "null"
        : JSON.stringify((value as { readonly value: unknown }).value);
  return `\`${text}\``;
}
