// The smallest changes of an input that turn its decision: few paths with other values, found by making a
// rule hold that does not, or one fail that does. Each is decided on before it is offered.

import { negated } from "@writ/compiler";
import {
  type BuiltinTable,
  type CompiledPolicy,
  type Decision,
  type Effect,
  equalValues,
  holdsIn,
  type InputPath,
  isPlainObject,
  pathOf,
  type Test,
  type Value,
} from "@writ/evaluator";
import { satisfy } from "./edit.ts";
import { PolicyRules } from "./policy-rules.ts";
import type { Way } from "./ways.ts";

/** Changes that together turn a decision, and the decision then. */
export interface Turn {
  readonly changes: readonly Change[];
  readonly decision: Decision;
}

/** Another value at one path of the input. */
export interface Change {
  readonly path: InputPath;
  /** Undefined: it is missing. */
  readonly from?: Value;
  readonly to?: Value;
}

/** More changes than this are no small ones. */
const MAX_CHANGES = 4;
const MAX_TRIED = 2000;
const MAX_TURNS = 5;

/**
 * The smallest changes of an input that turn its effect: at most five, those with the fewest changes first, each
 * decided on by the policy. None: none of at most four values was found, which proves nothing.
 */
export function findTurns(
  policy: CompiledPolicy,
  builtins: BuiltinTable,
  input: Value,
): readonly Turn[] {
  return new Turning(new PolicyRules(policy, builtins), input).run();
}

class Turning {
  readonly #rules: PolicyRules;
  readonly #input: Value;
  readonly #wanted: Effect;
  readonly #found = new Map<string, Turn>();
  readonly #seen = new Set<string>();
  #tried = 0;

  constructor(rules: PolicyRules, input: Value) {
    this.#rules = rules;
    this.#input = input;
    this.#wanted = rules.policy.evaluate(input).effect === "allow" ? "deny" : "allow";
  }

  run(): readonly Turn[] {
    const isAllowWanted = this.#wanted === "allow";
    const make = isAllowWanted ? "allow" : "deny";
    const nearest = this.#rules
      .ways(make)
      .map((way) => ({ way, failing: this.#failing(way) }))
      .filter(({ failing }) => failing <= MAX_CHANGES)
      .sort((a, b) => a.failing - b.failing);
    for (const { way } of nearest) {
      if (this.#tried >= MAX_TRIED) break;
      this.#turn(way.tests);
    }
    // An allow is also undone when nothing allows any more.
    if (!isAllowWanted) this.#turn([]);
    const turns = [...this.#found.values()].sort((x, y) => x.changes.length - y.changes.length);
    // One for each set of paths: which of several values it is matters less than where.
    const byPaths = new Map<string, Turn>();
    for (const turn of turns) {
      const key = pathsOf(turn).sort().join();
      if (!byPaths.has(key)) byPaths.set(key, turn);
    }
    return [...byPaths.values()]
      .filter((turn, _index, all) => !all.some((other) => isWithin(other, turn)))
      .slice(0, MAX_TURNS);
  }

  #failing({ tests }: Way): number {
    const failing = tests.filter((test) => !holdsIn(test, this.#input));
    return new Set(failing.map((test) => pathOf(test).join("\u0000"))).size;
  }

  /** Tries the input that satisfies the literals, and then without each rule that is in the way. */
  #turn(literals: readonly Test[]): void {
    const edited = satisfy(this.#rules.compiled.shape, this.#input, literals);
    if (edited === undefined) return;
    const key = JSON.stringify(edited);
    if (this.#seen.has(key) || this.#tried >= MAX_TRIED) return;
    this.#seen.add(key);
    this.#tried += 1;
    const changes = changesOf(this.#input, edited);
    if (changes.length > MAX_CHANGES) return;
    const decision = this.#rules.policy.evaluate(edited);
    if (decision.errors.length > 0) return;
    if (decision.effect === this.#wanted) {
      const name = changes
        .map(({ path, to }) => `${path.join(".")}=${JSON.stringify(to)}`)
        .sort()
        .join();
      if (changes.length > 0) this.#found.set(name, { changes, decision });
      return;
    }
    const inTheWay = this.#wanted === "allow" ? "deny" : "allow";
    const [first] = this.#rules.holding(inTheWay, edited);
    for (const test of first?.tests ?? []) {
      if (!literals.includes(test)) this.#turn([...literals, negated(test)]);
    }
  }
}

/** Where two values differ: inside objects that are on both sides, otherwise as a whole. */
function changesOf(
  from: Value | undefined,
  to: Value | undefined,
  path: InputPath = [],
): readonly Change[] {
  if (from !== undefined && to !== undefined) {
    if (equalValues(from, to)) return [];
    if (isPlainObject(from) && isPlainObject(to)) {
      const keys = new Set([...Object.keys(from), ...Object.keys(to)]);
      return [...keys].flatMap((key) =>
        changesOf(ownOf(from, key), ownOf(to, key), [...path, key]),
      );
    }
  }
  return [{ path, ...(from !== undefined && { from }), ...(to !== undefined && { to }) }];
}

function ownOf(object: { readonly [key: string]: Value }, key: string): Value | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function pathsOf({ changes }: Turn): string[] {
  return changes.map(({ path }) => path.join("\u0000"));
}

/** Whether a turn asks for nothing but part of another. */
function isWithin(small: Turn, large: Turn): boolean {
  const paths = new Set(pathsOf(large));
  return (
    small.changes.length < large.changes.length && pathsOf(small).every((path) => paths.has(path))
  );
}
