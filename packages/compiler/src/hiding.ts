// Missing is never permission. The input is total and typed, but some of its paths are optional, and a
// caller may be able to leave one out. For each rule that takes something away, and each optional path it
// needs, this asks whether leaving the path out can turn a deny into an allow; and for each allow, whether
// it holds because something is missing. What cannot be ruled out is reported; nothing is assumed away.
//
// A deny that goes silent is harmless when no allow can hold at the same time (every one needs the path
// itself, or tests something else for another value), or when another deny stands in when the path is
// missing. Rules referred to are looked into; under `not` a missing path makes a deny speak, not fall silent.

import type { Program, RuleIR, StatementIR, TermIR } from "@writ/checker";
import { type Diagnostic, diagnostic } from "@writ/diagnostics";
import type { InputPath, Shape, Test } from "@writ/evaluator";
import { Formulas } from "./formula.ts";
import { compileShape, type JsonSchema, type Vocabularies } from "./shape.ts";

export interface HidingOptions {
  readonly inputSchema: JsonSchema;
  readonly vocabularies: Vocabularies;
  readonly data: unknown;
}

export function findHiding(program: Program, options: HidingOptions): readonly Diagnostic[] {
  return new HidingAnalysis(program, options).run();
}

/** One way in which a rule can hold. */
interface Way {
  readonly rule: RuleIR;
  readonly tests: readonly Test[];
  /** Paths without which it does not hold. */
  readonly needs: readonly InputPath[];
  /** Paths whose absence it may hold because of. */
  readonly bars: readonly InputPath[];
  /** Whether the tests are all there is to it. */
  readonly isExact: boolean;
}

class HidingAnalysis {
  readonly #program: Program;
  readonly #shape: Shape;
  readonly #formulas: Formulas;
  readonly #rules = new Map<string, RuleIR[]>();

  constructor(program: Program, { inputSchema, vocabularies, data }: HidingOptions) {
    this.#program = program;
    this.#shape = compileShape(inputSchema, vocabularies);
    this.#formulas = new Formulas(program, data);
    for (const rule of program.rules) {
      const key = rule.path.join(".");
      this.#rules.set(key, [...(this.#rules.get(key) ?? []), rule]);
    }
  }

  run(): readonly Diagnostic[] {
    const denies = this.#ways("deny");
    const allows = this.#ways("allow");
    const found = new Map<string, Diagnostic>();
    const report = (code: "W0401" | "W0402", way: Way, path: InputPath, help: string): void => {
      const text = ["input", ...path].join(".");
      found.set(
        `${code} ${way.rule.id} ${text}`,
        diagnostic(code, { path: text }, way.rule.headSpan, { help }),
      );
    };
    for (const deny of denies) {
      for (const path of this.#optional(deny.needs, deny.tests)) {
        const isHarmless = allows.every(
          (allow) => needsPath(allow, path) || excludes(deny.tests, allow.tests),
        );
        if (isHarmless || denies.some((other) => standsIn(other, deny, path))) continue;
        report(
          "W0401",
          deny,
          path,
          "deny when it is missing, too; or say in a comment `# allow silent-deny: why` that may stand",
        );
      }
    }
    for (const allow of allows) {
      for (const path of this.#optional(allow.bars, allow.tests)) {
        if (needsPath(allow, path)) continue;
        report(
          "W0402",
          allow,
          path,
          "ask that it is there, too; or say `# allow allowed-when-missing: why`",
        );
      }
    }
    return [...found.values()];
  }

  #ways(kind: "allow" | "deny"): readonly Way[] {
    return this.#program.rules
      .filter(
        (rule) =>
          rule.path.at(-1) === kind &&
          rule.path.length === rule.package.length + 1 &&
          !rule.isTest &&
          !rule.isDefault,
      )
      .flatMap((rule) => {
        const { tests, rest } = this.#formulas.split(rule.body);
        const needed = rest.flatMap((statement) => this.#needs(statement, new Set()));
        const barred = rest.flatMap((statement) => this.#bars(statement, new Set()));
        return tests.map(
          (conjunction): Way => ({
            rule,
            tests: conjunction,
            needs: [
              ...conjunction.flatMap((test) => (test.op === "not" ? [] : [test.path])),
              ...needed,
            ],
            bars: [
              ...conjunction.flatMap((test) => (test.op === "not" ? [test.test.path] : [])),
              ...barred,
            ],
            isExact: rest.length === 0,
          }),
        );
      });
  }

  /** Input paths without which a statement does not hold. */
  #needs(statement: StatementIR, seen: Set<string>): readonly InputPath[] {
    switch (statement.kind) {
      case "expression":
        return this.#reads(statement.term, seen, "needs");
      case "unify":
        return [
          ...this.#reads(statement.left, seen, "needs"),
          ...this.#reads(statement.right, seen, "needs"),
        ];
      case "scan":
        return this.#reads(statement.collection, seen, "needs");
      case "every":
        return this.#reads(statement.domain, seen, "needs");
      default:
        return [];
    }
  }

