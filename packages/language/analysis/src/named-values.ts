// The texts that rules compare the members of a path with where no test of a tree does: inside `every`,
// comprehensions and sets, under variables, in helper rules.

import type { InputPath, Plan, SourceRef } from "@writ/evaluator";

/** Each with a place that names it. */
export function namedValues({ groups }: Plan, path: InputPath): ReadonlyMap<string, SourceRef> {
  const found = new Map<string, SourceRef>();
  for (const { clauses } of groups)
    for (const clause of clauses) new Naming(path, found).visit(clause, clause.source);
  return found;
}

/** Calls that compare their operands, or the members of these. */
const COMPARING: ReadonlySet<unknown> = new Set([
  "equal",
  "neq",
  "internal.member_2",
  "and",
  "minus",
]);

interface PlanNode {
  readonly [key: string]: unknown;
}

/** One clause: what its variables stand for is known by the order in which they are bound. */
class Naming {
  readonly #path: InputPath;
  readonly #found: Map<string, SourceRef>;
  /** Variables that hold what is at the path, or a member of it. */
  readonly #slots = new Set<unknown>();

  constructor(path: InputPath, found: Map<string, SourceRef>) {
    this.#path = path;
    this.#found = found;
  }

  visit(node: unknown, around: SourceRef): void {
    if (typeof node !== "object" || node === null) return;
    if (Array.isArray(node)) {
      for (const each of node) this.visit(each, around);
      return;
    }
    const part = node as PlanNode;
    const source = (part["source"] as SourceRef | undefined) ?? around;
    this.#bind(part, source);
    const args = part["op"] === "call" && COMPARING.has(part["name"]) ? part["args"] : undefined;
    if (Array.isArray(args) && args.some((each) => this.#isOfPath(each)))
      for (const each of args) this.#name(each, source);
    // A comprehension binds in its body what it collects.
    if (part["op"] === "comprehension") this.visit(part["body"], source);
    for (const [key, child] of Object.entries(part))
      if (key !== "source") this.visit(child, source);
  }

  #bind(part: PlanNode, source: SourceRef): void {
    const { op, from, domain, expr, value, pattern } = part;
    if (op === "every" && this.#isOfPath(domain)) this.#slots.add(value);
    if (op === "scan" && this.#isOfPath(from)) this.#match(value, source);
    if (op === "match" && this.#isOfPath(expr)) this.#match(pattern, source);
  }

  #match(pattern: unknown, source: SourceRef): void {
    const { op, slot, to } = pattern as PlanNode;
    if (op === "bind") this.#slots.add(slot);
    if (op === "equal") this.#name(to, source);
  }

  /** Whether an expression is what is at the path, a member of it, or some of its members. */
  #isOfPath(node: unknown, path: InputPath = this.#path): boolean {
    if (typeof node !== "object" || node === null) return false;
    const { op, slot, from, key, form, value, body } = node as PlanNode;
    if (op === "slot") return path === this.#path && this.#slots.has(slot);
    if (op === "input") return path.length === 0;
    if (op === "comprehension" && form !== "object" && Array.isArray(body)) {
      for (const each of body)
        this.#bind(each as PlanNode, (each as PlanNode)["source"] as SourceRef);
      return this.#isOfPath(value);
    }
    if (op !== "get") return false;
    const { op: kind, value: name } = key as PlanNode;
    const isNext = kind === "const" && name === path.at(-1);
    return (
      (isNext && this.#isOfPath(from, path.slice(0, -1))) ||
      (path === this.#path && kind !== "const" && this.#isOfPath(from))
    );
  }

  #name(node: unknown, source: SourceRef): void {
    const { op, value, items } = node as PlanNode;
    if (op === "const") for (const text of textsIn(value)) this.#found.set(text, source);
    if (Array.isArray(items)) for (const each of items) this.#name(each, source);
  }
}

/** A text, or those in a list or a set. */
function textsIn(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  const items = Array.isArray(value) ? value : (value as { $set?: unknown } | null)?.$set;
  return Array.isArray(items) ? items.filter((each) => typeof each === "string") : [];
}
