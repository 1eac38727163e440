// Whether an input has the shape the policy was checked against. Missing is never permission: an input
// that does not fit is denied before any rule sees it, so no rule ever meets a key it was not told of.
// Iterative depth is bounded by MAX_DEPTH; inputs come from JSON, so they are trees.

import type { Shape } from "./shape.ts";

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
  if (shape.unique === true && value.length > 1 && new Set(value).size !== value.length) {
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
