// The walk of a tree as JavaScript made for it: plain comparisons with the constants. What is not worth
// writing out is walked as it is (visit.ts). An option on top, as generate-shape.ts is.

import { makeFunction } from "./generate-shape.ts";
import { internString } from "./input-paths.ts";
import { hasItem } from "./link-test.ts";
import { inner, type PathTest, type Scalar, type Test, type TreeNode } from "./tree.ts";
import { isSmall, NOTHING } from "./tree-code.ts";
import type { Visit, WalkContext } from "./visit.ts";

/** Visits a tree; undefined where the runtime does not allow code from strings. */
export function generateWalk(
  trees: readonly TreeNode[],
  context: WalkContext,
  visit: Visit,
): readonly (() => void)[] | undefined {
  const source = new WalkSource(context);
  const roots = trees.map((tree) => source.add(tree));
  const body = `"use strict";\n${HAS}\n${source.functions.join("\n")}\nreturn [${roots.join(", ")}];`;
  const { values } = context.paths;
  return makeFunction<readonly (() => void)[]>(body, {
    values,
    reached: context.reached,
    constants: source.constants,
    hasItem,
    visit,
  });
}

/** Few members are compared faster in place than by a call. */
const HAS = `function has(list, item) {
  if (!Array.isArray(list)) return list !== undefined && hasItem(list, item);
  for (let i = 0; i < list.length; i += 1) if (list[i] === item) return true;
  return false;
}`;

/** More cases are found by a map instead of one after the other. */
const MAX_COMPARED = 8;
/** A function that gets longer has the rest in functions of its own: the engine leaves long ones alone. */
const MAX_LENGTH = 2000;

class WalkSource {
  readonly functions: string[] = [];
  /** What the code refers to as `constants[i]`. */
  readonly constants: unknown[] = [];
  readonly #context: WalkContext;
  #names = 0;

  constructor(context: WalkContext) {
    this.#context = context;
  }

  /** The name of the function that visits a tree. */
  add(tree: TreeNode): string {
    // Code that is seldom run is never made fast: a large tree is better walked.
    return this.#function(isSmall(tree) ? this.#node(tree) : this.#visit(tree));
  }

  #function(body: string): string {
    const name = `walk${this.functions.length}`;
    this.functions.push(`function ${name}() {\n${body}\n}`);
    return name;
  }

  #node(node: TreeNode): string {
    switch (node.kind) {
      case "leaf":
        return node.clauses
          .map(({ clause, residual }) => `reached.add(${clause}, ${residual ?? -1});`)
          .join("\n");
      case "all":
        return node.nodes.map((child) => this.#below(child)).join("\n");
      case "guard":
        if (node.tests.some((test) => textCost(test) === undefined)) return this.#visit(node);
        return `if (${this.#tests(node.tests)}) {\n${this.#below(node.node)}\n}`;
      case "switch":
        return this.#cases(node, this.#value(node.path));
      case "member":
        return this.#members(node);
      default:
        return this.#visit(node);
    }
  }

  #below(node: TreeNode): string {
    const body = this.#node(node);
    return body.length > MAX_LENGTH ? `${this.#function(body)}();` : body;
  }

  /** As it is. */
  #visit(node: TreeNode): string {
    const address = this.#context.code.addresses.get(node) ?? NOTHING;
    return address === NOTHING ? "" : `visit(${address});`;
  }

  #value(path: readonly string[]): string {
    return `values[${this.#context.paths.register(path)}]`;
  }

  #cases({ cases }: Extract<TreeNode, { kind: "switch" | "member" }>, value: string): string {
    const bodies = cases.map(([, child]) => this.#below(child));
    if (cases.length <= MAX_COMPARED)
      return cases
        .map(([constant], index) => `if (${value} === ${textOf(constant)}) {\n${bodies[index]}\n}`)
        .join(" else ");
    const indexes = new Map(cases.map(([constant], index) => [intern(constant), index] as const));
    const map = `constants[${this.constants.push(indexes) - 1}]`;
    const written = bodies.map((body, index) => `case ${index}: ${body} break;`);
    return `switch (${map}.get(${value})) {\n${written.join("\n")}\n}`;
  }

  #members(node: Extract<TreeNode, { kind: "member" }>): string {
    const name = this.#names;
    this.#names += 1;
    return [
      `const list${name} = ${this.#value(node.path)};`,
      `if (Array.isArray(list${name})) for (let i = 0; i < list${name}.length; i += 1) { const item${name} = list${name}[i];`,
      this.#cases(node, `item${name}`),
      `} else { ${this.#visit(node)} }`,
    ].join("\n");
  }

  #tests(tests: readonly Test[]): string {
    const sorted = [...tests].sort((a, b) => (textCost(a) ?? 0) - (textCost(b) ?? 0));
    return sorted.map((test) => this.#test(test)).join(" && ");
  }

  #test(test: Test): string {
    if (test.op === "not") return `!(${this.#test(test.test)})`;
    const value = this.#value(test.path);
    switch (test.op) {
      case "eq":
        return `${value} === ${textOf(test.value)}`;
      case "has":
        return `has(${value}, ${textOf(test.value)})`;
      default:
        throw new Error(`a test by \`${test.op}\` has a cost and is not written out`);
    }
  }
}

/** What is cheap to ask first; undefined for what is not written out. */
const TEXT_COSTS: { readonly [Op in PathTest["op"]]: number | undefined } = {
  eq: 0,
  has: 1,
  ne: undefined,
  "one-of": undefined,
  truthy: undefined,
  defined: undefined,
  lt: undefined,
  lte: undefined,
  gt: undefined,
  gte: undefined,
  prefix: undefined,
  suffix: undefined,
};

function textCost(test: Test): number | undefined {
  return TEXT_COSTS[inner(test).op];
}

/** Text of a constant: JSON is JavaScript. */
function textOf(constant: Scalar): string {
  return JSON.stringify(constant);
}

function intern(constant: Scalar): Scalar {
  return typeof constant === "string" ? internString(constant) : constant;
}
