// A compiled policy as analyses look at it: its ways to decide, which of them hold for an input, and the
// engine that has the last word.

import {
  type BuiltinTable,
  type CompiledPolicy,
  createPolicy,
  DECISION_RULES,
  type Decision,
  type DecisionRule,
  holdsIn,
  type InputPath,
  type Policy,
  type Residual,
  type Scalar,
  type SourceRef,
  someMember,
  type TreeNode,
  type Value,
  valueAt,
} from "@writ/evaluator";
import { fingerprint, readsInput } from "./fingerprint.ts";
import {
  type Assumed,
  holdsAssuming,
  NOTHING,
  type Opaque,
  type Part,
  partsOfResidual,
  placesOf,
} from "./opaque.ts";
import { PlanEngine } from "./plan-engine.ts";
import { Place, type Way } from "./ways.ts";

/** What analyses ask of a policy's rules. */
export interface Rules {
  readonly compiled: Pick<CompiledPolicy, "shape" | "plan" | "trees" | "data">;
  /** The same text for residuals that say the same of the same inputs. */
  fingerprint(residual: number): string;
  ways(kind: DecisionRule): readonly Way[];
  open(kind: DecisionRule, known: ReadonlyMap<string, Scalar>): Iterable<Way>;
  holding(kind: DecisionRule, input: Value, assumed?: Assumed): readonly Way[];
}

export class PolicyRules implements Rules {
  readonly compiled: CompiledPolicy;
  readonly #builtins: BuiltinTable;
  readonly #plan: PlanEngine;
  readonly #roots: ReadonlyMap<DecisionRule, Place>;
  readonly #lists = new Map<DecisionRule, readonly Way[]>();
  readonly #prints = new Map<number, string>();
  readonly #parts = new Map<number, readonly OpaquePart[]>();
  #policy: Policy | undefined;
  /** How much has been looked at so far: for those who stop when it is too much. */
  looks = 0;

  constructor(compiled: CompiledPolicy, builtins: BuiltinTable) {
    this.compiled = compiled;
    this.#builtins = builtins;
    this.#plan = new PlanEngine(compiled, builtins);
    const { trees, shape } = compiled;
    const source = { trees, shape, opaque: (residual: number) => this.#opaque(residual) };
    this.#roots = new Map(DECISION_RULES.map((kind) => [kind, new Place(source, kind)]));
  }

  /** Linked when a decision is first asked for. */
  get policy(): Policy {
    this.#policy ??= createPolicy(this.compiled, this.#builtins);
    return this.#policy;
  }

  /** The policy as far as some inputs go: what none of them selects is not linked. */
  policyFor(inputs: readonly Value[]): Policy {
    const { trees } = this.compiled;
    const { allow, deny, redact, oblige } = trees.roots;
    const roots = {
      allow: selectedBy(inputs, allow),
      deny: selectedBy(inputs, deny),
      redact: selectedBy(inputs, redact),
      oblige: selectedBy(inputs, oblige),
    };
    return createPolicy({ ...this.compiled, trees: { ...trees, roots } }, this.#builtins);
  }

  root(kind: DecisionRule): Place {
    return this.#roots.get(kind) as Place;
  }

  ways(kind: DecisionRule): readonly Way[] {
    let list = this.#lists.get(kind);
    if (list === undefined) {
      list = this.root(kind).all();
      this.#lists.set(kind, list);
    }
    return list;
  }

  /** Those whose tests hold; what their residuals say is not asked. */
  reached(kind: DecisionRule, input: Value): readonly Way[] {
    const found: Way[] = [];
    this.looks += reach(this.root(kind), input, found);
    return found;
  }

  /** Those that an input may reach of which some values are known, by path. */
  open(kind: DecisionRule, known: ReadonlyMap<string, Scalar>): Iterable<Way> {
    return waysBelow(this.root(kind), (place) => {
      const { node } = place;
      const value = node.kind === "switch" ? known.get(node.path.join("\u0000")) : undefined;
      return value === undefined ? place.children() : selected(place, value);
    });
  }

  /** Those that hold, residuals and all. One whose residual fails is counted as holding: an error denies. */
  holding(kind: DecisionRule, input: Value, assumed: Assumed = NOTHING): readonly Way[] {
    return this.reached(kind, input).filter(({ opaque }) => {
      this.looks += LOOKS_OF_OPAQUE * opaque.length;
      return opaque.every((each) => holdsAssuming(each, input, assumed));
    });
  }

  fingerprint(residual: number): string {
    let text = this.#prints.get(residual);
    if (text === undefined) {
      text = fingerprint(this.compiled, this.compiled.trees.residuals[residual] as Residual);
      this.#prints.set(residual, text);
    }
    return text;
  }

  /** The parts of a residual, each as a condition. */
  #opaque(residual: number): readonly OpaquePart[] {
    let parts = this.#parts.get(residual);
    if (parts === undefined) {
      parts = partsOfResidual(this.compiled.trees.residuals[residual] as Residual).map(
        (part, index) => {
          const holds = (input: Value): boolean | undefined =>
            this.#plan.partHolds(residual, index, input);
          return { part, opaque: new Condition(this.compiled, part, holds) };
        },
      );
      this.#parts.set(residual, parts);
    }
    return parts;
  }

  /**
   * What both engines decide, trees and plan; undefined when they do not agree or something fails: then an
   * input is no evidence. The plan is asked in the packages of which some rule's tests hold, and in those
   * of the rules in question: in the others the trees reach nothing.
   */
  decide(
    input: Value,
    inQuestion: readonly string[] = [],
    policy: Policy = this.policy,
  ): Decision | undefined {
    const decision = policy.evaluate(input);
    if (decision.errors.length > 0) return undefined;
    const holds = (kind: DecisionRule): boolean => {
      const rules = this.reached(kind, input).map(({ clause }) => clause.rule);
      return this.#plan.holds(kind, [...rules, ...inQuestion], input);
    };
    const effect = holds("allow") && !holds("deny") ? "allow" : "deny";
    return effect === decision.effect ? decision : undefined;
  }
}

interface OpaquePart {
  readonly part: Part;
  readonly opaque: Opaque;
}

/** Its key is worked out when it is asked for. */
class Condition implements Opaque {
  readonly isNegated: boolean;
  readonly #compiled: CompiledPolicy;
  readonly #part: Part;
  readonly #isTrue: (input: Value) => boolean | undefined;
  #key: string | undefined;
  #isConstant: boolean | undefined;

