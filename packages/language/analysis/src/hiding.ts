// Missing is never permission. The input is total and typed, but some of its paths are optional, and a
// caller may be able to leave one out. For each rule that takes something away, and each optional path it
// needs, this asks whether leaving the path out can turn a deny into an allow; and for each allow, whether
// it holds because something is missing. What cannot be ruled out is reported; nothing is assumed away.
//
// A deny that goes silent is harmless when no allow can hold at the same time (every one needs the path
// itself, or tests something else for another value), or when another deny stands in when the path is
// missing. Rules referred to are looked into; under `not` a missing path makes a deny speak, not fall silent.

import { compileShape, constantOf, type Formulas, formulasOf, withoutTests } from "@writ/compiler";
import { type Diagnostic, diagnostic } from "@writ/diagnostics";
import type { InputPath, Shape, Test } from "@writ/evaluator";
import type { JsonSchema, Program, RuleIR, TermIR, Vocabularies } from "@writ/ir";
import { formatsAnything } from "./formats.ts";
import { InputReads, isConstantPath, isSamePath } from "./input-reads.ts";
import { constantStart, withoutNames } from "./otherwise.ts";

/** What a program was checked against. */
export interface HidingOptions {
  readonly inputSchema: JsonSchema;
  readonly vocabularies: Vocabularies;
  readonly data: unknown;
}

/** W0401: a deny that leaving something out can turn into an allow; W0402: an allow that holds because something is missing. */
export function findHiding(program: Program, options: HidingOptions): readonly Diagnostic[] {
  return new HidingAnalysis(withoutTests(program), options).run();
}

/** One way in which a rule can hold. */
interface Way {
  readonly rule: RuleIR;
  readonly tests: readonly Test[];
  /** Paths without which it may not hold. */
  readonly needs: readonly InputPath[];
  /** Paths without which it surely does not hold. */
  readonly requires: readonly InputPath[];
  /** Paths whose absence it may hold because of. */
  readonly bars: readonly InputPath[];
  /** Whether the tests are all there is to it. */
  readonly isExact: boolean;
}

class HidingAnalysis {
  readonly #program: Program;
  readonly #shape: Shape;
  readonly #formulas: Formulas;
  readonly #reads: InputReads;

  constructor(program: Program, { inputSchema, vocabularies, data }: HidingOptions) {
    this.#program = program;
    this.#shape = compileShape(inputSchema, vocabularies);
    this.#formulas = formulasOf(program, data, this.#shape);
    this.#reads = new InputReads(program);
  }

