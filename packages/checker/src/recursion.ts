// Rules may not depend on themselves. Finds the cycles among rules and functions, as they are written.

import { type Diagnostic, diagnostic, type Span } from "@writ/diagnostics";
import type { RuleIR, TermIR, WithIR } from "./ir.ts";
import { partsOf } from "./visit.ts";

export function findRecursion(rules: readonly RuleIR[]): readonly Diagnostic[] {
  const { cycles, tooDeep } = new RuleGraph(rules).search();
  return [
    ...cycles.map(({ cycle, span }) => diagnostic("E0205", { cycle: cycle.join(" -> ") }, span)),
    ...(tooDeep === undefined ? [] : [diagnostic("E0220", { limit: MAX_CHAIN }, tooDeep)]),
  ];
}

/** Rules that lead to each other are followed so far, here and wherever else rules are followed. */
const MAX_CHAIN = 400;

interface Search {
  readonly cycles: readonly { readonly cycle: readonly string[]; readonly span: Span }[];
  /** The rule at which a chain became too long. */
  readonly tooDeep?: Span;
}

interface GraphNode {
  readonly path: readonly string[];
  readonly span: Span;
  readonly uses: (readonly string[])[];
}

class RuleGraph {
  readonly #nodes = new Map<string, GraphNode>();

  constructor(rules: readonly RuleIR[]) {
    for (const rule of rules) {
      const name = rule.path.join(".");
      const node = this.#nodes.get(name) ?? { path: rule.path, span: rule.headSpan, uses: [] };
      this.#nodes.set(name, node);
      collect(rule, node.uses);
    }
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

  /** The rules a reference can reach: the one it goes through, or all that lie below it. */
  #targets(name: string): readonly string[] {
    const reached = new Set<string>();
    for (const used of this.#nodes.get(name)?.uses ?? []) {
      for (let length = used.length; length > 0; length -= 1) {
        const prefix = used.slice(0, length).join(".");
        if (this.#nodes.has(prefix)) reached.add(prefix);
      }
      if (this.#nodes.has(used.join("."))) continue;
      const below = used.length === 0 ? "" : `${used.join(".")}.`;
      // Queries (packages that no source can name) see every document and are none.
      for (const other of this.#nodes.keys())
        if (other.startsWith(below) && !other.startsWith("$")) reached.add(other);
    }
    return [...reached];
  }
}

function collect(rule: RuleIR, uses: (readonly string[])[]): void {
  const { uses: found, bodies } = partsOf(rule);
  for (const term of found) {
    if (term.kind === "ref") uses.push(constantStart(term));
    else if (term.target.kind === "function") uses.push(term.target.path);
  }
  for (const { body } of bodies)
    for (const statement of body)
      if (statement.kind === "with")
        for (const target of statement.targets) collectTarget(target, uses);
}

/** What is replaced is reached too, as OPA has it, and the function that stands in for another. */
function collectTarget(target: WithIR, uses: (readonly string[])[]): void {
  if (target.kind === "data") uses.push(target.path);
  if (target.kind !== "function") return;
  const { target: replaced, value } = target;
  for (const each of [replaced, value])
    if (each.kind === "function" || each.kind === "document") uses.push(each.path);
}

function constantStart(term: Extract<TermIR, { kind: "ref" }>): readonly string[] {
  const path: string[] = [];
  for (const part of term.parts) {
    if (part.kind !== "string" && part.kind !== "number") break;
    path.push(part.kind === "string" ? part.value : part.text);
  }
  return path;
}
