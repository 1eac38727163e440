// Rules may not depend on themselves. Finds the cycles among rules and functions, as they are written.

import { type Diagnostic, diagnostic, type Span } from "@writ/diagnostics";
import { partsOf, type RuleIR, type TermIR, type WithIR } from "@writ/ir";

export function findRecursion(rules: readonly RuleIR[]): readonly Diagnostic[] {
  const { cycles, tooDeep } = new RuleGraph(rules).search();
  return [
    ...cycles.map(({ cycle, span }) => diagnostic("E0205", { cycle: cycle.join(" -> ") }, span)),
    ...(tooDeep === undefined ? [] : [diagnostic("E0220", { limit: MAX_CHAIN }, tooDeep)]),
  ];
}

/** Rules that lead to each other are followed so far: who follows them later, one call inside another, relies on it. */
const MAX_CHAIN = 400;

interface Search {
  readonly cycles: readonly { readonly cycle: readonly string[]; readonly span: Span }[];
  /** The rule at which a chain became too long. */
  readonly tooDeep?: Span;
}

/** A path that is read; undefined: any key. */
type Use = readonly (string | undefined)[];

interface GraphNode {
  readonly path: readonly string[];
  readonly span: Span;
  readonly uses: Use[];
}

/** The rules by their paths, key after key. */
interface PathNode {
  /** Of the rule at this path. */
  rule?: string;
  readonly below: Map<string, PathNode>;
}

class RuleGraph {
  readonly #nodes = new Map<string, GraphNode>();
  readonly #paths: PathNode = { below: new Map() };

  constructor(rules: readonly RuleIR[]) {
    for (const rule of rules) {
      const name = rule.path.join(".");
      let node = this.#nodes.get(name);
      if (node === undefined) {
        node = { path: rule.path, span: rule.headSpan, uses: [] };
        this.#nodes.set(name, node);
        this.#pathNode(rule.path).rule = name;
      }
      collect(rule, node.uses);
    }
  }

  #pathNode(path: readonly string[]): PathNode {
    let at = this.#paths;
    for (const key of path) {
      let next = at.below.get(key);
      if (next === undefined) {
        next = { below: new Map() };
        at.below.set(key, next);
      }
      at = next;
    }
    return at;
  }

  search(): Search {
    let tooDeep: Span | undefined;
    const found: { cycle: string[]; span: Span }[] = [];
    const done = new Set<string>();
    const stack: string[] = [];
    const visit = (name: string): void => {
      const at = stack.indexOf(name);
      if (at >= 0) {
        const cycle = [...stack.slice(at), name];
        const span = this.#nodes.get(name)?.span;
        if (span !== undefined) found.push({ cycle, span });
        return;
      }
      if (done.has(name)) return;
      if (stack.length >= MAX_CHAIN) {
        tooDeep ??= this.#nodes.get(name)?.span;
        return;
      }
      stack.push(name);
      for (const next of this.#targets(name)) visit(next);
      stack.pop();
      done.add(name);
    };
    for (const name of this.#nodes.keys()) visit(name);
    return { cycles: found, ...(tooDeep === undefined ? {} : { tooDeep }) };
  }

  /** The rules that references can reach: those they go through, and all that lie below. */
  #targets(name: string): readonly string[] {
    const reached = new Set<string>();
    for (const use of this.#nodes.get(name)?.uses ?? []) reach(this.#paths, use, 0, reached);
    return [...reached];
  }
}

function reach({ rule, below }: PathNode, use: Use, depth: number, reached: Set<string>): void {
  if (rule !== undefined) reached.add(rule);
  const key = use[depth];
  if (key !== undefined) {
    const next = below.get(key);
    if (next !== undefined) reach(next, use, depth + 1, reached);
    return;
  }
  // What is below a rule's own path is part of the rule.
  if (depth === use.length && rule !== undefined) return;
  for (const [other, next] of below)
    if (depth > 0 || !isQuery(other)) reach(next, use, depth + 1, reached);
}

/** Queries (packages that no source can name) see every document and are none. */
function isQuery(key: string): boolean {
  return key.startsWith("$");
}

function collect(rule: RuleIR, uses: Use[]): void {
  const { uses: found, bodies } = partsOf(rule);
  for (const term of found) {
    if (term.kind === "ref") uses.push(useOf(term));
    else if (term.target.kind === "function") uses.push(term.target.path);
  }
  for (const { body } of bodies)
    for (const statement of body)
      if (statement.kind === "with")
        for (const target of statement.targets) collectTarget(target, uses);
}

/** What is replaced is reached too, as OPA has it, and the function that stands in for another. */
function collectTarget(target: WithIR, uses: Use[]): void {
  if (target.kind === "data") uses.push(target.path);
  if (target.kind !== "function") return;
  const { target: replaced, value } = target;
  for (const each of [replaced, value])
    if (each.kind === "function" || each.kind === "document") uses.push(each.path);
}

function useOf(term: Extract<TermIR, { kind: "ref" }>): Use {
  return term.parts.map((part) =>
    part.kind === "string" ? part.value : part.kind === "number" ? part.text : undefined,
  );
}
