// Over which collections of the input rules say `every`, themselves or in rules that they refer to.

import {
  eachNode,
  inputPath,
  type Program,
  type RuleIR,
  type StatementIR,
  type TermIR,
} from "@writ/ir";

/** By path: the ids of the rules that ask something of every member there. */
export function everyDomains(program: Program): ReadonlyMap<string, ReadonlySet<string>> {
  const byPath = Map.groupBy(program.rules, ({ path }) => path.join("\u0000"));
  const found = new Map<string, Set<string>>();
  for (const rule of program.rules) {
    const seen = new Set<string>();
    for (const domain of domainsOf(rule, byPath, seen)) {
      const ids = found.get(domain) ?? new Set();
      found.set(domain, ids.add(rule.id));
    }
  }
  return found;
}

function domainsOf(
  rule: RuleIR,
  byPath: ReadonlyMap<string, readonly RuleIR[]>,
  seen: Set<string>,
): ReadonlySet<string> {
  const domains = new Set<string>();
  const named = namesIn(rule);
  eachNode([rule.body, rule.elses, rule.value], (node) => {
    const part = node as StatementIR | TermIR;
    if (part.kind === "every") {
      const { domain } = part;
      const path = inputPath(domain.kind === "var" ? (named.get(domain.id) ?? domain) : domain);
      if (path !== undefined) domains.add(path.join("\u0000"));
    }
    const key = referred(part);
    if (key === undefined || seen.has(key)) return;
    seen.add(key);
    for (const other of byPath.get(key) ?? [])
      for (const domain of domainsOf(other, byPath, seen)) domains.add(domain);
  });
  return domains;
}

function referred(term: StatementIR | TermIR): string | undefined {
  if (term.kind === "call" && term.target.kind === "function")
    return term.target.path.join("\u0000");
  if (term.kind !== "ref" || term.root !== "data") return undefined;
  return term.parts.map((part) => (part.kind === "string" ? part.value : "")).join("\u0000");
}

/** What variables of the body stand for. */
function namesIn({ body }: RuleIR): ReadonlyMap<number, TermIR> {
  return new Map(
    body.flatMap((statement) =>
      statement.kind === "unify" && statement.left.kind === "var"
        ? [[statement.left.id, statement.right] as const]
        : [],
    ),
  );
}
