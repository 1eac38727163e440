// Decision trees in words: what a node asks of the input, and where each answer leads. Whatever form a tree
// is drawn in is drawn from this.

import { DECISION_RULES, type DecisionTrees, type Test, type TreeNode } from "@writ/evaluator";
import { type TextOf, WORDS } from "./region-text.ts";

/** A part of a tree in words, with its parts. */
export interface Outline {
  readonly text: string;
  readonly children: readonly { readonly edge: string; readonly outline: Outline }[];
}

/** Each decision rule's tree. `fold`: of many answers only the first are shown, and how many more there are. */
export function outlineTrees(
  trees: DecisionTrees,
  fold: boolean,
  textOf?: TextOf,
): readonly Outline[] {
  const readable = textOf === undefined ? trees : { ...trees, textOf };
  return DECISION_RULES.map((kind) => {
    const whole = outlineOf(trees.roots[kind], readable);
    return { text: kind, children: [{ edge: "", outline: fold ? folded(whole) : whole }] };
  });
}

/** More answers than this are folded, to this many. */
const MAX_ANSWERS = 12;
const MAX_EDGES = 4;

/** Answers that lead to the same become one; of those that are left the first are kept. */
function folded({ text, children }: Outline): Outline {
  const same = new Map<string, { edges: string[]; outline: Outline }>();
  for (const { edge, outline } of children) {
    const inner = folded(outline);
    const key = edge === "" ? `${same.size}` : JSON.stringify(inner);
    const known = same.get(key);
    if (known === undefined) same.set(key, { edges: [edge], outline: inner });
    else known.edges.push(edge);
  }
  const groups = [...same.values()];
  const kept = groups.slice(0, groups.length > MAX_ANSWERS ? MAX_ANSWERS - 1 : MAX_ANSWERS);
  const more = groups.slice(kept.length).reduce((sum, { edges }) => sum + edges.length, 0);
  const shown = kept.map(({ edges, outline }) => ({ edge: joined(edges), outline }));
  const rest =
    more === 0 ? [] : [{ edge: "", outline: { text: `and ${more} more`, children: [] } }];
  return { text, children: [...shown, ...rest] };
}

function joined(edges: readonly string[]): string {
  const more = edges.length - MAX_EDGES;
  const shown = edges.slice(0, MAX_EDGES).join(", ");
  return more > 0 ? `${shown} and ${more} more` : shown;
}

/** What a node asks, and each of its answers. */
export function describeNode(
  node: TreeNode,
  trees: DecisionTrees,
): { readonly asks: string; readonly answers: readonly string[] } {
  const { text, children } = outlineOf(node, trees);
  return { asks: text, answers: children.map(({ edge }) => edge) };
}

/** Trees, and the texts of their conditions where these are at hand. */
type ReadableTrees = DecisionTrees & { readonly textOf?: TextOf };

function outlineOf(node: TreeNode, trees: ReadableTrees): Outline {
  switch (node.kind) {
    case "leaf":
      return leafOutline(node, trees);
    case "all":
      if (node.nodes.length === 0) return { text: "nothing", children: [] };
      return {
        text: "each of",
        children: node.nodes.map((child) => ({ edge: "", outline: outlineOf(child, trees) })),
      };
    case "switch":
    case "member": {
      const children = node.cases.map(([value, child]) => ({
        edge: JSON.stringify(value),
        outline: outlineOf(child, trees),
      }));
      return {
        text: node.kind === "switch" ? `${showPath(node.path)} is` : `${showPath(node.path)} has`,
        children,
      };
    }
    case "affix": {
      const children = node.cases.map(([value, child]) => ({
        edge: JSON.stringify(value),
        outline: outlineOf(child, trees),
      }));
      const asks = node.end === "start" ? WORDS.prefix : WORDS.suffix;
      return { text: `${showPath(node.path)} ${asks}`, children };
    }
    case "range": {
      const children = node.cases.map(({ from, to, node: child }) => ({
        edge: showRange(node.cuts, from, to),
        outline: outlineOf(child, trees),
      }));
      return { text: `${showPath(node.path)} is`, children };
    }
    case "guard":
      return {
        text: `if ${node.tests.map(showTest).join(" and ")}`,
        children: [{ edge: "", outline: outlineOf(node.node, trees) }],
      };
  }
}

function leafOutline(node: Extract<TreeNode, { kind: "leaf" }>, trees: ReadableTrees): Outline {
  const texts = node.clauses.map(({ clause, residual }) => {
    const found = trees.clauses[clause];
    const where = found === undefined ? "" : `${found.source.file}:${found.source.line}`;
    return `${found?.rule ?? ""} (${where})${residual === undefined ? "" : `, if ${restOf(residual, trees)}`}`;
  });
  const [only] = texts;
  if (texts.length === 1 && only !== undefined) return { text: `=> ${only}`, children: [] };
  return {
    text: "each of",
    children: texts.map((text) => ({ edge: "", outline: { text: `=> ${text}`, children: [] } })),
  };
}

/** The conditions of a residual. */
function restOf(residual: number, { residuals, textOf }: ReadableTrees): string {
  const sources = residuals[residual]?.body.map(({ source }) => source) ?? [];
  const texts = sources.map((source) => textOf?.({ source }));
  const isKnown = texts.length > 0 && texts.every((text) => text !== undefined);
  return isKnown
    ? [...new Set(texts)].map((text) => `\`${text}\``).join(" and ")
    : "the rest of it holds";
}

function showPath(path: readonly string[]): string {
  return ["input", ...path].join(".");
}

function showTest(test: Test): string {
  if (test.op === "not") return `not (${showTest(test.test)})`;
  const operand =
    "value" in test
      ? ` ${JSON.stringify(test.value)}`
      : "values" in test
        ? ` ${JSON.stringify(test.values)}`
        : "";
  return `${showPath(test.path)} ${WORDS[test.op]}${operand}`;
}

/** Odd places are the cuts themselves, even ones lie between them. */
function showRange(cuts: readonly number[], from: number, to: number): string {
  const low = from === 0 ? "" : `${from % 2 === 1 ? ">= " : "> "}${cuts[(from - 1) >> 1]}`;
  const high = to === 2 * cuts.length ? "" : `${to % 2 === 1 ? "<= " : "< "}${cuts[to >> 1]}`;
  return [low, high].filter((part) => part !== "").join(" and ");
}
