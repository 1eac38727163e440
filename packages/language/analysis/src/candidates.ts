// Values to try at one path, so that when none satisfies the literals there, no value does. The tests know
// only constants, order, prefixes and members, so between and beside the constants one value stands for all.

import {
  inner,
  isArray,
  type PathTest,
  type Scalar,
  type Shape,
  type Test,
  type Value,
} from "@writ/evaluator";
import { constantsOf } from "./tests.ts";

export interface Candidates {
  readonly values: readonly Value[];
  /** Whether no value outside the list could do what none in it does. */
  readonly isComplete: boolean;
}

type ScalarShape = Exclude<Shape, { kind: "object" | "one-of" }>;

/** `hints` are further constants worth trying: they change nothing about what can be proved. */
export function candidatesFor(
  shape: ScalarShape,
  literals: readonly Test[],
  name: string,
  hints: readonly Scalar[] = [],
): Candidates {
  const fixed = literals.find((literal) => literal.op === "eq");
  if (fixed !== undefined) return only(shape, fixed.value);
  const constants = [...literals.flatMap(constantsOf), ...hints];
  switch (shape.kind) {
    case "null":
      return { values: [null], isComplete: true };
    case "boolean":
      return { values: [true, false], isComplete: true };
    case "number":
      return { values: numbers(constants), isComplete: isTold(literals, false) };
    case "integer":
      return {
        values: integers(constants, shape.minimum ?? Number.NEGATIVE_INFINITY),
        isComplete: isTold(literals, false),
      };
    case "string":
      if (shape.values !== undefined) return { values: shape.values, isComplete: true };
      return { values: strings(literals, constants, name), isComplete: isTold(literals, true) };
    case "array":
      return {
        values: arrays(shape, literals, name, hints),
        // Of members of several kinds none is made.
        isComplete: isTold(literals, false) && shape.items.kind !== "one-of",
      };
    default:
      return anything(literals, constants, name);
  }
}

/** An equation leaves one value, or none where the shape has no such. */
function only(shape: ScalarShape, value: Scalar): Candidates {
  const isInShape =
    shape.kind === "any" ||
    (isOfKind(value, shape.kind) &&
      (shape.kind !== "string" || shape.values?.includes(value as string) !== false) &&
      (shape.kind !== "integer" ||
        (value as number) >= (shape.minimum ?? Number.NEGATIVE_INFINITY)));
  return { values: isInShape ? [value] : [], isComplete: true };
}

/** Of which tests the candidates tell all there is, by what they name; where a path holds texts, and elsewhere. */
const TOLD: { readonly [Op in PathTest["op"]]: "always" | "but for texts in order" } = {
  truthy: "always",
  defined: "always",
  eq: "always",
  ne: "always",
  "one-of": "always",
  // Between two texts there are always more.
  lt: "but for texts in order",
  lte: "but for texts in order",
  gt: "but for texts in order",
  gte: "but for texts in order",
  prefix: "always",
  suffix: "always",
  has: "always",
};

/** `hasTexts`: whether what is at the path may be a text. */
function isTold(literals: readonly Test[], hasTexts: boolean): boolean {
  return literals.every((literal) => {
    const test = inner(literal);
    if (TOLD[test.op] === "always" || !hasTexts) return true;
    // The empty text is the first of all: nothing lies below it, and everything at or above.
    return !("value" in test) || typeof test.value !== "string" || test.value === "";
  });
}

function isNumber(value: Scalar): value is number {
  return typeof value === "number";
}

function sorted(constants: readonly Scalar[]): readonly number[] {
  return [...new Set(constants.filter(isNumber))].sort((a, b) => a - b);
}

/** Each constant, one between it and the next, one below all and one above: doubles, as inputs hold them. */
function numbers(constants: readonly Scalar[]): readonly number[] {
  const cuts = sorted(constants);
  const between = cuts.flatMap((cut, index) => {
    const next = cuts[index + 1];
    return next === undefined ? [cut] : [cut, cut + (next - cut) / 2, after(cut)];
  });
  const [first = 0] = cuts;
  const last = cuts.at(-1) ?? 0;
  return finite([...between, last + 1, after(last), first - 1, -after(-first), 0]);
}

/** Each constant's neighbours among the integers. */
function integers(constants: readonly Scalar[], minimum: number): readonly number[] {
  const around = sorted(constants).flatMap((cut) => {
    const [low, high] = [Math.floor(cut), Math.ceil(cut)];
    return [low, high, low + 1, high - 1, after(high), -after(-low)];
  });
  const base = Number.isFinite(minimum) ? minimum : 0;
  return finite([...around, base]).filter((value) => value >= minimum && Number.isInteger(value));
}

function finite(values: readonly number[]): readonly number[] {
  return [...new Set(values)].filter(Number.isFinite);
}

const bits = new DataView(new ArrayBuffer(8));

