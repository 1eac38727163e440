// What no test says, taken apart: a residual is a conjunction of conditions that share no variable, each of
// which holds of an input or does not. What one of them asks is not looked into; but that two are the same,
// or one the negation of the other, is known by their text, whatever their variables are called and on
// whichever side of `==` things stand.

import type { Expr, Residual, SourceRef, Stmt, Value } from "@writ/evaluator";
import { withoutNames } from "./inline.ts";

/** A condition that no test says, or its negation. */
export interface Opaque {
  /** The same for a condition and its negation, and wherever else it is asked. Different keys say nothing. */
  readonly key: string;
  readonly isNegated: boolean;
  /** Whether it holds, negation and all; where it fails it counts as holding, as an error denies. */
  readonly holds: (input: Value) => boolean;
  /** Whether it is the same of all inputs: it looks at none. */
  readonly isConstant?: boolean;
  /** Where it is said, but for its negation. */
  readonly places: readonly SourceRef[];
}

export function isSameCondition(a: Opaque, b: Opaque): boolean {
  return a.isNegated === b.isNegated && a.key === b.key;
}

/** What is taken to hold, or not to, of the inputs in question, by key: of conditions, not of their negations. */
export type Assumed = ReadonlyMap<string, boolean>;
export const NOTHING: Assumed = new Map();

/** Whether a condition holds, as far as it is not assumed. */
export function holdsAssuming(opaque: Opaque, input: Value, assumed: Assumed): boolean {
  const known = assumed.size === 0 ? undefined : assumed.get(opaque.key);
  return known === undefined ? opaque.holds(input) : known !== opaque.isNegated;
}

/** A part of a residual that shares no variable with the others. */
export interface Part {
  readonly body: readonly Stmt[];
  readonly value?: Expr;
  readonly isNegated: boolean;
}

/** Where the statements of a part stand; a part that only makes a value has none. */
export function placesOf({ body }: Part): readonly SourceRef[] {
  return body.map(({ source }) => source);
}

/** The parts that must all hold, in their order. */
export function partsOfResidual(residual: Residual): readonly Part[] {
  const { body, value } = withoutNames(residual);
  const groups: { readonly slots: Set<number>; readonly body: Stmt[]; isValue: boolean }[] = [];
  const add = (statements: readonly Stmt[], slots: ReadonlySet<number>, isValue: boolean): void => {
    const near = groups.filter((group) => [...slots].some((slot) => group.slots.has(slot)));
    const [first] = near;
    if (first === undefined) {
      groups.push({ slots: new Set(slots), body: [...statements], isValue });
      return;
    }
    for (const other of near.slice(1)) {
      for (const slot of other.slots) first.slots.add(slot);
      first.body.push(...other.body);
      groups.splice(groups.indexOf(other), 1);
    }
    for (const slot of slots) first.slots.add(slot);
    first.body.push(...statements);
    first.isValue ||= isValue;
  };
  for (const statement of body) add([statement], slotsIn(statement), false);
  if (value !== undefined) add([], slotsIn(value), true);
  return groups.map(({ body: own, isValue }) => {
    const inOrder = body.filter((each) => own.includes(each));
    const [only] = inOrder;
    if (isValue && value !== undefined) return { body: inOrder, value, isNegated: false };
    return inOrder.length === 1 && only?.op === "not"
      ? { body: only.body, isNegated: true }
      : { body: inOrder, isNegated: false };
  });
}

/** The variables that stand anywhere in a part of a plan. */
function slotsIn(node: unknown, found: Set<number> = new Set()): Set<number> {
  if (typeof node !== "object" || node === null) return found;
  const { op, slot, key, value } = node as { readonly [key: string]: unknown };
  if ((op === "slot" || op === "bind") && typeof slot === "number") found.add(slot);
  if (op === "every")
    for (const each of [key, value]) if (typeof each === "number") found.add(each);
  if (op !== "const") for (const child of Object.values(node)) slotsIn(child, found);
  return found;
}

/** The same text for plans that differ in the names of variables, in places, and in sides of comparisons. */
export function canonicalText(node: unknown): string {
  const names = new Map<number, number>();
  const named = (slot: unknown): unknown => {
    if (typeof slot !== "number") return slot;
    const name = names.get(slot) ?? names.size;
    names.set(slot, name);
    return name;
  };
  return JSON.stringify(canonical(node), function (this: { readonly op?: unknown }, key, value) {
    const isSlot =
      (key === "slot" && (this.op === "slot" || this.op === "bind")) ||
      (this.op === "every" && (key === "key" || key === "value"));
    return isSlot ? named(value) : value;
  });
}

/** Comparisons that say the same with their operands exchanged. */
const MIRRORED: { readonly [name: string]: string | undefined } = {
  equal: "equal",
  neq: "neq",
  gt: "lt",
  gte: "lte",
};

/** Keys in one order, without places; comparisons in one form. */
function canonical(node: unknown): unknown {
  if (typeof node !== "object" || node === null) return node;
  if (Array.isArray(node)) return node.map(canonical);
  const entries = Object.entries(node)
    .filter(([key]) => key !== "source" && key !== "id")
    .sort(([a], [b]) => (a < b ? -1 : Number(a > b)));
  // As text: what a constant holds is no plan.
  if ("op" in node && node.op === "const") return { op: "const", text: JSON.stringify(node) };
  const made = Object.fromEntries(entries.map(([key, value]) => [key, canonical(value)]));
  return mirrored(asComparison(made));
}

interface Made {
  readonly [key: string]: unknown;
}

/** A match against a value that is there is a comparison. */
function asComparison(node: Made): Made {
  const pattern = node["pattern"] as Made | undefined;
  if (node["op"] !== "match" || pattern?.["op"] !== "equal") return node;
  const args = [node["expr"], pattern["to"]];
  return { expr: mirrored({ args, name: "equal", op: "call" }), op: "check" };
}

function mirrored(node: Made): Made {
  const name = MIRRORED[String(node["name"])];
  const args = node["args"];
  if (node["op"] !== "call" || name === undefined || !Array.isArray(args)) return node;
  const [a, b] = args.map(withoutSlots);
  const isKept = name === node["name"] && (a as string) <= (b as string);
  return isKept ? node : { ...node, args: [...args].reverse(), name };
}

/** What operands are put in order by: names of variables come from the order. */
function withoutSlots(node: unknown): string {
  return JSON.stringify(node, (key, value) => (key === "slot" ? 0 : value));
}
