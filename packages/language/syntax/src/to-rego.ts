// YAML rules as the Rego a person would write. A disjunction becomes a rule of its own with a body for
// each way, a negation of several statements a rule that is negated, a variable that is a constant a rule
// that has its value; everything else is its own line.

import type { SourceFile } from "@writ/diagnostics";
import { stringify } from "yaml";
import type { Annotation, Body, Expression, Rule, Statement, Term } from "./ast.ts";
import { formatRego } from "./format-rego.ts";
import { packagePath } from "./format-terms.ts";
import { mayBeMissing, negatedBy } from "./operators.ts";
import { parseYaml } from "./parse-yaml.ts";
import { YamlComments } from "./yaml-comments.ts";
import { type Constant, readConstants } from "./yaml-constants.ts";
import type { KindAt } from "./yaml-context.ts";

/** `# allow name: reason`, which is for the rule that follows. */
const SUPPRESSION = /^#\s*allow\s+[a-z]/;

/**
 * A file of YAML rules as Rego that decides the same, with its comments above the rules they stand in;
 * undefined for text that has errors. `kindAt`: as for parseYaml.
 */
export function yamlToRego(source: SourceFile, kindAt?: KindAt): string | undefined {
  const { module, diagnostics } = parseYaml(source, kindAt);
  if (diagnostics.some(({ severity }) => severity === "error")) return undefined;
  const comments = new YamlComments(source.text);
  const heading = `${comments.takeUpTo(module.package.span.end).join("")}package ${packagePath(module.package.path)}\n`;
  // Other files of the package have rules of their own.
  const stem = (source.file.split("/").at(-1) ?? "").replace(/\.\w+$/, "").replace(/\W/g, "_");
  const { ofFile, ofRules } = readConstants(source);
  const shared = ofFile.map(
    (constant) => new NamedConstant(`_${stem}_var_${constant.name}`, constant, comments),
  );
  const rules = module.rules.map((rule, index) => {
    // Labels of one YAML rule are rules with one span: what they share stands above the first.
    const above = comments.takeUpTo(rule.span.end);
    const suppressions = above.filter((comment) => SUPPRESSION.test(comment));
    const others = above.filter((comment) => !SUPPRESSION.test(comment));
    const name = `_${stem}_${rule.head.ref.map(nameOf).join("_")}_${index + 1}`;
    const own = (ofRules.get(rule.span.start) ?? []).map(
      (constant) => new NamedConstant(`${name}_var_${constant.name}`, constant),
    );
    const written = new RuleWriter(name, [...shared, ...own]).write(rule, suppressions);
    return [others.join("") + written, ...own].join("\n");
  });
  const rest = comments.takeUpTo(source.text.length);
  const text = [heading, ...shared, ...rules, rest.join("")].join("\n");
  return formatRego({ file: source.file, text }) ?? text;
}

function nameOf({ term }: { readonly term: Term }): string {
  return term.kind === "var" ? term.name : "rule";
}

/** A rule for a variable's value, which is written when something names it. */
class NamedConstant {
  isUsed = false;
  readonly name: string;
  readonly #constant: Constant;
  readonly #above: string;

  constructor(name: string, constant: Constant, comments?: YamlComments) {
    this.name = name;
    this.#constant = constant;
    this.#above = comments?.takeUpTo(constant.value.span.end).join("") ?? "";
  }

  /** What was put in for the variable stands where it was declared; a part of a list does not. */
  isPutIn({ kind, span }: Term): boolean {
    const { value } = this.#constant;
    return kind === value.kind && span.start === value.span.start && span.end === value.span.end;
  }

  toString(): string {
    return (
      this.#above +
      (this.isUsed ? `${this.name} := ${new RuleWriter("", []).term(this.#constant.value)}\n` : "")
    );
  }
}

class RuleWriter {
  readonly #name: string;
  readonly #constants: readonly NamedConstant[];
  readonly #helpers: string[] = [];

  constructor(name: string, constants: readonly NamedConstant[]) {
    this.#name = name;
    this.#constants = constants;
  }

  write({ head, body = [], annotations }: Rule, suppressions: readonly string[]): string {
    const name = head.ref.map(nameOf).join(".");
    const contains = head.element === undefined ? "" : ` contains ${this.term(head.element)}`;
    const rule = `${name}${contains} if ${this.#block(body)}\n`;
    // A suppression counts on the line before what it suppresses; METADATA goes on to the next empty line.
    const between = suppressions.length > 0 && annotations.length > 0 ? "\n" : "";
    return `${annotations.map(metadata).join("")}${between}${suppressions.join("")}${rule}${this.#helpers.map((helper) => `\n${helper}\n`).join("")}`;
  }

