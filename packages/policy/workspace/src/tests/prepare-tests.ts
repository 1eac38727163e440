// What is made of test rules before they are compiled, as OPA does it: of several tests of one name each is a
// test of its own, and a test with keys, `test_a[name] if …`, notes which it tries.

import type { Module, RefPart, Rule, Statement, Term } from "@writ/syntax";
import { TEST_NAME } from "./test-rules.ts";

/** The modules with test rules told apart by name, and noting the cases they try. */
export function prepareTests(modules: readonly Module[]): readonly Module[] {
  const counts = new Map<string, number>();
  return modules.map((module) => {
    const around = module.package.path.join("\u0000");
    const globals = new Set(["input", "data", ...namesOf(modules, around)]);
    const rules = module.rules.map((rule) => {
      const at = testPartOf(rule);
      return at < 0 ? rule : noteCases(separate(rule, at, around, counts), at, globals);
    });
    return { ...module, rules };
  });
}

/** Which part of a rule's name makes it a test, before any key that is not constant. */
function testPartOf({ head }: Rule): number {
  if (head.args !== undefined) return -1;
  const dynamic = head.ref.findIndex(({ term }, at) => at > 0 && !isScalar(term));
  const ground = dynamic < 0 ? head.ref : head.ref.slice(0, dynamic);
  return ground.findIndex(({ term }) => TEST_NAME.test(textOf(term)));
}

function textOf(term: Term): string {
  return term.kind === "var" ? term.name : term.kind === "string" ? term.value : "";
}

/** The second of a name is `test_a#01`. */
function separate(rule: Rule, at: number, around: string, counts: Map<string, number>): Rule {
  const { ref } = rule.head;
  const part = ref[at] as RefPart;
  const name = textOf(part.term);
  const key = [around, ...ref.slice(0, at + 1).map(({ term }) => textOf(term))].join("\u0000");
  const count = counts.get(key) ?? 0;
  counts.set(key, count + 1);
  if (count === 0) return rule;
  const own = `${name}#${String(count).padStart(2, "0")}`;
  const { term } = part;
  const renamed = term.kind === "string" ? { ...term, value: own } : { ...term, name: own };
  return { ...rule, head: { ...rule.head, ref: ref.with(at, { ...part, term: renamed as Term }) } };
}

/**
 * `internal.test_case([keys])` stands as early as the keys are known: right behind what introduces their last
 * variable. A key that is worked out is so before. Constant keys are none, but to OPA of `test_a.b := true`.
 */
function noteCases(rule: Rule, at: number, globals: ReadonlySet<string>): Rule {
  const { head, body = [] } = rule;
  const parts = head.ref.slice(at + 1);
  const isEntry = rule.body === undefined && head.ref.length === 2 && head.element === undefined;
  if (rule.isDefault || parts.length === 0) return rule;
  if (!isEntry && parts.every(({ term }) => isScalar(term))) return rule;
  const statements: Statement[] = [...body];
  const behind = (term: Term): number =>
    Math.max(
      0,
      ...variablesOf(term)
        .filter((name) => !globals.has(name))
        .map((name) => 1 + statements.findIndex((each) => variablesOf(each).includes(name))),
    );
  const keys = parts.map(({ term }, index): Term => {
    if (isScalar(term) || (term.kind === "var" && !globals.has(term.name))) return term;
    const { span } = term;
    const left: Term = { kind: "var", name: `case#${index}`, span };
    const expression = { kind: "assign", left, right: term, span } as const;
    statements.splice(behind(term), 0, { kind: "statement", expression, withs: [], span });
    return left;
  });
  const { span } = head;
  const note: Term = {
    kind: "call",
    operator: ["internal", "test_case"].map((name) => ({ name, span })),
    args: [{ kind: "array", items: keys, span }],
    span,
  };
  const last = Math.max(...keys.map(behind));
  statements.splice(last, 0, { kind: "statement", expression: note, withs: [], span });
  const named = parts.map((part, index) => ({ ...part, term: keys[index] ?? part.term }));
  const ref = [...head.ref.slice(0, at + 1), ...named];
  return { ...rule, head: { ...head, ref }, body: statements };
}

function isScalar({ kind }: Term): boolean {
  return kind === "string" || kind === "number" || kind === "boolean" || kind === "null";
}

function variablesOf(node: unknown): readonly string[] {
  if (typeof node !== "object" || node === null) return [];
  if ("kind" in node && node.kind === "var" && "name" in node) return [node.name as string];
  return Object.values(node).flatMap(variablesOf);
}

/** What rules of a package and imports are called. */
function namesOf(modules: readonly Module[], around: string): readonly string[] {
  return modules
    .filter((module) => module.package.path.join("\u0000") === around)
    .flatMap(({ rules, imports }) => [
      ...rules.map(({ head }) => textOf((head.ref[0] as RefPart).term)),
      ...imports.map(({ path, alias }) => alias ?? path.at(-1) ?? ""),
    ]);
}
