// Decision trees as text and as Mermaid flowcharts: what is asked of the input, and where each answer
// leads. Both are drawn from one outline.

import type { DecisionRule, DecisionTrees, PathTest, Test, TreeNode } from "@writ/evaluator";

interface Outline {
  readonly text: string;
  readonly children: readonly { readonly edge: string; readonly outline: Outline }[];
}

const KINDS: readonly DecisionRule[] = ["deny", "allow", "redact", "oblige"];

export function renderTreeText(trees: DecisionTrees): string {
  const lines: string[] = [];
  for (const kind of KINDS) {
    lines.push(`${kind}:`);
    const draw = (outline: Outline, indent: string, edge: string): void => {
      lines.push(`${indent}${edge}${outline.text}`);
      for (const child of outline.children)
        draw(child.outline, `${indent}  `, child.edge === "" ? "" : `${child.edge}: `);
    };
    const outline = outlineOf(trees.roots[kind], trees);
    if (outline.text === "nothing") lines.push("  nothing");
    else draw(outline, "  ", "");
  }
  return `${lines.join("\n")}\n`;
}

export function renderMermaid(trees: DecisionTrees): string {
  const lines = ["flowchart TD"];
  let count = 0;
  const draw = (outline: Outline): string => {
    count += 1;
    const id = `n${count}`;
    lines.push(`  ${id}["${outline.text.replaceAll('"', "#quot;")}"]`);
    for (const { edge, outline: child } of outline.children) {
      const to = draw(child);
      lines.push(
        edge === ""
          ? `  ${id} --> ${to}`
          : `  ${id} -->|"${edge.replaceAll('"', "#quot;")}"| ${to}`,
      );
    }
    return id;
  };
  for (const kind of KINDS) {
    const outline = outlineOf(trees.roots[kind], trees);
    draw({ text: kind, children: [{ edge: "", outline }] });
  }
  return `${lines.join("\n")}\n`;
}

function outlineOf(node: TreeNode, trees: DecisionTrees): Outline {
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

function leafOutline(node: Extract<TreeNode, { kind: "leaf" }>, trees: DecisionTrees): Outline {
  const texts = node.clauses.map(({ clause, residual }) => {
    const found = trees.clauses[clause];
    const where = found === undefined ? "" : `${found.source.file}:${found.source.line}`;
    return `${found?.rule ?? ""} (${where})${residual === undefined ? "" : ", if the rest of it holds"}`;
  });
  const [only] = texts;
  if (texts.length === 1 && only !== undefined) return { text: `=> ${only}`, children: [] };
  return {
    text: "each of",
    children: texts.map((text) => ({ edge: "", outline: { text: `=> ${text}`, children: [] } })),
  };
}

function showPath(path: readonly string[]): string {
  return ["input", ...path].join(".");
}

const WORDS: { readonly [Op in PathTest["op"]]: string } = {
  truthy: "holds",
  defined: "is there",
  eq: "is",
  ne: "is there and not",
  "one-of": "is one of",
  lt: "<",
  lte: "<=",
  gt: ">",
  gte: ">=",
  prefix: "begins with",
  suffix: "ends with",
  has: "has",
};

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
