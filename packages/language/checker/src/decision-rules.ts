// What the decision rules must be: `allow` true or a set of reasons, `deny` a set of reasons, `redact` a
// set of labels from the vocabulary, `oblige` a set of obligations.

import { type Diagnostic, diagnostic, suggest } from "@writ/diagnostics";
import { alternatives, type RuleIR, showType, type TermIR } from "@writ/ir";

export const DECISION_RULES: readonly string[] = ["allow", "deny", "redact", "oblige"];

export function checkDecisionRules(
  rules: readonly RuleIR[],
  labels: readonly string[] | undefined,
): readonly Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  for (const rule of rules) {
    const [name = "", ...below] = rule.path.slice(rule.package.length);
    if (!DECISION_RULES.includes(name) || rule.isTest) continue;
    // `deny.x` and `deny["x"]` are parts of an object, which decides nothing.
    const isPart = below.length > 0;
    const found =
      name === "allow" ? checkAllow(rule, isPart) : checkSet(rule, { name, isPart }, labels);
    if (found !== undefined) diagnostics.push(found);
  }
  return diagnostics;
}

function checkAllow(rule: RuleIR, isPart: boolean): Diagnostic | undefined {
  if (rule.kind === "set" && !isPart) return checkReason(rule, "allow");
  const values = [rule.value, ...rule.elses.map(({ value }) => value)];
  const wrong = values.find(
    ({ type }) => !alternatives(type).some(({ kind }) => kind === "any" || kind === "boolean"),
  );
  if (rule.kind === "complete" && wrong === undefined && !isPart) return undefined;
  const path = rule.path.join(".");
  return diagnostic("E0401", { path }, wrong?.span ?? rule.headSpan, {
    help: "write `allow if …` or `allow contains reason if …`",
  });
}

function checkSet(
  rule: RuleIR,
  { name, isPart }: { readonly name: string; readonly isPart: boolean },
  labels: readonly string[] | undefined,
): Diagnostic | undefined {
  if (rule.kind !== "set" || isPart) {
    const help = `write \`${name} contains ${name === "redact" ? "label" : "reason"} if …\``;
    return diagnostic("E0402", { rule: name }, rule.headSpan, { help });
  }
  if (name === "deny") return checkReason(rule, name);
  return name === "redact" ? checkLabel(rule, labels) : undefined;
}

function checkReason(rule: RuleIR, name: string): Diagnostic | undefined {
  const element = rule.element as TermIR;
  const fits = alternatives(element.type).some(
    (type) =>
      type.kind === "any" ||
      type.kind === "string" ||
      (type.kind === "object" && (type.rest !== undefined || type.properties.has("message"))),
  );
  if (fits) return undefined;
  const expected = "reasons: strings, or objects with `message`";
  return diagnostic("E0403", { rule: name, expected, found: showType(element.type) }, element.span);
}

function checkLabel(rule: RuleIR, labels: readonly string[] | undefined): Diagnostic | undefined {
  const element = rule.element as TermIR;
  const types = alternatives(element.type);
  if (!types.some(({ kind }) => kind === "any" || kind === "string")) {
    return diagnostic(
      "E0403",
      { rule: "redact", expected: "labels", found: showType(element.type) },
      element.span,
    );
  }
  const unknown = types
    .flatMap((type) => (type.kind === "string" ? (type.values ?? []) : []))
    .find((value) => labels !== undefined && !labels.includes(value));
  if (unknown === undefined) return undefined;
  const near = suggest(unknown, labels ?? []);
  const help = near === undefined ? undefined : `did you mean \`${near}\`?`;
  return diagnostic("E0303", { value: unknown, what: "a label" }, element.span, { help });
}
