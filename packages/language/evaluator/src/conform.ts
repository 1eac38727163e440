// Whether an input has the shape the policy was checked against. Missing is never permission: an input
// that does not fit is denied before any rule sees it, so no rule ever meets a key it was not told of.
// How deep an input may be is bounded by MAX_DEPTH; inputs come from JSON, so they are trees.

import type { Shape } from "./shape.ts";

/** The first place in which an input does not have the shape. */
export interface Misfit {
  /** JSON pointer to what does not fit. */
  readonly pointer: string;
  readonly message: string;
}

const MAX_DEPTH = 64;

/** Undefined when the input fits. */
export function findMisfit(shape: Shape, input: unknown): Misfit | undefined {
  return visit(shape, input, "", 0);
}

type Fits = (value: unknown, depth: number) => boolean;

/** Whether a value fits, as fast as can be: `findMisfit` says what is wrong with one that does not. */
export function linkShape(shape: Shape): (value: unknown) => boolean {
  const fits = linkFits(shape);
  return (value) => fits(value, 0);
}

function linkFits(shape: Shape): Fits {
  switch (shape.kind) {
    case "any":
      return fitsAny;
    case "null":
      return (value) => value === null;
    case "boolean":
      return (value) => typeof value === "boolean";
    case "number":
      return isNumber;
    case "integer":
      return (value) => isInteger(value, shape.minimum);
    case "string": {
      const values = shape.values === undefined ? undefined : new Set<unknown>(shape.values);
      return values === undefined
        ? (value) => typeof value === "string"
        : (value) => values.has(value);
    }
    case "array":
      return linkArray(shape);
    case "object":
      return linkObject(shape);
    case "one-of": {
      const options = shape.shapes.map(linkFits);
      return (value, depth) => options.some((fits) => fits(value, depth + 1));
    }
  }
}

function linkArray({ items, unique }: Extract<Shape, { kind: "array" }>): Fits {
  const fits = linkFits(items);
  return (value, depth) => {
    if (!Array.isArray(value) || depth >= MAX_DEPTH) return false;
    for (const item of value) if (!fits(item, depth + 1)) return false;
    return unique !== true || !hasRepeats(value);
  };
}

/** Lists up to this long are compared item by item: that is faster than making a set. */
const MAX_COMPARED = 16;

/** As a set tells items apart. */
export function hasRepeats(list: readonly unknown[]): boolean {
  if (list.length > MAX_COMPARED) return new Set(list).size !== list.length;
  for (let index = 1; index < list.length; index += 1)
    if (list.includes(list[index - 1], index)) return true;
  return false;
}

interface LinkedProperty {
  readonly fits: Fits;
  readonly isRequired: boolean;
}

function linkObject(shape: Extract<Shape, { kind: "object" }>): Fits {
  const rest = shape.rest === undefined ? undefined : linkFits(shape.rest);
  const properties = new Map<string, LinkedProperty>();
  for (const [key, property] of Object.entries(shape.properties))
    properties.set(key, { fits: linkFits(property), isRequired: shape.required.includes(key) });
  for (const key of shape.required)
    if (!properties.has(key))
      properties.set(key, { fits: rest ?? (() => false), isRequired: true });
  const requiredCount = shape.required.length;
  const conditions = linkConditions(shape.requiredWhen ?? []);
  const isFree = rest !== undefined && shape.rest?.kind === "any" && properties.size === 0;
  if (isFree) return (value, depth) => isObject(value) && fitsAny(value, depth);
  return (value, depth) => {
    if (!isObject(value) || depth >= MAX_DEPTH) return false;
    let found = 0;
    // Inputs are JSON: nothing is inherited, and a key that were would be an unknown one.
    for (const key in value) {
      const property = properties.get(key);
      const fits = property === undefined ? rest : property.fits;
      if (fits === undefined || !fits(value[key], depth + 1)) return false;
      if (property?.isRequired === true) found += 1;
    }
    return found === requiredCount && conditions(value);
  };
}

function linkConditions(
  requiredWhen: NonNullable<Extract<Shape, { kind: "object" }>["requiredWhen"]>,
): (value: JsonObject) => boolean {
  return (value) =>
    requiredWhen.every(
      ({ property, equals, required }) =>
        value[property] !== equals || required.every((key) => Object.hasOwn(value, key)),
    );
}

