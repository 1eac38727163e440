// The shape of the input: what `schemas/input.schema.json` says, lowered at build to the few words an
// evaluator without dependencies can check. An input that does not fit is denied before a rule sees it.

/** What an input, or a part of it, must look like. */
export type Shape =
  | { readonly kind: "any" }
  | { readonly kind: "null" | "boolean" | "number" }
  /** JSON numbers without a fraction. */
  | { readonly kind: "integer"; readonly minimum?: number }
  | { readonly kind: "string"; readonly values?: readonly string[] }
  | { readonly kind: "array"; readonly items: Shape; readonly unique?: boolean }
  | {
      readonly kind: "object";
      readonly properties: { readonly [key: string]: Shape };
      readonly required: readonly string[];
      /** What else is required when a property has a value. */
      readonly requiredWhen?: readonly {
        readonly property: string;
        readonly equals: string;
        readonly required: readonly string[];
      }[];
      /** The shape of other keys' values; absent: other keys are refused. */
      readonly rest?: Shape;
    }
  | { readonly kind: "one-of"; readonly shapes: readonly Shape[] };

/** What stands at a path of what fits; undefined: nothing can, or it has one of several shapes. */
export function shapeAt(shape: Shape, path: readonly string[]): Shape | undefined {
  let at: Shape | undefined = shape;
  for (const key of path) {
    if (at?.kind === "any") return at;
    if (at?.kind !== "object") return undefined;
    at = Object.hasOwn(at.properties, key) ? at.properties[key] : at.rest;
  }
  return at;
}
