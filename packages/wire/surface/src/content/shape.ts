// What a body looks like, as data: where it has texts, and whose, where settings of the API, where free-form JSON, and
// where bytes that no recogniser reads. What a shape does not name is opaque: nobody can say what it is.

import type { OpaqueKind, Role } from "./role.ts";

export type Shape =
  /** Somebody's words; without a role those of whoever speaks around it. */
  | { readonly is: "text"; readonly role?: Role; readonly continues: boolean }
  /** Inspected and never rewritten: names and ids that must stay what they are, signatures. */
  | { readonly is: "fixed"; readonly role: Role }
  /** Settings and counts that the API defines: strings are inspected, numbers say nothing about anybody. */
  | { readonly is: "control" }
  /** JSON of somebody's own: its names are inspected as well. */
  | { readonly is: "json"; readonly role: Role }
  /** Bytes, or what lies elsewhere. */
  | { readonly is: "opaque"; readonly kind: OpaqueKind }
  | { readonly is: "list"; readonly of: Shape }
  | {
      readonly is: "object";
      readonly members: Readonly<Record<string, Shape>>;
      /** What members that are not named are; opaque where it is absent. */
      readonly others?: Shape;
      /** Whose words the texts in it are. */
      readonly role?: Role;
    }
  /** A text, or something else. */
  | { readonly is: "text-or"; readonly text: Shape; readonly other: Shape }
  /** An object whose member `type` says what it is. */
  | {
      readonly is: "by-type";
      readonly types: Readonly<Record<string, Shape>>;
      /** What objects of other types are; opaque where it is absent. */
      readonly others?: (type: string) => Shape | undefined;
    }
  /** A message: the texts in it are those of its `role`. */
  | { readonly is: "message"; readonly of: Shape }
  /** A call of a tool: `name`, `input`, and the member that its id is in. */
  | { readonly is: "tool-use"; readonly id: string; readonly of: Shape }
  /** Something in a format that a member beside it names. */
  | { readonly is: "document"; readonly source: string; readonly of: Shape }
  /** For shapes that hold themselves. */
  | { readonly is: "later"; readonly shape: () => Shape };

export const text: Shape = { is: "text", continues: true };
export const control: Shape = { is: "control" };
export const unread = (kind: OpaqueKind): Shape => ({ is: "opaque", kind });
export const textOf = (role: Role): Shape => ({ is: "text", role, continues: true });
export const fixed = (role: Role): Shape => ({ is: "fixed", role });
export const json = (role: Role): Shape => ({ is: "json", role });
export const list = (of: Shape): Shape => ({ is: "list", of });
export const object = (members: Readonly<Record<string, Shape>>, role?: Role): Shape => ({
  is: "object",
  members,
  ...(role === undefined ? {} : { role }),
});
/** An object of which what is not named is inspected, and no more. */
export const openObject = (members: Readonly<Record<string, Shape>>): Shape => ({
  is: "object",
  members,
  others: json("other"),
});
