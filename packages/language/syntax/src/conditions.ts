// Conditions of YAML rules. Each tests one path; `any`, `all` and `not` combine them. Missing is never
// permission: where a path is missing, what says that a value must not be so holds in a rule that takes
// something away, and fails in one that allows, whether an operator says it or a `not` around one.

import { type Diagnostic, diagnostic, type Span, suggest } from "@writ/diagnostics";
import { isMap, isScalar, isSeq, type Node, type YAMLMap } from "yaml";
import type { Body, Expression, Statement, Term } from "./ast.ts";
import {
  comparedInKind,
  infix,
  negate,
  negatedBy,
  OPERATORS,
  type Operands,
  statement,
} from "./operators.ts";
import type { YamlContext } from "./yaml-context.ts";
import { pathTerm, readPath } from "./yaml-path.ts";
import { entriesOf, type YamlEntry, YamlReader } from "./yaml-reader.ts";
import { findVariable, noVariables, resolvePath, variableName } from "./yaml-variables.ts";

export interface ConditionContext extends YamlContext {
  /** Whether the rule allows; every other one takes something away. */
  readonly isAllow: boolean;
  /** Whether what is read stands under a `not`, or an odd number of them. */
  readonly isNegated: boolean;
  /** How many more named conditions the rule may take in: they can name each other. */
  readonly budget: { left: number };
}

export const OPERATOR_NAMES: readonly string[] = [...Object.keys(OPERATORS), "within"];

/** A rule takes in no more named conditions than this. */
export const MAX_NAMED_CONDITIONS = 1000;

/** A list of conditions, or a mapping of several: all must hold. Undefined when one could not be read. */
export function readConditions(node: Node, context: ConditionContext): Body | undefined {
  const reader = new YamlReader(context);
  const maps = isSeq(node) ? (node.items as Node[]) : [node];
  if (maps.length === 0) {
    reader.wrongType(node, "a list of conditions", "a list of at least one");
    return undefined;
  }
  const body: Statement[] = [];
  let isComplete = true;
  for (const map of maps) {
    if (!isMap(map)) {
      reader.wrongType(map, "a condition", "a mapping from a path to what is asked of it");
      return undefined;
    }
    isComplete = isNotEmpty(map, "a condition", "a path", reader) && isComplete;
    for (const { key, keyNode, value } of entriesOf(map)) {
      const expressions =
        value === undefined
          ? missingValue(keyNode, key, reader)
          : readCondition(key, keyNode, value, context);
      if (expressions === undefined) isComplete = false;
      else body.push(...expressions.map((expression) => statement(expression)));
    }
  }
  return isComplete ? body : undefined;
}

/** What asks nothing would hold of everything. */
function isNotEmpty(map: YAMLMap, what: string, expected: string, reader: YamlReader): boolean {
  if (map.items.length === 0) reader.wrongType(map, what, `a mapping with at least ${expected}`);
  return map.items.length > 0;
}

function missingValue(keyNode: Node, key: string, reader: YamlReader): undefined {
  reader.wrongType(keyNode, `\`${key}\``, "followed by what is asked of it");
  return undefined;
}

function readCondition(
  key: string,
  keyNode: Node,
  value: Node,
  context: ConditionContext,
): readonly Expression[] | undefined {
  const reader = new YamlReader(context);
  const span = { ...reader.span(keyNode), end: reader.span(value).end };
  switch (key) {
    case "all":
      return readConditions(value, context)?.map(({ expression }) => expression);
    case "any":
      return readAny(value, span, context);
    case "not": {
      const inner = readConditions(value, { ...context, isNegated: !context.isNegated });
      const [only] = inner ?? [];
      const plain = inner?.length === 1 && only && negatedBy(only.expression);
      if (plain) return plain.map(({ expression }) => expression);
      return inner === undefined ? undefined : [negate(inner, span)];
    }
    case "condition":
      return readNamed(value, context);
    default:
      return readPathCondition(key, keyNode, value, context);
  }
}

/** The conditions of that name, as if they stood here. */
function readNamed(value: Node, context: ConditionContext): readonly Expression[] | undefined {
  const reader = new YamlReader(context);
  const name = reader.string(value, "`condition`");
  if (name === undefined) return undefined;
  const { named = new Map<string, Node>() } = context;
  const found = named.get(name);
  if (found === undefined) {
    const near = suggest(name, named.keys());
    const hint = near === undefined ? "" : `; did you mean \`${near}\`?`;
    reader.wrongType(
      value,
      "`condition`",
      `a name from \`conditions\`, not the one it stands in${hint}`,
    );
    return undefined;
  }
  context.budget.left -= 1;
  if (context.budget.left < 0) {
    if (context.budget.left === -1)
      reader.wrongType(value, "a rule", `one of at most ${MAX_NAMED_CONDITIONS} named conditions`);
    return undefined;
  }
  const others = new Map([...named].filter(([other]) => other !== name));
  const { variables = noVariables } = context;
  // What the file names means the same wherever it is used.
  const inFile = { ...variables, ofRule: new Map<string, Node>() };
  const within = { ...context, named: others, variables: inFile };
  return readConditions(found, within)?.map(({ expression }) => expression);
}

