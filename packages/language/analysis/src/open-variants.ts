// A program as it would be if something were taken for granted: the rules that allow, each plainly true or not at
// all; no rule that denies; a collection of the input that is empty. What such a program always allows is read off
// its trees like anything else.

import { constantOf } from "@writ/compiler";
import { DECISION_RULES, type InputPath } from "@writ/evaluator";
import {
  eachNode,
  type Program,
  type RuleIR,
  replaceTerms,
  type StatementIR,
  type TermIR,
} from "@writ/ir";

/** Of which rules of a kind are looked at: those that decide. */
export function isDecision(rule: RuleIR, kind: string): boolean {
  return !rule.isTest && rule.path.at(-1) === kind && rule.path.length === rule.package.length + 1;
}

/**
 * The rules that allow, each a clause by itself, and what is no decision. `refusals`: whether what a rule says false
 * of counts; without them a default and an `else` stand for themselves.
 */
export function allowsOnly(program: Program, { refusals }: { refusals: boolean }): Program {
  const allows = program.rules.filter((rule) => isDecision(rule, "allow"));
  const byPath = Map.groupBy(allows, ({ path }) => path.join("\u0000"));
  const clauses = [...byPath.values()].flatMap((group) => {
    const mayRefuse = group.some(
      (rule) => !rule.isDefault && valuesOf(rule).some((value) => constantOf(value) !== true),
    );
    return group.flatMap((rule) => clausesOf(rule, refusals, mayRefuse));
  });
  const others = program.rules.filter(
    (rule) => !DECISION_RULES.some((kind) => kind !== "deny" && isDecision(rule, kind)),
  );
  return { ...program, rules: [...others, ...clauses] };
}

function valuesOf({ value, elses }: RuleIR): readonly TermIR[] {
  return [value, ...elses.map((branch) => branch.value)];
}

function clausesOf(rule: RuleIR, refusals: boolean, mayRefuse: boolean): readonly RuleIR[] {
  if (rule.kind === "set") return [rule];
  if (rule.isDefault) {
    const isOpen = constantOf(rule.value) === true && !(refusals && mayRefuse);
    return isOpen ? [{ ...rule, isDefault: false, body: [] }] : [];
  }
  const branches = [{ value: rule.value, body: rule.body }, ...rule.elses];
  const refusing = branches.findIndex(({ value }) => constantOf(value) !== true);
  // What comes after a branch that may refuse holds only where that one does not.
  const counted = refusals && refusing >= 0 ? branches.slice(0, refusing + 1) : branches;
  return counted.flatMap(({ value, body }) => {
    const constant = constantOf(value);
    if (constant !== undefined && constant !== true) return [];
    const asked: StatementIR[] =
      constant === true ? [] : [{ kind: "expression", term: value, span: value.span }];
    const truth: TermIR = {
      kind: "boolean",
      value: true,
      type: { kind: "boolean" },
      span: value.span,
    };
    return [{ ...rule, body: [...body, ...asked], value: truth, elses: [] }];
  });
}

/** The program in which nothing is denied; undefined where what allows does not hang on denies. */
export function withoutDenies(program: Program): Program | undefined {
  const denies = program.rules.filter((rule) => isDecision(rule, "deny"));
  const refusing = new Set(denies.map(({ path }) => path.join("\u0000")));
  for (const rule of denies) for (const path of passedOn(rule)) refusing.add(path);
  const isRefusing = ({ path }: RuleIR): boolean => refusing.has(path.join("\u0000"));
  const isAsked = program.rules.some((rule) => !isRefusing(rule) && refers(rule, refusing));
  if (!isAsked) return undefined;
  const rules = program.rules.map((rule) =>
    isRefusing(rule) && !rule.isDefault ? withoutMembers(rule) : rule,
  );
  return { ...program, rules };
}

function withoutMembers(rule: RuleIR): RuleIR {
  const { headSpan: span } = rule;
  const never: TermIR = { kind: "boolean", value: false, type: { kind: "boolean" }, span };
  const body: readonly StatementIR[] = [{ kind: "expression", term: never, span }];
  const element = rule.element === undefined ? {} : { element: never };
  return { ...rule, ...element, value: never, body, elses: [] };
}

/** `deny contains x if some x in violations`: the sets whose members are denies. */
function passedOn({ body, element }: RuleIR): readonly string[] {
  const [only, ...others] = body;
  if (only?.kind !== "scan" || others.length > 0 || element?.kind !== "var") return [];
  const { value, collection } = only;
  const isPassedOn = value.kind === "var" && value.id === element.id;
  const path = isPassedOn ? documentPath(collection) : undefined;
  return path === undefined ? [] : [path];
}

function documentPath(term: TermIR): string | undefined {
  if (term.kind !== "ref" || term.root !== "data") return undefined;
  const constant = term.parts.flatMap((part) => (part.kind === "string" ? [part.value] : []));
  return constant.length < term.parts.length ? undefined : constant.join("\u0000");
}

function refers(rule: RuleIR, paths: ReadonlySet<string>): boolean {
  let isFound = false;
  eachNode([rule.value, rule.element, rule.body, rule.elses], (node) => {
    const { kind, root, parts } = node as { kind?: unknown; root?: unknown; parts?: TermIR[] };
    if (isFound || kind !== "ref" || root !== "data" || parts === undefined) return;
    const key: string[] = [];
    for (const part of parts) {
      if (part.kind !== "string") break;
      key.push(part.value);
      isFound ||= paths.has(key.join("\u0000"));
    }
  });
  return isFound;
}

/** The constant paths of the input that rules read, each once. */
export function pathsRead(rules: readonly RuleIR[]): readonly InputPath[] {
  const found = new Map<string, InputPath>();
  eachNode(
    rules.map(({ value, element, body, elses }) => [value, element, body, elses]),
    (node) => {
      const { kind, root, parts } = node as { kind?: unknown; root?: unknown; parts?: TermIR[] };
      if (kind !== "ref" || root !== "input" || parts === undefined) return;
      const path: string[] = [];
      for (const part of parts) {
        if (part.kind !== "string") break;
        path.push(part.value);
      }
      found.set(path.join("\u0000"), path);
    },
  );
  return [...found.values()];
}

/** The program of an input whose collection at a path has no members. */
export function whereEmpty(program: Program, path: InputPath): Program {
  const replacement = (term: TermIR): TermIR | undefined => {
    if (term.kind !== "ref" || term.root !== "input") return undefined;
    const { parts } = term;
    const isMeant = path.every((key, index) => {
      const part = parts[index];
      return part?.kind === "string" && part.value === key;
    });
    if (!isMeant) return undefined;
    const { span } = term;
    const none: TermIR = { kind: "array", items: [], type: { kind: "array", items: ANY }, span };
    const below = parts.slice(path.length).map((part) => replaceTerms(part, replacement));
    return below.length === 0 ? none : { ...term, root: none, parts: below };
  };
  const replaced = <T extends StatementIR | TermIR>(node: T): T => replaceTerms(node, replacement);
  const rules = program.rules.map(
    (rule): RuleIR => ({
      ...rule,
      value: replaced(rule.value),
      ...(rule.element === undefined ? {} : { element: replaced(rule.element) }),
      keys: rule.keys.map(replaced),
      body: rule.body.map(replaced),
      elses: rule.elses.map((branch) => ({
        ...branch,
        value: replaced(branch.value),
        body: branch.body.map(replaced),
      })),
    }),
  );
  return { ...program, rules };
}

const ANY = { kind: "any" } as const;
