// Rules that allow everything: whatever is asked, whatever no rule denies, or whatever has a collection without
// members, of which `every` holds. Each is proved by the trees of the program as it would be then.

import { type CompileOptions, compile, withoutTests } from "@writ/compiler";
import type { Span } from "@writ/diagnostics";
import {
  type BuiltinTable,
  DECISION_RULES,
  type InputPath,
  pathOf,
  shapeAt,
  type TreeClause,
} from "@writ/evaluator";
import type { Program } from "@writ/ir";
import { everyDomains } from "./every-domains.ts";
import { isPossible } from "./implied.ts";
import type { Assumed } from "./opaque.ts";
import { allowsOnly, isDecision, pathsRead, whereEmpty, withoutDenies } from "./open-variants.ts";
import { PolicyRules } from "./policy-rules.ts";
import { search } from "./search.ts";
import { solve } from "./solve.ts";
import type { Way } from "./ways.ts";

/** What allows more than anybody can mean to. `clauses`: together, where they are several. */
export type OpenAllow =
  /** Every call is allowed. */
  | { readonly kind: "always"; readonly clauses: Clauses }
  /** Every call that no rule denies or refuses. */
  | { readonly kind: "unless-denied"; readonly clauses: Clauses }
  /** Every call in which the collection has no members; of a caller's, whatever else is asked but who calls. */
  | { readonly kind: "when-empty"; readonly clauses: Clauses; readonly path: InputPath }
  /** Nothing can allow. `span`: of a rule that decides. */
  | { readonly kind: "nothing"; readonly span: Span };

type Clauses = readonly [TreeClause, ...TreeClause[]];

/** The allows that ask for nothing, and that there is none. */
export function findOpenAllows(
  program: Program,
  options: CompileOptions,
  builtins: BuiltinTable,
): readonly OpenAllow[] {
  return new OpenAllows(withoutTests(program), options, builtins).run();
}

class OpenAllows {
  readonly #program: Program;
  readonly #options: CompileOptions;
  readonly #builtins: BuiltinTable;

  constructor(program: Program, options: CompileOptions, builtins: BuiltinTable) {
    this.#program = program;
    this.#options = options;
    this.#builtins = builtins;
  }

  run(): readonly OpenAllow[] {
    const program = allowsOnly(this.#program, { refusals: true });
    const rules = this.#compile(program);
    const always = alwaysHolding(rules);
    if (always.length > 0) return always.map((clauses) => ({ kind: "always", clauses }));
    const lenient = allowsOnly(this.#program, { refusals: false });
    const undenied = withoutDenies(lenient);
    const isOtherwise = undenied !== undefined || lenient.rules.length !== program.rules.length;
    const unless = isOtherwise ? alwaysHolding(this.#compile(undenied ?? lenient)) : [];
    if (unless.length > 0) return unless.map((clauses) => ({ kind: "unless-denied", clauses }));
    if (rules.ways("allow").length > 0) return this.#whenEmpty(program);
    const deciding = this.#program.rules.find((rule) =>
      DECISION_RULES.some((kind) => isDecision(rule, kind)),
    );
    return deciding === undefined ? [] : [{ kind: "nothing", span: deciding.headSpan }];
  }

  #compile(program: Program): PolicyRules {
    return new PolicyRules(compile(program, this.#options), this.#builtins);
  }

  #whenEmpty(program: Program): readonly OpenAllow[] {
    const { shape } = compile(program, this.#options);
    const collections = (paths: readonly InputPath[]): readonly InputPath[] =>
      paths.filter((path) => shapeAt(shape, path)?.kind === "array");
    const asked = everyDomains(program);
    const found: OpenAllow[] = [];
    for (const path of collections(pathsRead(program.rules))) {
      const rules = this.#compile(whereEmpty(program, path));
      const always = alwaysHolding(rules).map(
        (clauses): OpenAllow => ({ kind: "when-empty", clauses, path }),
      );
      found.push(...always);
      if (always.length > 0 || path[0] !== CALLER) continue;
      const every = asked.get(path.join("\u0000")) ?? new Set();
      const open = rules
        .ways("allow")
        .filter(
          (way) =>
            every.has(way.clause.rule) &&
            isOfAnyone(way) &&
            isPossible(shape, way.tests) &&
            way.opaque.every((each) => each.isConstant !== true || each.holds(null)),
        );
      const clauses = new Set(open.map(({ clause }) => clause));
      for (const clause of clauses) found.push({ kind: "when-empty", clauses: [clause], path });
    }
    return found;
  }
}

/** Below it stands who calls. */
const CALLER = "identity";

/** Whether nothing that a way asks is about who calls. */
function isOfAnyone({ tests, opaque }: Way): boolean {
  return (
    tests.every((test) => pathOf(test)[0] !== CALLER) &&
    opaque.every((each) => each.isConstant === true || !each.key.includes(JSON.stringify(CALLER)))
  );
}

/** The rules each of which holds of every input that fits; failing that, rules of which one always does. */
function alwaysHolding(rules: PolicyRules): readonly Clauses[] {
  const { shape } = rules.compiled;
  const plain = solve(shape, []);
  if (plain.kind !== "value") return [];
  const first = rules.holding("allow", plain.value).filter(isConstantlySo);
  const alone = [...new Set(first.map(({ index }) => index))].flatMap((index): Clauses[] => {
    const clauses = neverOtherwise(rules, (way) => way.index === index);
    return clauses === undefined ? [] : [clauses];
  });
  if (alone.length > 0 || first.length === 0) return alone;
  const together = neverOtherwise(rules, () => true);
  return together === undefined ? [] : [together];
}

function isConstantlySo({ opaque }: Way): boolean {
  return opaque.length < MAX_CONDITIONS;
}

const MAX_CONDITIONS = 50;
/** A set of many rules that hold of most inputs is not looked at for ever. */
const MAX_LOOKS = 500_000;

/** Those of the ways that are meant that hold, of every input that fits one; undefined where that is not proved. */
function neverOtherwise(rules: PolicyRules, isMeant: (way: Way) => boolean): Clauses | undefined {
  const by = new Map<number, TreeClause>();
  const end = rules.looks + MAX_LOOKS;
  const answer = search({
    shape: rules.compiled.shape,
    require: { tests: [], opaque: [] },
    forbidden: (input, assumed: Assumed) => {
      if (rules.looks > end) return [];
      const held = rules.holding("allow", input, assumed).filter(isMeant);
      for (const { index, clause } of held) by.set(index, clause);
      // What does not look at the input is as it is.
      return held.map(({ tests, opaque }) => ({
        tests,
        opaque: opaque.filter(({ isConstant }) => isConstant !== true),
      }));
    },
  });
  const [first, ...others] = by.values();
  return answer.kind === "none" && first !== undefined ? [first, ...others] : undefined;
}