/** Some of the list holds: true is among what they come to. */
function readAny(
  value: Node,
  span: Span,
  context: ConditionContext,
): readonly Expression[] | undefined {
  if (!isSeq(value) || value.items.length === 0) {
    new YamlReader(context).wrongType(value, "`any`", "a list of at least one condition");
    return undefined;
  }
  const bodies = value.items.map((item) => readConditions(item as Node, context));
  if (bodies.includes(undefined)) return undefined;
  // not (not a and not b): a disjunction without a rule of its own.
  const none = (bodies as Body[]).map((body) => statement(negate(body, span)));
  return [negate(none, span)];
}

function readPathCondition(
  key: string,
  keyNode: Node,
  value: Node,
  context: ConditionContext,
): readonly Expression[] | undefined {
  const reader = new YamlReader(context);
  const keySpan = reader.span(keyNode);
  const before = context.diagnostics.length;
  const path = resolvePath(key, keyNode, context);
  if (path === undefined && context.diagnostics.length > before) return undefined;
  if (path === undefined || !["input", "data"].includes(path[0] ?? "") || path.length < 2) {
    reader.wrongType(
      keyNode,
      `\`${key}\``,
      "a path such as `input.model.id`, or `any`, `all` or `not`",
    );
    return undefined;
  }
  const at = pathTerm(path, keySpan);
  if (!isMap(value)) {
    const span = { ...keySpan, end: reader.span(value).end };
    return orMissing([infix("==", at, reader.term(value), span)], at, context);
  }
  const read = isNotEmpty(value, `\`${key}\``, "one operator", reader)
    ? entriesOf(value).map((entry) => readOperator(path, at, entry, context))
    : [undefined];
  return read.includes(undefined) ? undefined : read.flatMap((expressions) => expressions ?? []);
}

/** Under the `not` of a rule that allows, what is asked of a missing path holds: so the `not` does not. */
function orMissing(
  asked: readonly Expression[],
  at: Term,
  { isAllow, isNegated }: ConditionContext,
): readonly Expression[] {
  if (!isAllow || !isNegated) return asked;
  const not = statement(negate(asked.map(statement), at.span));
  return [negate([statement(infix("==", at, at, at.span)), not], at.span)];
}

function readOperator(
  path: readonly string[],
  at: Term,
  { key: name, keyNode, value: operand }: YamlEntry,
  context: ConditionContext,
): readonly Expression[] | undefined {
  const reader = new YamlReader(context);
  if (operand === undefined) return missingValue(keyNode, name, reader);
  const missing = context.isAllow === context.isNegated ? "holds" : "fails";
  if (name === "within") {
    const asked = readWindow(path, operand, { ...context, missing });
    return asked && orMissing(asked, at, context);
  }
  const operator = Object.hasOwn(OPERATORS, name) ? OPERATORS[name] : undefined;
  if (operator === undefined) {
    context.diagnostics.push(unknownOperator(name, reader.span(keyNode)));
    return undefined;
  }
  const value = readOperand(name, operator.takes, operand, context);
  const span = { ...at.span, end: reader.span(operand).end };
  if (value === undefined) return undefined;
  warnOfMixedKinds(value, context);
  const ofKind = operator.isOrder ? kindToAskFor(path, value, context) : undefined;
  if (operator.isOrder && !isOrdered(value)) {
    reader.wrongType(
      operand,
      `the operand of \`${name}\``,
      "a number or a text, or two of one kind",
    );
    return undefined;
  }
  const asked = operator.make({ at, value, span, missing, ofKind });
  return operator.onMissing === "decides" ? asked : orMissing(asked, at, context);
}

const SCALARS = ["number", "string", "boolean"];

/** A list of constants of which one is written as another kind of value than the first. */
function warnOfMixedKinds(list: Term, { diagnostics }: ConditionContext): void {
  const items =
    list.kind === "array" ? list.items.filter(({ kind }) => SCALARS.includes(kind)) : [];
  const [first] = items;
  const other = items.find(({ kind }) => kind !== first?.kind);
  if (first === undefined || other === undefined) return;
  const params = { one: textOf(first), other: textOf(other) };
  const help = "write all of them as texts, in quotes, or none";
  diagnostics.push(diagnostic("W0423", params, other.span, { help }));
}

function textOf(term: Term): string {
  if (term.kind === "number") return `\`${term.text}\``;
  return "value" in term ? `\`${JSON.stringify(term.value)}\`` : "`null`";
}

/** The kind that a value must have to be compared; undefined where it is known to have it. */
function kindToAskFor(
  path: readonly string[],
  value: Term,
  { kindAt }: ConditionContext,
): "number" | "string" | undefined {
  if (kindAt?.(path) !== undefined) return undefined;
  const [compared = value] = value.kind === "array" ? value.items : [];
  return compared.kind === "string" ? "string" : "number";
}

