// What names mean in a module: imports, the rules of its package, `input`, `data`, and functions, its own
// and the built-in ones.

import type { BuiltinTable } from "@writ/builtins";
import { type Diagnostic, diagnostic, suggest } from "@writ/diagnostics";
import type { CallTarget } from "@writ/ir";
import type { Import, Module, Name } from "@writ/syntax";
import { annotationChain, ruleAnnotations } from "./metadata.ts";
import type { IndexedRule, RuleIndex } from "./rule-index.ts";
import type { Scope } from "./scope.ts";

export interface Callable {
  readonly target: CallTarget;
  readonly arity: number;
  /** A call stands for any of several results. */
  readonly isRelation: boolean;
}

/** After so many unknown names in a module, the rest are said without a suggestion: each costs a search. */
const MAX_SUGGESTIONS = 200;

const INPUT: readonly string[] = ["input"];
const DATA: readonly string[] = ["data"];

export class ModuleNames {
  readonly #module: Module;
  readonly #index: RuleIndex;
  readonly #builtins: BuiltinTable;
  readonly #imports = new Map<string, { readonly imported: Import; used: boolean }>();
  #suggestions = 0;
  /** Whether `print` is part of the program: for tests and queries. */
  readonly keepsPrint: boolean;
  /** To OPA a name that begins with `_` is one like others. */
  readonly isLikeOpa: boolean;

  constructor(
    module: Module,
    index: RuleIndex,
    {
      builtins,
      keepPrint,
      likeOpa,
    }: {
      readonly builtins: BuiltinTable;
      readonly keepPrint?: boolean;
      readonly likeOpa?: boolean;
    },
    diagnostics: Diagnostic[],
  ) {
    this.isLikeOpa = likeOpa === true;
    this.keepsPrint = keepPrint === true;
    this.#module = module;
    this.#index = index;
    this.#builtins = builtins;
    for (const imported of module.imports) {
      if (imported.path[0] === "rego" || imported.path[0] === "future") continue;
      const name = importName(imported);
      const known = this.#imports.get(name);
      if (known !== undefined) {
        diagnostics.push(
          diagnostic("E0209", { name }, imported.span, {
            related: [{ span: known.imported.span, text: "first imported here" }],
          }),
        );
      }
      this.#imports.set(name, { imported, used: false });
    }
  }

  /** The path, from `input` or `data`, that a name stands for; undefined for a name that can only be local. */
  resolve(name: string): readonly string[] | undefined {
    if (name === "input") return INPUT;
    if (name === "data") return DATA;
    const imported = this.#imports.get(name);
    if (imported !== undefined) {
      imported.used = true;
      return imported.imported.path;
    }
    const path = [...this.#module.package.path, name];
    const isRule = this.#index.entry(path) !== undefined || this.#leadsToOwnRule(path);
    return isRule ? ["data", ...path] : undefined;
  }

  /** Whether rules stand at a path, or below it. */
  isDocument(path: readonly string[]): boolean {
    return this.#index.entry(path) !== undefined || this.#index.below(path) !== undefined;
  }

  /** Whether a name means something without a rule's own doing. */
  means(name: string): boolean {
    if (name === "input" || name === "data" || this.#imports.has(name)) return true;
    const path = [...this.#module.package.path, name];
    return this.#index.entry(path) !== undefined || this.#leadsToOwnRule(path);
  }

  /** `p` of a rule `p.q` in this package; a package that happens to lie below is not meant by its last name. */
  #leadsToOwnRule(path: readonly string[]): boolean {
    return this.#index.startsRule(this.#module.package.path, path.at(-1) ?? "");
  }

  callable(operator: readonly Name[], scope: Scope): Callable | undefined {
    const [first, ...rest] = operator.map(({ name }) => name);
    if (first === undefined) return undefined;
    // A name of the policy's own stands before the library, also where no function lies under it.
    const local = scope.lookup(first, operator[0]?.span.start ?? 0);
    if (local !== undefined && scope.vars[local]?.isDeclared === true) return undefined;
    const path = local === undefined ? this.resolve(first) : undefined;
    if (path !== undefined) {
      const full = [...path.slice(1), ...rest];
      const entry = path[0] === "data" ? this.#index.entry(full) : undefined;
      return entry?.kind === "function"
        ? { target: { kind: "function", path: full }, arity: entry.arity, isRelation: false }
        : undefined;
    }
    const name = [first, ...rest].join(".");
    const builtin = this.#builtins.get(name);
    return builtin === undefined
      ? undefined
      : {
          target: { kind: "builtin", name },
          arity: builtin.args.length,
          isRelation: builtin.relation === true,
        };
  }

  /** The function that was meant by a name, as help. */
  helpWithCallable(written: string): string | undefined {
    return this.#didYouMean(written, () => {
      const own = [...this.#index.entries()]
        .filter(({ kind }) => kind === "function")
        .map(({ path }) => path.at(-1) ?? "");
      return [
        ...own,
        ...[...this.#builtins.keys()].filter((name) => !name.startsWith("internal.")),
      ];
    });
  }

  /** What was meant by a name that stands for nothing, as help. */
  helpWithName(written: string): string | undefined {
    return this.#didYouMean(written, () => {
      const rules = this.#module.rules.flatMap(({ head }) =>
        head.ref[0]?.term.kind === "var" ? [head.ref[0].term.name] : [],
      );
      return new Set(["input", "data", ...this.#imports.keys(), ...rules]);
    });
  }

  #didYouMean(written: string, candidates: () => Iterable<string>): string | undefined {
    this.#suggestions += 1;
    if (this.#suggestions > MAX_SUGGESTIONS) return undefined;
    const near = suggest(written, candidates());
    return near === undefined ? undefined : `did you mean \`${near}\`?`;
  }

  /** What `rego.metadata.rule()` and `rego.metadata.chain()` are in a rule; undefined for other names. */
  metadata(name: string, rule: IndexedRule): unknown {
    if (name === "rego.metadata.rule") return ruleAnnotations(rule);
    if (name !== "rego.metadata.chain") return undefined;
    return annotationChain(rule, this.#index.rules, this.#index.modules);
  }

  unusedImports(): readonly Diagnostic[] {
    return [...this.#imports]
      .filter(([, { used }]) => !used)
      .map(([name, { imported }]) =>
        diagnostic("W0201", { name }, imported.span, { help: "remove the import" }),
      );
  }
}

function importName(imported: Import): string {
  return imported.alias ?? imported.path.at(-1) ?? "";
}
