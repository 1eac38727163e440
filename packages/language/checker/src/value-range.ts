// The values that conditions leave to one subject: some constants, or all but some, between bounds, with
// what a text begins with.

import { alternatives, type Type } from "@writ/ir";
import type { Constant } from "./subject.ts";

export type Order = "equal" | "neq" | "lt" | "lte" | "gt" | "gte";

export const OPPOSITE: { readonly [O in Order]: Order } = {
  equal: "neq",
  neq: "equal",
  lt: "gte",
  lte: "gt",
  gt: "lte",
  gte: "lt",
};

const NONE: ReadonlySet<Constant> = new Set();
const LOWEST = { value: Number.NEGATIVE_INFINITY, isStrict: false };
const HIGHEST = { value: Number.POSITIVE_INFINITY, isStrict: false };

export class ValueRange {
  /** Undefined: any value but those excluded. */
  #allowed: readonly Constant[] | undefined;
  #excluded: ReadonlySet<Constant> = NONE;
  #lower = LOWEST;
  #upper = HIGHEST;
  #prefix = "";
  #prefixesFit = true;

  constructor(type: Type) {
    this.#allowed = valuesOf(type);
  }

  copy(): ValueRange {
    const copy = new ValueRange({ kind: "any" });
    copy.#allowed = this.#allowed;
    copy.#excluded = this.#excluded;
    copy.#lower = this.#lower;
    copy.#upper = this.#upper;
    copy.#prefix = this.#prefix;
    copy.#prefixesFit = this.#prefixesFit;
    return copy;
  }

  compare(order: Order, value: Constant): void {
    if (order === "equal") this.keep([value]);
    else if (order === "neq") this.#excluded = new Set([...this.#excluded, value]);
    else if (typeof value === "number") this.#bound(order, value);
  }

  keep(values: readonly Constant[]): void {
    this.#allowed = this.#allowed?.filter((value) => values.includes(value)) ?? values;
  }

  /** A text begins so. */
  beginWith(prefix: string): void {
    const [short, long] = [prefix, this.#prefix].sort((a, b) => a.length - b.length);
    this.#prefixesFit &&= long?.startsWith(short ?? "") === true;
    this.#prefix = long ?? "";
  }

  #bound(order: Order, value: number): void {
    const isStrict = order === "lt" || order === "gt";
    if (order === "lt" || order === "lte") {
      if (value < this.#upper.value || (value === this.#upper.value && isStrict))
        this.#upper = { value, isStrict };
    } else if (value > this.#lower.value || (value === this.#lower.value && isStrict))
      this.#lower = { value, isStrict };
  }

  /** Whether there is certainly no value left. */
  get isEmpty(): boolean {
    if (!this.#prefixesFit) return true;
    if (this.#allowed !== undefined) return !this.#allowed.some((value) => this.#has(value));
    const [lower, upper] = [this.#lower, this.#upper];
    return (
      lower.value > upper.value ||
      (lower.value === upper.value && (lower.isStrict || upper.isStrict))
    );
  }

  /** Whether there is certainly a value left: one that is a whole number, if it is a number. */
  get hasValue(): boolean {
    if (this.isEmpty) return false;
    if (this.#allowed !== undefined) return true;
    const isBounded =
      this.#lower.value !== Number.NEGATIVE_INFINITY ||
      this.#upper.value !== Number.POSITIVE_INFINITY;
    if (!isBounded) return true;
    if (this.#prefix !== "") return false;
    const first = Math.max(0, Math.floor(this.#lower.value));
    const candidates = Array.from({ length: this.#excluded.size + 3 }, (_none, at) => first + at);
    return candidates.some((value) => this.#has(value));
  }

  #has(value: Constant): boolean {
    if (this.#excluded.has(value)) return false;
    if (typeof value === "string") return value.startsWith(this.#prefix);
    if (typeof value !== "number") return true;
    const [lower, upper] = [this.#lower, this.#upper];
    const isAbove = lower.isStrict ? value > lower.value : value >= lower.value;
    return isAbove && (upper.isStrict ? value < upper.value : value <= upper.value);
  }
}

const known = new WeakMap<Type, readonly Constant[] | null>();

/** The values of a type that has a few. */
function valuesOf(type: Type): readonly Constant[] | undefined {
  let values = known.get(type);
  if (values === undefined) {
    values = listValues(type) ?? null;
    known.set(type, values);
  }
  return values ?? undefined;
}

function listValues(type: Type): readonly Constant[] | undefined {
  const values: Constant[] = [];
  for (const option of alternatives(type)) {
    if (option.kind === "boolean") values.push(...(option.values ?? [true, false]));
    else if (option.kind === "null") values.push(null);
    else if (option.kind === "string" && option.values !== undefined) values.push(...option.values);
    else return undefined;
  }
  return values.length === 0 ? undefined : values;
}
