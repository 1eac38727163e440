// The changes that are tried: by kind of syntax node, what stands in its place. They are those of the field
// (Stryker, PIT) and three more that matter for limits and safety: a number by one, a call left out, a
// default (`?? b`) dropped. Types, imports, names of members and texts for people are left as they are.

import { parseAst } from "rolldown/parseAst";

/** A piece of source text and what stands in its place. */
export interface Mutation {
  readonly operator: string;
  readonly kind: "expression" | "statement";
  /** UTF-16 offsets, half open. */
  readonly start: number;
  readonly end: number;
  /** An empty statement for one that is left out. */
  readonly text: string;
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

/** Where a node stands. */
interface Place {
  readonly parent: Node;
  readonly key: string;
  /** Of the function around it. */
  readonly isPredicate: boolean;
  /** The chain of `?.` around it. */
  readonly chain: Node | undefined;
}

type Change = readonly [operator: string, text: string, site?: Node];

/** What an operator becomes. */
const SWAPS: { readonly [operator: string]: readonly (readonly [string, string])[] } = {
  "===": [["equality", "!=="]],
  "!==": [["equality", "==="]],
  "==": [["equality", "!="]],
  "!=": [["equality", "=="]],
  "<": [
    ["boundary", "<="],
    ["relation", ">="],
  ],
  "<=": [
    ["boundary", "<"],
    ["relation", ">"],
  ],
  ">": [
    ["boundary", ">="],
    ["relation", "<="],
  ],
  ">=": [
    ["boundary", ">"],
    ["relation", "<"],
  ],
  "&&": [["logic", "||"]],
  "||": [["logic", "&&"]],
  "+": [["arithmetic", "-"]],
  "-": [["arithmetic", "+"]],
  "*": [["arithmetic", "/"]],
  "/": [["arithmetic", "*"]],
  "%": [["arithmetic", "*"]],
  "**": [["arithmetic", "*"]],
  "&": [["arithmetic", "|"]],
  "|": [["arithmetic", "&"]],
  "^": [["arithmetic", "&"]],
  "<<": [["arithmetic", ">>"]],
  ">>": [["arithmetic", "<<"]],
  ">>>": [["arithmetic", "<<"]],
  "+=": [["assignment", "-="]],
  "-=": [["assignment", "+="]],
  "*=": [["assignment", "/="]],
  "/=": [["assignment", "*="]],
  "??=": [["assignment", "="]],
  "||=": [["assignment", "="]],
  "&&=": [["assignment", "="]],
};
const COMPARISONS = /^(?:[=!]==?|[<>]=?|in|instanceof)$/;
const LOOPS = /^(?:While|DoWhile|For)Statement$/;
const FUNCTIONS = /^(?:FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/;
/** Types are nothing at run time; these are expressions with a type beside them. */
const TYPED = /^TS(?:As|Satisfies|NonNull|Instantiation)Expression$/;
const PROSE = /\S \S+ \S/;

const CHANGES: {
  readonly [type: string]: (node: Node, source: string, place: Place) => readonly Change[];
} = {
  BinaryExpression: swap,
  AssignmentExpression: swap,
  LogicalExpression: (node, source) =>
    node["operator"] === "??"
      ? [["default", textOf(source, node["left"] as Node)]]
      : swap(node, source),
  UnaryExpression: (node, source) =>
    node["operator"] === "!" || node["operator"] === "-"
      ? [["unary", textOf(source, node["argument"] as Node)]]
      : [],
  Literal: literal,
  TemplateLiteral: (node, source, { key }) =>
    key === "quasi" || textOf(source, node) === "``" ? [] : [["string", '""']],
  ArrayExpression: (node) => ((node["elements"] as unknown[]).length > 0 ? [["array", "[]"]] : []),
  ExpressionStatement: (node) => (isPlainCall(node["expression"] as Node) ? [["call", ";"]] : []),
  ReturnStatement: (node, source, { isPredicate }) =>
    returned(node["argument"] as Node | null, source, isPredicate),
  ArrowFunctionExpression: (node, source) => {
    const body = node["body"] as Node;
    return body.type === "BlockStatement" ? [] : returned(body, source, isPredicateType(node));
  },
  IfStatement: condition,
  ConditionalExpression: condition,
  WhileStatement: condition,
  DoWhileStatement: condition,
  ForStatement: condition,
  MemberExpression: unchained,
  CallExpression: unchained,
};

/** Every mutation of a source text, in order. */
export function findMutations(source: string): readonly Mutation[] {
  const program = parseAst(source, { lang: "ts" }) as unknown as Node;
  const found = visit(program, source, {
    parent: program,
    key: "",
    isPredicate: false,
    chain: undefined,
  });
  return [...found].sort((a, b) => a.start - b.start || b.end - a.end);
}

function* visit(node: Node, source: string, place: Place): Generator<Mutation> {
  if (isLeftAlone(node, source, place)) return;
  for (const [operator, text, site = node] of CHANGES[node.type]?.(node, source, place) ?? []) {
    const kind = site.type === "ExpressionStatement" ? "statement" : "expression";
    const { start, end } = site;
    if (source.slice(start, end) !== text) yield { operator, kind, start, end, text };
  }
  const isPredicate = FUNCTIONS.test(node.type) ? isPredicateType(node) : place.isPredicate;
  const chain = chainAt(node, place);
  for (const [key, child] of childrenOf(node))
    yield* visit(child, source, { parent: node, key, isPredicate, chain });
}

/** Names of imports and of members stay. */
function* childrenOf(node: Node): Generator<readonly [key: string, child: Node]> {
  for (const [key, value] of Object.entries(node)) {
    if (key === "source" || (key === "key" && node["computed"] !== true)) continue;
    for (const child of Array.isArray(value) ? value : [value])
      if (isNode(child)) yield [key, child];
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value && "start" in value;
}

/** The object of a chain's link is in the chain; what stands in brackets or among arguments is not. */
function chainAt(node: Node, { parent, key, chain }: Place): Node | undefined {
  if (node.type === "ChainExpression")
    // Taken out of its place, a method would lose its object, and there would be nothing to delete.
    return key === "callee" || parent["operator"] === "delete" ? undefined : node;
  return key === "expression" || key === "object" || key === "callee" ? chain : undefined;
}

function isLeftAlone(node: Node, source: string, { key, parent }: Place): boolean {
  if (node.type.startsWith("TS")) return !TYPED.test(node.type);
  if (/^(?:ImportDeclaration|ExportAllDeclaration|ImportExpression)$/.test(node.type)) return true;
  if (node.type === "ThrowStatement" || isError(node)) return true;
  if (key === "value" && isNamed(parent["key"], "message")) return true;
  if (key === "init" && isNamed(parent["id"], "message")) return true;
  if (node.type === "TemplateLiteral") return PROSE.test(textOf(source, node));
  return node.type === "Literal" && PROSE.test(String(node["value"]));
}

function isError(node: Node): boolean {
  const callee = node["callee"] as Node | undefined;
  return node.type === "NewExpression" && String(callee?.["name"]).endsWith("Error");
}

function isNamed(node: unknown, name: string): boolean {
  return isNode(node) && node.type === "Identifier" && node["name"] === name;
}

function textOf(source: string, node: Node): string {
  return source.slice(node.start, node.end);
}

function swap(node: Node, source: string): readonly Change[] {
  const operator = String(node["operator"]);
  const [left, right] = [node["left"] as Node, node["right"] as Node];
  const before = source.slice(node.start, left.end);
  const between = source.slice(left.end, right.start);
  const after = source.slice(right.start, node.end);
  return (SWAPS[operator] ?? []).map(([name, other]) => [
    name,
    before + between.replace(operator, other) + after,
  ]);
}

function literal(node: Node, _: string, { parent }: Place): readonly Change[] {
  const { value } = node;
  if (node["regex"] !== undefined || "directive" in parent) return [];
  if (typeof value === "string") return value === "" ? [] : [["string", '""']];
  if (typeof value === "boolean") return [["boolean", String(!value)]];
  if (typeof value === "bigint") return byOne(`${value + 1n}n`, `${value - 1n}n`);
  return typeof value === "number" ? byOne(String(value + 1), String(value - 1)) : [];
}

function byOne(...texts: readonly string[]): readonly Change[] {
  return texts.map((text) => ["number", text]);
}

function isPlainCall(expression: Node): boolean {
  if (expression.type === "AwaitExpression") return isPlainCall(expression["argument"] as Node);
  if (expression.type === "ChainExpression") return isPlainCall(expression["expression"] as Node);
  const callee = expression["callee"] as Node | undefined;
  return expression.type === "CallExpression" && callee?.type !== "Super";
}

function returned(value: Node | null, source: string, isPredicate: boolean): readonly Change[] {
  // A constant is changed as such.
  if (value === null || value.type === "Literal" || isNamed(value, "undefined")) return [];
  if (isLeftAlone(value, source, { parent: value, key: "", isPredicate, chain: undefined }))
    return [];
  const texts = isPredicate || isBoolean(value) ? ["true", "false"] : ["undefined"];
  return texts.map((text) => ["return", text, value]);
}

function isBoolean(node: Node): boolean {
  if (node.type === "LogicalExpression")
    return isBoolean(node["left"] as Node) && isBoolean(node["right"] as Node);
  if (node.type === "UnaryExpression") return node["operator"] === "!";
  return node.type === "BinaryExpression" && COMPARISONS.test(String(node["operator"]));
}

function isPredicateType(node: Node): boolean {
  const type = (node["returnType"] as Node | null | undefined)?.["typeAnnotation"] as
    | Node
    | undefined;
  return type?.type === "TSBooleanKeyword" || type?.type === "TSTypePredicate";
}

function condition(node: Node, source: string): readonly Change[] {
  const test = node["test"] as Node | null;
  if (test === null || test.type === "Literal") return [];
  const isLoop = LOOPS.test(node.type);
  // What the operators on a comparison or a negation do is not done twice; a loop without an end shows nothing.
  const isNegated = test.type === "BinaryExpression" || test.type === "UnaryExpression";
  return [
    ...(isLoop ? [] : [["condition", "true", test] as const]),
    ["condition", "false", test],
    ...(isLoop || isNegated ? [] : [["condition", `!(${textOf(source, test)})`, test] as const]),
  ];
}

function unchained(node: Node, source: string, { chain }: Place): readonly Change[] {
  if (chain === undefined || node["optional"] !== true) return [];
  const at = source.indexOf("?.", ((node["object"] ?? node["callee"]) as Node).end);
  const link = /[\w$#]/.test(source.charAt(at + 2)) ? "." : "";
  const text = source.slice(chain.start, at) + link + source.slice(at + 2, chain.end);
  return [["chain", text, chain]];
}
