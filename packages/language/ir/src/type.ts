// The types the checker infers. `any` says nothing is known; a union lists what a value may be.

/** What values a term may have. */
export type Type =
  | { readonly kind: "any" }
  | { readonly kind: "null" }
  | { readonly kind: "boolean"; readonly values?: readonly boolean[] }
  | { readonly kind: "number"; readonly values?: readonly string[] }
  /** `values`: a closed vocabulary (a JSON Schema enum, or a constant). */
  | { readonly kind: "string"; readonly values?: readonly string[] }
  /** `prefix`: the types of the first items, when known one by one. */
  | { readonly kind: "array"; readonly items: Type; readonly prefix?: readonly Type[] }
  | { readonly kind: "set"; readonly items: Type }
  | {
      readonly kind: "object";
      readonly properties: ReadonlyMap<string, PropertyType>;
      /** The type of every other key's value; absent: there are no other keys. */
      readonly rest?: Type;
      /** What those keys are; absent: strings, as in JSON. */
      readonly keys?: Type;
    }
  | { readonly kind: "union"; readonly of: readonly Type[] };

/** Of one key of an object; `optional`: it may be missing. */
export interface PropertyType {
  readonly type: Type;
  readonly optional: boolean;
}
