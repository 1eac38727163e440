// How what fits the input's schema differs between two policies: by vocabularies, or by the versions of the schema they
// were built with. What fits both is where their rules can be compared; what fits one only is denied by the other.

import type { Shape } from "@writ/evaluator";

/** A place at which one shape takes what the other does not. */
export interface ShapeChange {
  /** `[]` stands for the members of a list. */
  readonly path: readonly string[];
  /** Whether the later shape takes more there. */
  readonly isMore: boolean;
  /** The values that are taken there by one only; absent: it is no matter of listed values. */
  readonly values?: readonly string[];
  /** The values that both take, where one takes any others. */
  readonly except?: readonly string[];
}

type Of<Kind extends Shape["kind"]> = Extract<Shape, { readonly kind: Kind }>;

export function shapeChanges(before: Shape, after: Shape): readonly ShapeChange[] {
  return changes(before, after, []);
}

export function isSameShape(a: Shape, b: Shape): boolean {
  return a === b || textOf(a) === textOf(b);
}

const texts = new WeakMap<object, string>();

/** The same for the same, in whichever order the keys are: a bundle has them sorted. */
function textOf(node: object): string {
  let text = texts.get(node);
  if (text === undefined) {
    text = JSON.stringify(node, (_key, value: unknown) =>
      typeof value === "object" && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
        : value,
    );
    texts.set(node, text);
  }
  return text;
}

function changes(before: Shape, after: Shape, path: readonly string[]): readonly ShapeChange[] {
  if (isSameShape(before, after)) return [];
  if (before.kind === "string" && after.kind === "string") return valueChanges(before, after, path);
  if (before.kind === "array" && after.kind === "array")
    return [
      ...(before.unique === after.unique ? [] : [{ path, isMore: after.unique !== true }]),
      ...changes(before.items, after.items, [...path, "[]"]),
    ];
  if (before.kind === "object" && after.kind === "object")
    return objectChanges(before, after, path);
  if (before.kind === "integer" && after.kind === "integer")
    return [{ path, isMore: minimumOf(after) < minimumOf(before) }];
  if (after.kind === "any") return [{ path, isMore: true }];
  if (before.kind === "any") return [{ path, isMore: false }];
  return both(path);
}

function both(path: readonly string[]): readonly ShapeChange[] {
  return [true, false].map((isMore) => ({ path, isMore }));
}

function valueChanges(
  { values: old }: Of<"string">,
  { values: current }: Of<"string">,
  path: readonly string[],
): readonly ShapeChange[] {
  if (old === undefined) return [{ path, isMore: false, except: current ?? [] }];
  if (current === undefined) return [{ path, isMore: true, except: old }];
  const added = current.filter((value) => !old.includes(value));
  const removed = old.filter((value) => !current.includes(value));
  return [
    ...(added.length === 0 ? [] : [{ path, isMore: true, values: added }]),
    ...(removed.length === 0 ? [] : [{ path, isMore: false, values: removed }]),
  ];
}

function objectChanges(
  before: Of<"object">,
  after: Of<"object">,
  path: readonly string[],
): readonly ShapeChange[] {
  const keys = new Set([...Object.keys(before.properties), ...Object.keys(after.properties)]);
  const own = [...keys].flatMap((key): readonly ShapeChange[] => {
    const [old, current] = [propertyOf(before, key), propertyOf(after, key)];
    const at = [...path, key];
    if (old !== undefined && current !== undefined) return changes(old, current, at);
    return old === current ? [] : [{ path: at, isMore: old === undefined }];
  });
  const demanded = [
    ...lacking(before.required, after.required).map((key) => ({
      path: [...path, key],
      isMore: true,
    })),
    ...lacking(after.required, before.required).map((key) => ({
      path: [...path, key],
      isMore: false,
    })),
  ];
  const [oldWhen, currentWhen] = [before, after].map(({ requiredWhen = [] }) =>
    requiredWhen.map(textOf),
  ) as [string[], string[]];
  const conditions = [
    ...lacking(oldWhen, currentWhen).map(() => ({ path, isMore: true })),
    ...lacking(currentWhen, oldWhen).map(() => ({ path, isMore: false })),
  ];
  return [...own, ...demanded, ...conditions, ...restChanges(before.rest, after.rest, path)];
}

function restChanges(
  before: Shape | undefined,
  after: Shape | undefined,
  path: readonly string[],
): readonly ShapeChange[] {
  const at = [...path, "*"];
  if (before !== undefined && after !== undefined) return changes(before, after, at);
  return before === after ? [] : [{ path: at, isMore: before === undefined }];
}

function propertyOf({ properties, rest }: Of<"object">, key: string): Shape | undefined {
  return Object.hasOwn(properties, key) ? properties[key] : rest;
}

function lacking(from: readonly string[], other: readonly string[]): readonly string[] {
  return from.filter((each) => !other.includes(each));
}

/** What fits both. Of two choices of shapes that differ the later one stands. */
export function sharedShape(before: Shape, after: Shape): Shape {
  if (isSameShape(before, after) || before.kind === "any") return after;
  if (after.kind === "any" || (before.kind === "integer" && after.kind === "number")) return before;
  if (before.kind === "string" && after.kind === "string") return sharedText(before, after);
  if (before.kind === "integer" && after.kind === "integer")
    return { kind: "integer", minimum: Math.max(minimumOf(before), minimumOf(after)) };
  if (before.kind === "array" && after.kind === "array") return sharedList(before, after);
  return before.kind === "object" && after.kind === "object" ? sharedObject(before, after) : after;
}

function minimumOf({ minimum = Number.NEGATIVE_INFINITY }: Of<"integer">): number {
  return minimum;
}

function sharedText({ values }: Of<"string">, after: Of<"string">): Shape {
  if (values === undefined) return after;
  const shared = (after.values ?? values).filter((value) => values.includes(value));
  return { kind: "string", values: shared };
}

function sharedList(before: Of<"array">, after: Of<"array">): Shape {
  const unique = before.unique === true || after.unique === true ? { unique: true } : {};
  return { kind: "array", items: sharedShape(before.items, after.items), ...unique };
}

function sharedObject(before: Of<"object">, after: Of<"object">): Shape {
  const keys = new Set([...Object.keys(before.properties), ...Object.keys(after.properties)]);
  const properties = [...keys].flatMap((key) => {
    const [old, current] = [propertyOf(before, key), propertyOf(after, key)];
    if (old === undefined || current === undefined) return [];
    return [[key, sharedShape(old, current)] as const];
  });
  const rest =
    before.rest === undefined || after.rest === undefined
      ? {}
      : { rest: sharedShape(before.rest, after.rest) };
  const conditions = [...(before.requiredWhen ?? []), ...(after.requiredWhen ?? [])];
  const distinct = [...new Map(conditions.map((each) => [textOf(each), each])).values()];
  return {
    kind: "object",
    properties: Object.fromEntries(properties),
    required: [...new Set([...before.required, ...after.required])],
    ...(distinct.length === 0 ? {} : { requiredWhen: distinct }),
    ...rest,
  };
}
