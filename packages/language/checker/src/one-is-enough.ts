// An `allow` that tries the members of a collection and asks of each only what it is not: one harmless member
// allows, whatever the others are.

import { type Diagnostic, diagnostic } from "@writ/diagnostics";
import { type RuleIR, type StatementIR, type TermIR, termsOf, type VarId, walk } from "@writ/ir";

type Scan = Extract<StatementIR, { kind: "scan" }>;

export function findOneIsEnough(rules: readonly RuleIR[]): readonly Diagnostic[] {
  return rules.filter(isAllow).flatMap((rule) =>
    rule.body.flatMap((statement) => {
      if (statement.kind !== "scan" || statement.value.kind !== "var") return [];
      if (!isOnlyDenied(statement.value.id, statement, rule)) return [];
      const help =
        "to require it of all of them, write `every`; if one is enough, say so in a suppression";
      return [diagnostic("W0408", {}, statement.span, { help })];
    }),
  );
}

function isAllow({ path, package: inPackage, isTest }: RuleIR): boolean {
  return !isTest && path.length === inPackage.length + 1 && path.at(-1) === "allow";
}

/** Whether a member is read in statements under `not`, and nowhere else. */
function isOnlyDenied(id: VarId, scan: Scan, rule: RuleIR): boolean {
  const heads = [rule.value, ...(rule.element === undefined ? [] : [rule.element])];
  if (heads.some((term) => reads(term, id))) return false;
  const readers = rule.body.filter((statement) => statement !== scan && isRead(statement, id));
  return readers.length > 0 && readers.every(({ kind }) => kind === "not");
}

function isRead(statement: StatementIR, id: VarId): boolean {
  const inner = "body" in statement ? statement.body : [];
  return (
    termsOf(statement).some((term) => reads(term, id)) || inner.some((each) => isRead(each, id))
  );
}

function reads(term: TermIR, id: VarId): boolean {
  let isFound = false;
  walk(term, (child) => {
    isFound ||= child.kind === "var" && child.id === id;
    isFound ||= child.kind === "comprehension" && child.body.some((each) => isRead(each, id));
    isFound ||= child.kind === "comprehension" && reads(child.value, id);
    isFound ||= child.kind === "comprehension" && child.key !== undefined && reads(child.key, id);
  });
  return isFound;
}