interface JsonObject {
  readonly [key: string]: unknown;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Free-form values fit when they are not too deep. */
function fitsAny(value: unknown, depth: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  if (depth >= MAX_DEPTH) return false;
  if (Array.isArray(value)) {
    for (const item of value) if (!fitsAny(item, depth + 1)) return false;
    return true;
  }
  for (const key in value) if (!fitsAny((value as JsonObject)[key], depth + 1)) return false;
  return true;
}

function visit(shape: Shape, value: unknown, pointer: string, depth: number): Misfit | undefined {
  if (depth > MAX_DEPTH) return { pointer, message: `is nested deeper than ${MAX_DEPTH} levels` };
  switch (shape.kind) {
    case "any":
      return findDepth(value, pointer, depth);
    case "null":
      return value === null ? undefined : { pointer, message: "must be null" };
    case "boolean":
      return typeof value === "boolean" ? undefined : { pointer, message: "must be a boolean" };
    case "number":
      return isNumber(value) ? undefined : { pointer, message: "must be a number" };
    case "integer":
      return isInteger(value, shape.minimum)
        ? undefined
        : {
            pointer,
            message: `must be an integer${shape.minimum === undefined ? "" : ` of at least ${shape.minimum}`}`,
          };
    case "string":
      if (typeof value !== "string") return { pointer, message: "must be a string" };
      return shape.values === undefined || shape.values.includes(value)
        ? undefined
        : { pointer, message: "is not one of the known values" };
    case "array":
      return visitArray(shape, value, pointer, depth);
    case "object":
      return visitObject(shape, value, pointer, depth);
    case "one-of":
      return shape.shapes.some((option) => visit(option, value, pointer, depth + 1) === undefined)
        ? undefined
        : { pointer, message: "has none of the allowed forms" };
  }
}

function isNumber(value: unknown): boolean {
  return typeof value === "number" && Number.isFinite(value);
}

function isInteger(value: unknown, minimum: number | undefined): boolean {
  return Number.isInteger(value) && (minimum === undefined || (value as number) >= minimum);
}

function visitArray(
  shape: Extract<Shape, { kind: "array" }>,
  value: unknown,
  pointer: string,
  depth: number,
): Misfit | undefined {
  if (!Array.isArray(value)) return { pointer, message: "must be an array" };
  for (let index = 0; index < value.length; index += 1) {
    const misfit = visit(shape.items, value[index], `${pointer}/${index}`, depth + 1);
    if (misfit !== undefined) return misfit;
  }
  if (shape.unique === true && hasRepeats(value)) {
    return { pointer, message: "must not repeat an item" };
  }
  return undefined;
}

function visitObject(
  shape: Extract<Shape, { kind: "object" }>,
  value: unknown,
  pointer: string,
  depth: number,
): Misfit | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return { pointer, message: "must be an object" };
  }
  const object = value as { readonly [key: string]: unknown };
  for (const key of shape.required) {
    if (!Object.hasOwn(object, key)) return { pointer, message: `lacks \`${key}\`` };
  }
  for (const { property, equals, required } of shape.requiredWhen ?? []) {
    if (object[property] !== equals) continue;
    const missing = required.find((key) => !Object.hasOwn(object, key));
    if (missing !== undefined) return { pointer, message: `lacks \`${missing}\`` };
  }
  for (const key of Object.keys(object)) {
    const known = Object.hasOwn(shape.properties, key) ? shape.properties[key] : shape.rest;
    // The key is the caller's: it goes into the pointer escaped, and is not quoted in the message.
    if (known === undefined)
      return { pointer: `${pointer}/${escapeToken(key)}`, message: "is not a known key" };
    const misfit = visit(known, object[key], `${pointer}/${escapeToken(key)}`, depth + 1);
    if (misfit !== undefined) return misfit;
  }
  return undefined;
}

/** Free-form values fit anything, but not at any depth: recursive walks over them must stay bounded. */
function findDepth(value: unknown, pointer: string, depth: number): Misfit | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (depth >= MAX_DEPTH) return { pointer, message: `is nested deeper than ${MAX_DEPTH} levels` };
  for (const item of Object.values(value)) {
    const misfit = findDepth(item, pointer, depth + 1);
    if (misfit !== undefined) return misfit;
  }
  return undefined;
}

function escapeToken(key: string): string {
  return key.replaceAll("~", "~0").replaceAll("/", "~1");
}