/** The next double above. */
function after(value: number): number {
  if (value === 0) return Number.MIN_VALUE;
  bits.setFloat64(0, value);
  bits.setBigInt64(0, bits.getBigInt64(0) + (value > 0 ? 1n : -1n));
  return bits.getFloat64(0);
}

function isText(value: Scalar): value is string {
  return typeof value === "string";
}

/** Begins and ends as asked, with something between that no constant has; then the constants themselves. */
function strings(
  literals: readonly Test[],
  constants: readonly Scalar[],
  name: string,
): readonly string[] {
  const texts = [...new Set(constants.filter(isText))];
  const wanted = (op: "prefix" | "suffix"): readonly string[] => [
    "",
    ...literals.flatMap((test) => (test.op === op ? [test.value] : [])),
  ];
  const longest = (list: readonly string[]): string =>
    list.reduce((best, each) => (each.length > best.length ? each : best), "");
  const [begin, end] = [longest(wanted("prefix")), longest(wanted("suffix"))];
  const fresh = freshCharacter(texts);
  const isFree = begin === "" && end === "";
  const ordered = isTold(literals, true)
    ? []
    : texts.flatMap((text) => [`${text}${fresh}`, text.slice(0, -1)]);
  // A name of its own reads better than a stray character, where nothing speaks against it.
  return [
    ...(isFree ? [name] : []),
    `${begin}${fresh}${end}`,
    ...texts,
    ...overlaps(begin, end),
    ...ordered,
  ];
}

/** One text that begins with one and ends with the other, for each way they can share a part. */
function overlaps(begin: string, end: string): readonly string[] {
  const found: string[] = [];
  for (let shared = 0; shared <= Math.min(begin.length, end.length); shared += 1) {
    if (begin.endsWith(end.slice(0, shared))) found.push(`${begin}${end.slice(shared)}`);
  }
  return found;
}

function freshCharacter(texts: readonly string[]): string {
  const used = new Set(texts.join(""));
  for (const each of "-_.0123456789abcdefghijklmnopqrstuvwxyz~") if (!used.has(each)) return each;
  let code = 0x100;
  while (used.has(String.fromCharCode(code))) code += 1;
  return String.fromCharCode(code);
}

/** The members asked for; with hints also those with one of them more. */
function arrays(
  shape: Extract<Shape, { kind: "array" }>,
  literals: readonly Test[],
  name: string,
  hints: readonly Scalar[],
): readonly Value[] {
  const wanted = [...new Set(literals.flatMap((test) => (test.op === "has" ? [test.value] : [])))];
  const items = shape.items;
  if (items.kind === "object" || items.kind === "one-of") return wanted.length === 0 ? [[]] : [];
  const known = items.kind === "string" && items.values !== undefined ? items.values : undefined;
  if (items.kind !== "any" && wanted.some((each) => !isOfKind(each, items.kind))) return [];
  if (known !== undefined && wanted.some((each) => !known.includes(each as string))) return [];
  const more = hints.filter(
    (hint) => !wanted.includes(hint) && (known === undefined || known.includes(hint as string)),
  );
  const unhinted = known?.find((each) => !wanted.includes(each) && !hints.includes(each));
  const fresh = known === undefined ? name : unhinted;
  const other = fresh === undefined ? [] : [[...wanted, fresh]];
  const beside = (count: number): readonly Value[] =>
    known?.filter((each) => !wanted.includes(each)).slice(0, count) ??
    Array.from({ length: count }, (_each, index) => `${name}-${index + 1}`);
  const sizes = [...new Set(hints.filter(isLength).flatMap((size) => [size, size + 1]))];
  // A residual may ask how many there are.
  const lists = sizes
    .filter((size) => size > wanted.length && (items.kind === "string" || items.kind === "any"))
    .map((size) => [...wanted, ...beside(size - wanted.length)]);
  return [
    wanted,
    ...more.map((hint) => [...wanted, hint]),
    ...(hints.length > 0 ? other : []),
    ...lists,
  ];
}

/** Lists longer than this are not tried. */
const MAX_LENGTH = 16;

function isLength(value: Scalar): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= MAX_LENGTH;
}

function isOfKind(value: Scalar, kind: Shape["kind"]): boolean {
  if (kind === "integer") return Number.isInteger(value);
  return kind === "null" ? value === null : typeof value === kind;
}

function anything(
  literals: readonly Test[],
  constants: readonly Scalar[],
  name: string,
): Candidates {
  const members = literals.some((test) => inner(test).op === "has");
  const values: readonly Value[] = [
    ...strings(literals, constants, name),
    ...constants,
    ...numbers(constants),
    true,
    false,
    null,
    arrays({ kind: "array", items: { kind: "any" } }, literals, name, []).filter(isArray)[0] ?? [],
  ];
  return { values, isComplete: !members && isTold(literals, true) };
}
