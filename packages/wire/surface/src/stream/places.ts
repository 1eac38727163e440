// Every string and number of a frame, by a table of where an API has what. Nothing is left out: what the table
// does not name is of the kind that its frames have by default.

import { isDefinedName } from "../content/defined-names.ts";
import { type JsonNode, type JsonObject, memberOf, plainDecimal, stringOf } from "../json/node.ts";
import type { Piece, PieceKind } from "./stream-frame.ts";

/** `control`: counts and settings of the API's own, of which only strings are looked at. */
export type PlaceKind = PieceKind | "control" | "opaque";

/** Places of one type of frame: paths of names without indices; one that ends in `/` is all below it. */
export interface PlaceTable {
  readonly places: Readonly<Record<string, PlaceKind>>;
  readonly others: "complete" | "joined";
}

/** A piece and the node it stands in; undefined for a name. */
export interface PlacedPiece {
  readonly piece: Piece;
  readonly node: JsonNode | undefined;
}

export interface FramePieces {
  readonly placed: readonly PlacedPiece[];
  readonly opaque: readonly string[];
}

const MIN_NAME = 2;
const MIN_DIGITS = 4;
/** Of places, which are looked up: longer names are taken for each other. */
const MAX_NAME = 64;
const MAX_PLACE = 512;
/** What is below this is signed as a whole. */
const SIGNED = /(?:^|\/)reasoningContent\//;
/** Members that hold bytes. */
const OPAQUE_KEYS = new Set(["image", "audio", "video", "bytes"]);
const OPAQUE_TYPES = new Set(["image", "audio", "video"]);
/** Thinking that was made unreadable: nothing is found in it, and it stays what it is. */
const ENCRYPTED_KEY = "redactedContent";
const ENCRYPTED_TYPE = "redacted_thinking";

/** Letters and digits, as many as chance says: the length of a frame must not tell the length of its text. */
export const PADDING = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

export function readPieces(root: JsonObject, table: PlaceTable): FramePieces {
  const walker = new PieceWalker(table);
  for (const { key, value } of root.members) {
    const isPadding =
      key.value === "p" && value.kind === "string" && PADDING.startsWith(value.value);
    if (!isPadding) walker.member(key.value, value, "");
  }
  return walker;
}

class PieceWalker {
  readonly placed: PlacedPiece[] = [];
  readonly opaque: string[] = [];
  readonly #table: PlaceTable;

  constructor(table: PlaceTable) {
    this.#table = table;
  }

  member(key: string, value: JsonNode, under: string): void {
    // A name is one step of a place, whatever is in it.
    const name = key.slice(0, MAX_NAME).replaceAll("~", "~0").replaceAll("/", "~1");
    const place = under === "" ? name : `${under}/${name}`.slice(0, MAX_PLACE);
    if (key.length >= MIN_NAME && !isDefinedName(key))
      this.#add("complete", key, place, undefined, undefined);
    if (OPAQUE_KEYS.has(key) || key === ENCRYPTED_KEY) this.opaque.push(key);
    if (key !== ENCRYPTED_KEY) this.#visit(value, key, place);
  }

  #visit(node: JsonNode, key: string, place: string): void {
    switch (node.kind) {
      case "object":
        this.#visitObject(node, place);
        break;
      case "array":
        for (const item of node.items) this.#visit(item, key, place);
        break;
      case "string":
      case "number":
        this.#addValue(node, key, place);
        break;
      default:
    }
  }

  #visitObject(object: JsonObject, place: string): void {
    const type = stringOf(memberOf(object, "type")) ?? "";
    const isEncrypted = type === ENCRYPTED_TYPE;
    if (isEncrypted || OPAQUE_TYPES.has(type)) this.opaque.push(type);
    for (const { key, value } of object.members)
      if (!(isEncrypted && key.value === "data")) this.member(key.value, value, place);
  }

  #addValue(
    node: Extract<JsonNode, { kind: "string" | "number" }>,
    key: string,
    place: string,
  ): void {
    const kind = this.#kindOf(place);
    if (kind === "opaque") this.opaque.push(key);
    else if (node.kind === "string")
      this.#add(kind === "control" ? "complete" : kind, node.value, place, key, node);
    else if (kind !== "control") {
      const text = plainDecimal(node.source);
      if (text.length >= MIN_DIGITS) this.#add("complete", text, place, key, node);
    }
  }

  #add(
    kind: PieceKind,
    text: string,
    place: string,
    key: string | undefined,
    node: JsonNode | undefined,
  ): void {
    if (text === "" && kind !== "tool_input") return;
    const rewritable = node !== undefined && key !== "signature" && !SIGNED.test(place);
    this.placed.push({ piece: { kind, text, place, key, rewritable }, node });
  }

  #kindOf(place: string): PlaceKind {
    const { places, others } = this.#table;
    if (Object.hasOwn(places, place)) return places[place] ?? others;
    for (let at = place.lastIndexOf("/"); at > 0; at = place.lastIndexOf("/", at - 1)) {
      const below = place.slice(0, at + 1);
      if (Object.hasOwn(places, below)) return places[below] ?? others;
    }
    return others;
  }
}
