// What is defined where: the path under `data` of every rule of every module, and what kind of rule it
// is. All modules of a policy set share one space of paths; rules of one path are one rule.

import { type Diagnostic, diagnostic, type Span } from "@writ/diagnostics";
import type { RuleIR } from "@writ/ir";
import type { Module, Rule } from "@writ/syntax";

export type RuleKind = RuleIR["kind"];

export interface IndexedRule {
  readonly rule: Rule;
  readonly module: Module;
  readonly path: readonly string[];
  readonly kind: RuleKind;
  readonly isTest: boolean;
}

export interface PathEntry {
  readonly path: readonly string[];
  readonly kind: RuleKind;
  readonly arity: number;
  readonly span: Span;
  hasDefault: boolean;
}

export class RuleIndex {
  readonly modules: readonly Module[];
  readonly rules: readonly IndexedRule[];
  readonly diagnostics: Diagnostic[] = [];
  readonly #entries = new Map<string, PathEntry>();
  /** Every proper beginning of a rule's path: packages and the like. */
  readonly #prefixes = new Map<string, Set<string>>();
  readonly #heads = new Set<string>();

  constructor(modules: readonly Module[]) {
    this.modules = modules;
    this.rules = modules.flatMap((module) =>
      module.rules.map((rule) => ({
        rule,
        module,
        path: [...module.package.path, ...staticHead(rule)],
        kind: kindOf(rule),
        isTest: isTestFile(module.file),
      })),
    );
    for (const module of modules) this.#addPrefixes(module.package.path);
    for (const indexed of this.rules) this.#add(indexed);
    for (const entry of this.#entries.values()) this.#addConflictBelow(entry);
  }

  entry(path: readonly string[]): PathEntry | undefined {
    return this.#entries.get(key(path));
  }

  entries(): Iterable<PathEntry> {
    return this.#entries.values();
  }

  /** What may follow a path to lead to a rule; undefined when no rule lies below it. */
  below(path: readonly string[]): ReadonlySet<string> | undefined {
    return this.#prefixes.get(key(path));
  }

  /** Whether a package has a rule whose head begins with this name. */
  startsRule(packagePath: readonly string[], name: string): boolean {
    return this.#heads.has(key([...packagePath, name]));
  }

  #add({ rule, path, kind, module }: IndexedRule): void {
    this.#heads.add(key(path.slice(0, module.package.path.length + 1)));
    const arity = rule.head.args?.length ?? 0;
    const known = this.#entries.get(key(path));
    if (known === undefined) {
      this.#entries.set(key(path), {
        path,
        kind,
        arity,
        span: rule.head.span,
        hasDefault: rule.isDefault,
      });
      this.#addPrefixes(path);
      return;
    }
    const text = `data.${path.join(".")}`;
    const related = [{ span: known.span, text: "first defined here" }];
    if (known.kind !== kind || known.arity !== arity) {
      const kinds =
        known.kind === kind
          ? `a function of ${known.arity} and of ${arity} arguments`
          : `${describeKind(known.kind)} and as ${describeKind(kind)}`;
      this.diagnostics.push(
        diagnostic("E0206", { path: text, kinds }, rule.head.span, { related }),
      );
    }
    if (rule.isDefault && known.hasDefault) {
      this.diagnostics.push(diagnostic("E0212", { path: text }, rule.head.span, { related }));
    }
    known.hasDefault ||= rule.isDefault;
  }

  /** A rule with a value of its own leaves no room for rules below it. */
  #addConflictBelow({ path, kind, span }: PathEntry): void {
    const [name] = kind === "object" ? [] : (this.below(path) ?? []);
    if (name === undefined) return;
    const text = `data.${path.join(".")}`;
    const kinds = `${describeKind(kind)} and as what holds \`${text}.${name}\``;
    this.diagnostics.push(diagnostic("E0206", { path: text, kinds }, span));
  }

  #addPrefixes(path: readonly string[]): void {
    for (let length = 0; length < path.length; length += 1) {
      const prefix = key(path.slice(0, length));
      const below = this.#prefixes.get(prefix) ?? new Set();
      below.add(path[length] as string);
      this.#prefixes.set(prefix, below);
    }
  }
}

/** Whether the rules of a file are tests and no part of the policy. */
export function isTestFile(file: string): boolean {
  return file.endsWith("_test.rego");
}

/** The constant start of a rule's head. */
function staticHead(rule: Rule): readonly string[] {
  const [name, ...parts] = rule.head.ref;
  const path = [name?.term.kind === "var" ? name.term.name : ""];
  for (const { term } of parts) {
    if (term.kind !== "string") break;
    path.push(term.value);
  }
  return path;
}

function kindOf(rule: Rule): RuleKind {
  if (rule.head.args !== undefined) return "function";
  if (staticHead(rule).length < rule.head.ref.length) return "object";
  return rule.head.element === undefined ? "complete" : "set";
}

function describeKind(kind: RuleKind): string {
  const names = {
    complete: "a rule with one value",
    set: "a set",
    object: "an object",
    function: "a function",
  };
  return names[kind];
}

function key(path: readonly string[]): string {
  return path.join("\u0000");
}
