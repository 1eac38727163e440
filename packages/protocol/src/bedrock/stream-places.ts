// Every string and number of a frame, by a table of where an API has what. Nothing is left out: what the table
// does not name is of the kind that its frames have by default.

import { type JsonNode, type JsonObject, plainDecimal } from "../json/node.ts";
import type { Piece, PieceKind } from "../stream/stream-frame.ts";
import { isDefinedKey } from "./defined-keys.ts";

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

const MIN_KEY = 6;
const MIN_DIGITS = 4;
/** Members that hold bytes, or text that was made unreadable. */
const OPAQUE_KEYS = new Set(["redactedContent", "image", "audio", "video", "bytes"]);
const OPAQUE_TYPES = new Set(["redacted_thinking", "image", "audio", "video"]);

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
    const place = under === "" ? key : `${under}/${key}`;
    if (key.length >= MIN_KEY && !isDefinedKey(key))
      this.#add("complete", key, place, undefined, undefined);
    if (OPAQUE_KEYS.has(key)) this.opaque.push(key);
    else this.#visit(value, key, place);
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
    const type = object.members.find((member) => member.key.value === "type")?.value;
    if (type?.kind === "string" && OPAQUE_TYPES.has(type.value)) this.opaque.push(type.value);
    for (const { key, value } of object.members) this.member(key.value, value, place);
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
    const rewritable = node !== undefined && key !== "signature";
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