  /** Input paths whose absence helps a statement to hold. */
  #bars(statement: StatementIR, seen: Set<string>): readonly InputPath[] {
    switch (statement.kind) {
      case "not":
        return statement.body.flatMap((inner) => this.#needs(inner, seen));
      case "expression":
        return this.#reads(statement.term, seen, "bars");
      default:
        return [];
    }
  }

  /** The constant input paths a term reads, through the rules it refers to. */
  #reads(term: TermIR, seen: Set<string>, what: "needs" | "bars"): readonly InputPath[] {
    if (term.kind === "call") return term.args.flatMap((arg) => this.#reads(arg, seen, what));
    if (term.kind === "array" || term.kind === "set")
      return term.items.flatMap((item) => this.#reads(item, seen, what));
    if (term.kind === "object")
      return term.entries.flatMap(([, value]) => this.#reads(value, seen, what));
    if (term.kind !== "ref") return [];
    if (term.root === "input") return what === "needs" ? [constantStart(term)] : [];
    return term.root === "data" ? this.#readsOfRule(term, seen, what) : [];
  }

  #readsOfRule(
    term: Extract<TermIR, { kind: "ref" }>,
    seen: Set<string>,
    what: "needs" | "bars",
  ): readonly InputPath[] {
    const key = constantStart(term).join(".");
    if (seen.has(key)) return [];
    seen.add(key);
    return (this.#rules.get(key) ?? []).flatMap((rule) =>
      rule.body.flatMap((statement) =>
        what === "needs" ? this.#needs(statement, seen) : this.#bars(statement, seen),
      ),
    );
  }

  /** Of these paths, the ones an input that fits may leave out, given what the tests ask of it. */
  #optional(paths: readonly InputPath[], tests: readonly Test[]): readonly InputPath[] {
    const optional = paths.flatMap((path) => {
      const from = optionalAt(this.#shape, path, tests);
      return from === undefined ? [] : [from];
    });
    return [...new Map(optional.map((path) => [path.join("."), path])).values()];
  }
}

/** The shortest beginning of a path that may be missing; undefined when all of it is always there. */
function optionalAt(shape: Shape, path: InputPath, tests: readonly Test[]): InputPath | undefined {
  let at: Shape | undefined = shape;
  for (const [index, key] of path.entries()) {
    if (at === undefined || at.kind !== "object") return undefined;
    const isTop = index === 0;
    const always =
      at.required.includes(key) ||
      (at.requiredWhen ?? []).some(
        ({ property, equals, required }) =>
          isTop &&
          required.includes(key) &&
          tests.some(
            (test) => test.op === "eq" && test.path.join(".") === property && test.value === equals,
          ),
      );
    // Below a free-form part the whole path is the author's own: it is named as it was written.
    if (!always) return Object.hasOwn(at.properties, key) ? path.slice(0, index + 1) : path;
    at = Object.hasOwn(at.properties, key) ? at.properties[key] : at.rest;
  }
  return undefined;
}

function constantStart(term: Extract<TermIR, { kind: "ref" }>): InputPath {
  const path: string[] = [];
  for (const part of term.parts) {
    if (part.kind !== "string") break;
    path.push(part.value);
  }
  return path;
}

/** Whether leaving the path out keeps it from holding. */
function needsPath(way: Way, path: InputPath): boolean {
  return way.needs.some((needed) => path.every((key, index) => needed[index] === key));
}

/** Whether two lists of tests ask different values of one path. */
function excludes(a: readonly Test[], b: readonly Test[]): boolean {
  return a.some((left) =>
    b.some((right) => {
      if (left.op === "not" || right.op === "not" || left.path.join(".") !== right.path.join("."))
        return false;
      const [values, others] = [valuesOf(left), valuesOf(right)];
      return (
        values !== undefined &&
        others !== undefined &&
        !values.some((value) => others.includes(value))
      );
    }),
  );
}

function valuesOf(test: Test): readonly unknown[] | undefined {
  if (test.op === "eq") return [test.value];
  return test.op === "one-of" ? test.values : undefined;
}

/** Whether another deny holds when the path is missing and all else is as this one asks. */
function standsIn(other: Way, deny: Way, path: InputPath): boolean {
  if (!other.isExact || needsPath(other, path)) return false;
  return other.tests.every((test) => {
    if (test.op === "not") return path.every((key, index) => test.test.path[index] === key);
    return deny.tests.some((own) => JSON.stringify(own) === JSON.stringify(test));
  });
}