  run(): readonly Diagnostic[] {
    const denies = this.#ways("deny");
    const allows = this.#ways("allow");
    const redacts = this.#ways("redact");
    const found = new Map<string, Diagnostic>();
    const report = (code: "W0401" | "W0402", way: Way, path: InputPath, help: string): void => {
      const text = ["input", ...path].join(".");
      found.set(
        `${code} ${way.rule.id} ${text}`,
        diagnostic(code, { path: text }, way.rule.headSpan, { help }),
      );
    };
    const silent = (way: Way, others: readonly Way[], verb: string): void => {
      for (const path of this.#optional(way.needs, way.tests)) {
        const isHarmless = allows.every(
          (allow) => needsPath(allow, path) || excludes(way.tests, allow.tests),
        );
        if (isHarmless || others.some((other) => standsIn(other, way, path))) continue;
        report(
          "W0401",
          way,
          path,
          `${verb} when it is missing, too; or say in a comment \`# allow silent-deny: why\` that may stand`,
        );
      }
    };
    for (const deny of denies) silent(deny, denies, "deny");
    for (const redact of redacts) {
      const same = redacts.filter((other) => isSameLabel(other, redact));
      silent(redact, [...denies, ...same], "redact");
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

  #ways(kind: "allow" | "deny" | "redact"): readonly Way[] {
    return this.#program.rules
      .filter(
        (rule) =>
          rule.path.at(-1) === kind &&
          rule.path.length === rule.package.length + 1 &&
          !rule.isTest &&
          !rule.isDefault,
      )
      .flatMap((rule) => {
        const { tests, rest: asked, element } = this.#formulas.splitRule(rule);
        const rest = asked.length === 0 ? asked : withoutNames(asked, this.#reads.otherValue);
        const needed = [
          ...rest.flatMap((statement) => this.#reads.needs(statement, new Set())),
          ...this.#reads.everyRead(element, new Set()),
        ];
        const required = rest.flatMap((statement) => this.#reads.requires(statement, new Set()));
        const barred = [
          ...rest.flatMap((statement) => this.#reads.bars(statement, new Set())),
          // Another branch is for when this one does not hold.
          ...(rule.elses.length === 0
            ? []
            : this.#reads.everyRead([rule.body, rule.elses], new Set())),
        ];
        return tests.map((conjunction): Way => {
          const tested = conjunction.flatMap((test) => (test.op === "not" ? [] : [test.path]));
          return {
            rule,
            tests: conjunction,
            needs: [...tested, ...needed],
            requires: [...tested, ...required],
            bars: [
              ...conjunction.flatMap((test) => (test.op === "not" ? [test.test.path] : [])),
              ...barred,
            ],
            isExact: rest.length === 0 && this.#isTotal(element, conjunction),
          };
        });
      });
  }

  /** Whether a head has a value wherever the tests hold: a constant, or a message of what is always there. */
  #isTotal(term: TermIR, tests: readonly Test[]): boolean {
    const all = (terms: readonly TermIR[]): boolean =>
      terms.every((each) => this.#isTotal(each, tests));
    switch (term.kind) {
      case "ref":
        return term.root === "input" && isConstantPath(term) && this.#isThere(term, tests);
      case "template":
        // What is undefined is printed.
        return term.parts.every(
          (part) => typeof part === "string" || (part.kind === "ref" && part.root === "input"),
        );
      case "array":
        return all(term.items);
      case "object":
        return all(term.entries.flat());
      case "call": {
        const [format, list] = term.args;
        const isFormat = term.target.kind === "builtin" && term.target.name === "sprintf";
        if (!isFormat || format?.kind !== "string" || list?.kind !== "array") return false;
        return formatsAnything(format.value) && all(list.items);
      }
      default:
        return constantOf(term) !== undefined;
    }
  }

  #isThere(term: Extract<TermIR, { kind: "ref" }>, tests: readonly Test[]): boolean {
    const path = constantStart(term);
    return (
      optionalAt(this.#shape, path, tests) === undefined ||
      tests.some((test) => test.op !== "not" && isSamePath(test.path, path))
    );
  }

  /** Of these paths, the ones an input that fits may leave out, given what the tests ask of it. */
  #optional(paths: readonly InputPath[], tests: readonly Test[]): readonly InputPath[] {
    const optional = paths.flatMap((path) => {
      const from = optionalAt(this.#shape, path, tests);
      return from === undefined ? [] : [from];
    });
    return [...new Map(optional.map((path) => [path.join("\u0000"), path])).values()];
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
            (test) =>
              test.op === "eq" && isSamePath(test.path, [property]) && test.value === equals,
          ),
      );
    // Below a free-form part the whole path is the author's own: it is named as it was written.
    if (!always) return Object.hasOwn(at.properties, key) ? path.slice(0, index + 1) : path;
    at = Object.hasOwn(at.properties, key) ? at.properties[key] : at.rest;
  }
  return undefined;
}

/** Whether leaving the path out keeps it from holding. */
function needsPath(way: Way, path: InputPath): boolean {
  return way.requires.some((needed) => isBelow(needed, path));
}

/** Whether a path is another, or below it. */
function isBelow(path: InputPath, other: InputPath): boolean {
  return other.every((key, index) => path[index] === key);
}

/** Whether two lists of tests ask different values of one path. */
function excludes(a: readonly Test[], b: readonly Test[]): boolean {
  return a.some((left) =>
    b.some((right) => {
      if (left.op === "not" || right.op === "not" || !isSamePath(left.path, right.path))
        return false;
      const [values, others] = [askedValues(left), askedValues(right)];
      return (
        values !== undefined &&
        others !== undefined &&
        !values.some((value) => others.includes(value))
      );
    }),
  );
}

function askedValues(test: Test): readonly unknown[] | undefined {
  if (test.op === "eq") return [test.value];
  return test.op === "one-of" ? test.values : undefined;
}

function isSameLabel(a: Way, b: Way): boolean {
  const label = a.rule.element && constantOf(a.rule.element);
  return (
    label !== undefined && b.rule.element !== undefined && constantOf(b.rule.element) === label
  );
}

/** Whether another deny holds when the path is missing and all else is as this one asks. */
function standsIn(other: Way, deny: Way, path: InputPath): boolean {
  // What a rule asks and gives besides its tests is the same in all its ways.
  const isSame = other.rule === deny.rule && !other.needs.some((needed) => isBelow(needed, path));
  if (!(other.isExact || isSame) || needsPath(other, path)) return false;
  return other.tests.every((test) => {
    if (test.op === "not") return path.every((key, index) => test.test.path[index] === key);
    return deny.tests.some((own) => JSON.stringify(own) === JSON.stringify(test));
  });
}