/** Numbers, texts, or what the data has; two of them are of one kind. */
function isOrdered(value: Term): boolean {
  const [first, ...others] = value.kind === "array" ? value.items : [value];
  if (first === undefined || !["number", "string", "ref"].includes(first.kind)) return false;
  return others.every(({ kind }) => kind === first.kind);
}

function unknownOperator(operator: string, span: Span): Diagnostic {
  const near = suggest(operator, OPERATOR_NAMES);
  const help =
    near === undefined ? `there are ${OPERATOR_NAMES.join(", ")}` : `did you mean \`${near}\`?`;
  return diagnostic("E0124", { operator }, span, { help });
}

const OPERANDS = {
  value: "a value, or `{ data: path }`",
  list: "a list of at least one value, or `{ data: path }`",
  truth: "true or false",
  pair: "a list of two values, from and to",
  "one-or-list": "a value, a list of at least one, or `{ data: path }` of a list",
} as const;

/** A constant, `{ data: path }` for a base document, or `{ var: name }` for a variable that is one of these. */
function readOperand(
  operator: string,
  takes: keyof typeof OPERANDS,
  node: Node,
  context: ConditionContext,
): Term | undefined {
  const reader = new YamlReader(context);
  const name = variableName(node);
  const operand = name === undefined ? node : findVariable(name, node, context);
  if (operand === undefined) return undefined;
  if (fits(takes, operand)) return reader.term(operand);
  const path = takes === "pair" || takes === "truth" ? undefined : dataPath(operand);
  if (path !== undefined) return pathTerm(path, reader.span(node));
  reader.wrongType(node, `the operand of \`${operator}\``, OPERANDS[takes]);
  return undefined;
}

function fits(takes: keyof typeof OPERANDS, node: Node): boolean {
  const count = isSeq(node) ? node.items.length : undefined;
  return {
    value: !isMap(node),
    list: count !== undefined && count > 0,
    pair: count === 2,
    truth: isScalar(node) && typeof node.value === "boolean",
    "one-or-list": isScalar(node) || (count !== undefined && count > 0),
  }[takes];
}

function dataPath(node: Node): readonly string[] | undefined {
  const [entry, ...others] = isMap(node) ? entriesOf(node) : [];
  return entry?.key === "data" && others.length === 0 && isScalar(entry.value)
    ? readPath(`data.${String(entry.value.value)}`)
    : undefined;
}

/** `input.time: { within: { weekdays: [monday, …], hours: [9, 17] } }`: from the first hour to before the last. */
function readWindow(
  path: readonly string[],
  node: Node,
  context: ConditionContext & Pick<Operands, "missing">,
): readonly Expression[] | undefined {
  const reader = new YamlReader(context);
  const span = reader.span(node);
  if (!isMap(node)) {
    reader.wrongType(node, "the operand of `within`", "a mapping with `weekdays` or `hours`");
    return undefined;
  }
  reader.checkKeys(node, ["weekdays", "hours"], "a time window");
  if (!isNotEmpty(node, "the operand of `within`", "`weekdays` or `hours`", reader))
    return undefined;
  const expressions: Expression[] = [];
  const weekdays = reader.get(node, "weekdays");
  if (weekdays !== undefined && !(isSeq(weekdays) && weekdays.items.length > 0)) {
    reader.wrongType(weekdays, "`weekdays`", "a list of at least one day");
  } else if (weekdays !== undefined) {
    const value = pathTerm([...path, "weekday"], span);
    expressions.push({ kind: "in", value, collection: reader.term(weekdays), span });
  }
  const hours = reader.get(node, "hours");
  if (hours === undefined) return expressions;
  const range = reader.term(hours);
  const [from, to] = range.kind === "array" ? range.items : [];
  if (
    from?.kind !== "number" ||
    to?.kind !== "number" ||
    (range.kind === "array" && range.items.length !== 2) ||
    [from, to].some(({ text }) => !(Number(text) >= 0 && Number(text) <= 24))
  ) {
    reader.wrongType(hours, "`hours`", "a list of two hours from 0 to 24, from and to");
    return undefined;
  }
  const hour = pathTerm([...path, "hour"], span);
  const ofKind = kindToAskFor([...path, "hour"], from, context);
  const asked = { at: hour, span, missing: context.missing, ofKind };
  const after = infix(">=", hour, from, span);
  const before = infix("<", hour, to, span);
  // Over midnight: late enough, or early enough.
  const isOvernight = Number(from.text) > Number(to.text);
  const inWindow: readonly [Expression, ...Expression[]] = isOvernight
    ? [
        negate(
          [
            statement(negate([statement(after)], span)),
            statement(negate([statement(before)], span)),
          ],
          span,
        ),
      ]
    : [after, before];
  return [...expressions, ...comparedInKind(inWindow, asked)];
}