  constructor(compiled: CompiledPolicy, part: Part, isTrue: (input: Value) => boolean | undefined) {
    this.#compiled = compiled;
    this.#part = part;
    this.#isTrue = isTrue;
    this.isNegated = part.isNegated;
  }

  get key(): string {
    const { body, value } = this.#part;
    this.#key ??= fingerprint(this.#compiled, { body, value });
    return this.#key;
  }

  get isConstant(): boolean {
    const { body, value } = this.#part;
    this.#isConstant ??= !readsInput(this.#compiled, { body, value });
    return this.#isConstant;
  }

  get places(): readonly SourceRef[] {
    return placesOf(this.#part);
  }

  holds(input: Value): boolean {
    const isTrue = this.#isTrue(input);
    return isTrue === undefined || isTrue !== this.isNegated;
  }
}

/** What asking a condition that no test says costs beside a look at a way. */
const LOOKS_OF_OPAQUE = 100;

/** Gathers the ways at and below a place whose tests hold; how many were looked at. */
function reach(place: Place, input: Value, found: Way[]): number {
  const { node, ways } = place;
  for (const way of ways) if (way.tests.every((test) => holdsIn(test, input))) found.push(way);
  let looks = ways.length;
  if (node.kind === "switch") {
    const at = valueAt(input, node.path);
    const child = at === undefined ? undefined : place.caseOf(at);
    return child === undefined ? looks : looks + reach(child, input, found);
  }
  const at = node.kind === "member" ? valueAt(input, node.path) : undefined;
  if (node.kind === "member" && at === undefined) return looks;
  for (const child of at === undefined ? place.children() : selected(place, at))
    looks += reach(child, input, found);
  return looks;
}

/** The ways at a place and below those it leads to. */
function* waysBelow(place: Place, next: (place: Place) => Iterable<Place>): Generator<Way> {
  const waiting: Iterator<Place>[] = [[place].values()];
  for (let at = waiting.at(-1); at !== undefined; at = waiting.at(-1)) {
    const { value, done } = at.next();
    if (done === true) waiting.pop();
    else {
      yield* value.ways;
      waiting.push(next(value)[Symbol.iterator]());
    }
  }
}

/** The cases of a switch or member node that a value selects. */
function selected(place: Place, at: Value): Iterable<Place> {
  if (place.node.kind === "switch") {
    const child = place.caseOf(at);
    return child === undefined ? [] : [child];
  }
  const found = new Set<Place>();
  const take = (value: Value): false => {
    const child = place.caseOf(value);
    if (child !== undefined) found.add(child);
    return false;
  };
  someMember(at, (_key, item) => take(item));
  return found;
}

/** A tree without the cases that none of the inputs selects. */
function selectedBy(inputs: readonly Value[], node: TreeNode): TreeNode {
  switch (node.kind) {
    case "all":
      return { ...node, nodes: node.nodes.map((each) => selectedBy(inputs, each)) };
    case "switch":
    case "member": {
      const byValue = new Map<Value, Value[]>();
      for (const input of inputs)
        for (const value of valuesAt(input, node.path)) {
          const list = byValue.get(value);
          if (list === undefined) byValue.set(value, [input]);
          else list.push(input);
        }
      const cases = node.cases.flatMap(([constant, child]) => {
        const own = byValue.get(constant);
        return own === undefined ? [] : [[constant, selectedBy(own, child)] as const];
      });
      return { ...node, cases };
    }
    default:
      return node;
  }
}

/** What is at a path, and its members. */
function valuesAt(input: Value, path: InputPath): readonly Value[] {
  const at = valueAt(input, path);
  if (at === undefined) return [];
  const values = [at];
  someMember(at, (_key, item) => {
    values.push(item);
    return false;
  });
  return values;
}