  #block(body: Body): string {
    const [first = "", ...others] = body.map((each) => this.#statement(each));
    const isShort = others.length === 0 && !first.includes("\n");
    return isShort ? first : `{\n${[first, ...others].join("\n")}\n}`;
  }

  #statement({ expression }: Statement): string {
    const alternatives = asAlternatives(expression);
    if (alternatives !== undefined) return this.#helper("either", alternatives);
    const negated = negatedBy(expression);
    if (negated === undefined) return this.#expression(expression);
    const [only] = negated;
    if (negated.length !== 1 || only === undefined) return `not ${this.#helper("all", [negated])}`;
    // What is negated twice is said plainly.
    const inner = negatedBy(only.expression);
    if (inner !== undefined && asAlternatives(only.expression) === undefined)
      return inner.length === 1
        ? inner.map((each) => this.#statement(each)).join()
        : this.#helper("all", [inner]);
    return mayBeMissing(only.expression)
      ? `not ${this.#statement(only)}`
      : `not ${this.#helper("all", [[only]])}`;
  }

  /** A rule that holds when one of the bodies does; its name. */
  #helper(kind: string, bodies: readonly Body[]): string {
    const name = `${this.#name}_${kind}_${this.#helpers.length + 1}`;
    const at = this.#helpers.push("") - 1;
    this.#helpers[at] = bodies.map((body) => `${name} if ${this.#block(body)}`).join("\n");
    return name;
  }

  #expression(expression: Expression): string {
    switch (expression.kind) {
      case "some-in":
        return `some ${this.term(expression.value)} in ${this.term(expression.collection)}`;
      case "every": {
        const { value, domain, body } = expression;
        return `every ${value.name} in ${this.term(domain)} { ${body.map((each) => this.#statement(each)).join("; ")} }`;
      }
      case "not":
        return `not ${this.#expression(expression.expression)}`;
      case "some":
      case "assign":
      case "unify":
        throw new Error(`YAML rules have no ${expression.kind} here`);
      default:
        return this.term(expression);
    }
  }

  term(term: Term): string {
    const constant = this.#constants.find((each) => each.isPutIn(term));
    if (constant !== undefined) {
      constant.isUsed = true;
      return constant.name;
    }
    switch (term.kind) {
      case "null":
        return "null";
      case "boolean":
        return String(term.value);
      case "number":
        return term.text;
      case "string":
        return JSON.stringify(term.value);
      case "template":
        return `$"${term.parts.map((part) => this.#templatePart(part)).join("")}"`;
      case "var":
        return term.name;
      case "ref": {
        const keys = term.parts.map((part) => (part.term.kind === "string" ? part.term.value : ""));
        return packagePath([this.term(term.head), ...keys]);
      }
      case "call":
        return `${term.operator.map(({ name }) => name).join(".")}(${this.#terms(term.args)})`;
      case "array":
        return `[${this.#terms(term.items)}]`;
      case "object": {
        const entries = term.entries.map(
          ([key, value]) => `${this.term(key)}: ${this.term(value)}`,
        );
        return `{${entries.join(", ")}}`;
      }
      case "infix":
        return `${this.term(term.left)} ${term.operator} ${this.term(term.right)}`;
      case "in":
        return `${this.term(term.value)} in ${this.term(term.collection)}`;
      default:
        throw new Error(`YAML rules have no ${term.kind} here`);
    }
  }

  #terms(terms: readonly Term[]): string {
    return terms.map((term) => this.term(term)).join(", ");
  }

  #templatePart(part: string | Body): string {
    if (typeof part === "string") return JSON.stringify(part).slice(1, -1).replaceAll("{", "\\{");
    return `{${part.map((each) => this.#statement(each)).join("; ")}}`;
  }
}

/** Not one of several holds not: the bodies of which one holds. */
function asAlternatives(expression: Expression): readonly Body[] | undefined {
  const none = negatedBy(expression);
  if (none === undefined || none.length < 2) return undefined;
  const bodies = none.map((each) => negatedBy(each.expression));
  return bodies.includes(undefined) ? undefined : (bodies as readonly Body[]);
}

function metadata({ scope, value }: Annotation): string {
  const lines = stringify({ scope, ...value }, { lineWidth: 0 })
    .trimEnd()
    .split("\n");
  return ["METADATA", ...lines].map((line) => `# ${line}\n`).join("");
}
