// Rules of test files that policies seem to have: they decide, or are asked for, where the tests run, and a bundle does
// not have them. Tests then pass of a policy that is not shipped.

import { isTestFile } from "@writ/checker";
import { type Diagnostic, diagnostic } from "@writ/diagnostics";
import { DECISION_RULES } from "@writ/evaluator";
import type { Module, Rule } from "@writ/syntax";
import { TEST_NAME } from "../tests/test-rules.ts";

export function findTestOnlyRules(modules: readonly Module[]): readonly Diagnostic[] {
  const policies = modules.filter(({ file }) => !isTestFile(file));
  const tests = modules.filter(({ file }) => isTestFile(file));
  if (tests.length === 0) return [];
  const known = new Known(policies);
  return tests.flatMap((module) =>
    module.rules.flatMap((rule) => {
      const name = nameOf(rule);
      if (TEST_NAME.test(name) || !known.hasUseFor(module.package.path, name)) return [];
      const path = [...module.package.path, name].join(".");
      const help = "write it in a file that is no test, or in a package of the tests' own";
      return [diagnostic("W0606", { path }, rule.head.span, { help })];
    }),
  );
}

function nameOf({ head }: Pick<Rule, "head">): string {
  const [first] = head.ref;
  return first?.term.kind === "var" ? first.term.name : "";
}

const SEPARATOR = "\u0000";

/** What policies define and ask for. */
class Known {
  /** The rules of each package, and the names that its rules mention. */
  readonly #packages = new Map<string, Set<string>>();
  /** Paths below `data` that are mentioned. */
  readonly #documents: string[][] = [];

  constructor(policies: readonly Module[]) {
    for (const {
      package: { path },
      rules,
      imports,
    } of policies) {
      const key = path.join(SEPARATOR);
      const names = this.#packages.get(key) ?? new Set<string>();
      this.#packages.set(key, names);
      for (const rule of rules) names.add(nameOf(rule));
      this.#collect(rules, names);
      for (const { path: imported } of imports)
        if (imported[0] === "data") this.#documents.push([...imported.slice(1)]);
    }
  }

  hasUseFor(inPackage: readonly string[], name: string): boolean {
    const names = this.#packages.get(inPackage.join(SEPARATOR));
    const isDecision = (DECISION_RULES as readonly string[]).includes(name);
    if (names !== undefined && (isDecision || names.has(name))) return true;
    const path = [...inPackage, name];
    return this.#documents.some((mentioned) =>
      mentioned.slice(0, path.length).every((key, at) => key === path[at]),
    );
  }

  #collect(node: unknown, names: Set<string>): void {
    if (typeof node !== "object" || node === null) return;
    const { kind, name, operator, head, parts } = node as {
      readonly kind?: unknown;
      readonly name?: unknown;
      readonly operator?: readonly { readonly name: string }[];
      readonly head?: { readonly kind?: unknown; readonly name?: unknown };
      readonly parts?: readonly {
        readonly term: { readonly kind: string; readonly value?: unknown };
      }[];
    };
    if (kind === "var" && typeof name === "string") names.add(name);
    if (kind === "call" && operator !== undefined)
      this.#addPath(
        operator.map((each) => each.name),
        names,
      );
    if (kind === "ref" && head?.name === "data" && parts !== undefined) {
      const end = parts.findIndex(({ term }) => term.kind !== "string");
      const constant = end < 0 ? parts : parts.slice(0, end);
      this.#addPath(["data", ...constant.map(({ term }) => String(term.value))], names);
    }
    for (const child of Object.values(node)) this.#collect(child, names);
  }

  #addPath([first = "", ...rest]: readonly string[], names: Set<string>): void {
    if (first === "data") this.#documents.push(rest);
    else names.add(first);
  }
}
