// Everything a body says, in one form whatever the model: each string and number of it is a segment with the
// role it plays. The walk is total: what the family's table does not name is inspected as `other`, so nothing
// passes for being unknown. Bytes that are no text are listed as opaque. What is masked is spliced into the
// body as it came; the rest of it goes on to the byte.

import type { JsonNode, JsonObject, JsonString } from "../json/node.ts";
import { memberOf, plainDecimal, stringOf } from "../json/node.ts";
import { type Replacement, replaceIn, splice } from "../json/splice.ts";
import { canonicalBytes, textOfBytes } from "./base64.ts";
import { isDefinedKey } from "./defined-keys.ts";

/** What part a text plays in a call. */
export type Role =
  | "system"
  | "user"
  | "assistant"
  | "thinking"
  | "tool_definition"
  | "tool_use"
  | "tool_result"
  | "document"
  | "control"
  | "other";

/** One string of a body, or one number. */
export interface Segment {
  readonly index: number;
  readonly role: Role;
  readonly text: string;
  /** JSON pointer. */
  readonly pointer: string;
  /** The name of the member it is the value of, through lists; undefined at the top. */
  readonly key: string | undefined;
  /** Keys of objects, and what is signed, are inspected and cannot be rewritten. */
  readonly rewritable: boolean;
  /** A text that models read on from the one before: block after block, message after message. */
  readonly continues: boolean;
}

/** A part no recogniser reads: bytes, or a place elsewhere. */
export interface OpaquePart {
  readonly pointer: string;
  readonly kind: string;
}

/** Parts of segments that are replaced, by the segment's index. */
export type Edits = ReadonlyMap<number, readonly Replacement[]>;

/** A body as segments. */
export interface Content {
  readonly segments: readonly Segment[];
  readonly opaque: readonly OpaquePart[];
  /** Names of the tools offered. */
  readonly tools: readonly string[];
  readonly maxTokens?: number;
  readonly guardrail?: { readonly id: string; readonly version?: string };
  /** The body with parts of it replaced; without edits the bytes that were received. */
  encode(edits?: Edits): Buffer;
  /** What edits come to in the body's text. */
  replacements(edits: Edits): readonly Replacement[];
}

/** What is at a path of a family's body. The first pattern that matches says. */
export type RoleTable = readonly (readonly [pointer: RegExp, role: Role | "by-message"])[];

/** Bounds the memory that a body takes while it is inspected. */
const MAX_SEGMENTS = 250_000;
const MIN_KEY = 6;
/** Nothing that has a label is a shorter number. */
const MIN_DIGITS = 4;
/** Members whose strings are bytes in base64, or name what lies elsewhere. */
const OPAQUE =
  /\/(?:image|video|audio|document|source)(?:\/source)?\/(?:bytes|data|s3Location\/uri|url)$|\/redactedContent$/;
const TEXT_FORMATS = new Set(["txt", "md", "csv", "html"]);
/** Texts that a model reads one after the other. */
const CONTINUES = /(?:\/text|\/content|^\/system|\/system\/\d+)$/;

interface Place {
  readonly segment: Segment;
  /** Undefined for keys. */
  readonly node: JsonNode | undefined;
  /** Its text is that of the bytes that stand there in base64. */
  readonly isBase64: boolean;
}

export type WalkResult =
  | { readonly ok: true; readonly content: Omit<Content, "tools" | "maxTokens" | "guardrail"> }
  | { readonly ok: false; readonly message: string };

/** What holds a body. */
const NO_OBJECT: JsonObject = { kind: "object", start: 0, end: 0, members: [] };

/** Takes a body apart. */
export function walkContent(
  received: Uint8Array,
  text: string,
  root: JsonNode,
  table: RoleTable,
): WalkResult {
  const walker = new Walker(root, table);
  walker.visit(root, "", "", NO_OBJECT, undefined);
  const { places, opaque } = walker;
  if (walker.isFull) {
    const message = `it has more than the ${MAX_SEGMENTS} texts and numbers that are inspected; send less at once`;
    return { ok: false, message };
  }
  return {
    ok: true,
    content: {
      segments: places.map(({ segment }) => segment),
      opaque,
      encode: (edits) =>
        edits === undefined || edits.size === 0
          ? Buffer.from(received.buffer, received.byteOffset, received.byteLength)
          : Buffer.from(splice(text, replacements(text, places, edits)), "utf8"),
      replacements: (edits) => replacements(text, places, edits),
    },
  };
}

function replacements(
  text: string,
  places: readonly Place[],
  edits: Edits,
): readonly Replacement[] {
  return [...edits].flatMap(([index, parts]): readonly Replacement[] => {
    const place = places[index];
    if (place?.node === undefined || parts.length === 0) return [];
    if (!place.isBase64) return replaceIn(text, place.node, parts);
    const changed = Buffer.from(splice(place.segment.text, parts), "utf8").toString("base64");
    return [{ start: place.node.start, end: place.node.end, text: `"${changed}"` }];
  });
}

class Walker {
  readonly places: Place[] = [];
  readonly opaque: OpaquePart[] = [];
  readonly #root: JsonNode;
  readonly #table: RoleTable;

  constructor(root: JsonNode, table: RoleTable) {
    this.#root = root;
    this.#table = table;
  }

  get isFull(): boolean {
    return this.places.length > MAX_SEGMENTS;
  }

  #visitObject(
    object: JsonObject,
    pointer: string,
    holder: JsonObject | undefined,
    key: string | undefined,
  ): void {
    for (const member of object.members) {
      if (this.isFull) return;
      const name = member.key.value;
      const at = `${pointer}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
      // Keys that the API itself defines say nothing; those of free-form parts may.
      if (name.length >= MIN_KEY && !isDefinedKey(name)) this.#addKey(at, name, key);
      this.visit(member.value, at, name, object, holder);
    }
  }

  visit(
    node: JsonNode,
    pointer: string,
    key: string,
    holder: JsonObject,
    outer: JsonObject | undefined,
  ): void {
    if (this.isFull) return;
    switch (node.kind) {
      case "string":
        if (isOpaque(pointer, outer ?? holder, holder)) this.#addOpaque(node, pointer, key, outer);
        else this.#add(node, pointer, key, node.value);
        break;
      case "number":
        this.#addNumber(pointer, key, node, plainDecimal(node.source));
        break;
      case "array":
        for (const [index, item] of node.items.entries())
          this.visit(item, `${pointer}/${index}`, key, holder, holder);
        break;
      case "object":
        this.#visitObject(node, pointer, holder, key);
        break;
      default:
    }
  }

  #add(node: JsonString, pointer: string, key: string, text: string, isBase64 = false): void {
    if (text === "") return;
    const role = this.#roleAt(pointer);
    this.places.push({
      segment: {
        index: this.places.length,
        role,
        text,
        pointer,
        // A document that is no object has no names.
        key: key === "" ? undefined : key,
        rewritable: !(role === "thinking" || SIGNED.test(pointer)),
        continues: CONTINUES.test(pointer),
      },
      node,
      isBase64,
    });
  }

  #addNumber(pointer: string, key: string, node: JsonNode, text: string): void {
    if (text.length < MIN_DIGITS) return;
    const role = this.#roleAt(pointer);
    // The counts and settings that the API itself defines.
    if (role === "control") return;
    const segment = { text, pointer, key, role, rewritable: true, continues: false };
    this.places.push({
      segment: { index: this.places.length, ...segment },
      node,
      isBase64: false,
    });
  }

  #addKey(pointer: string, text: string, key: string | undefined): void {
    const role = this.#roleAt(pointer);
    const segment = { text, pointer, key, role, rewritable: false, continues: false };
    this.places.push({
      segment: { index: this.places.length, ...segment },
      node: undefined,
      isBase64: false,
    });
  }

  /** A document of plain text in base64 is text; other bytes are opaque. */
  #addOpaque(node: JsonString, pointer: string, key: string, outer: JsonObject | undefined): void {
    const format = stringOf(memberOf(outer, "format"));
    const isText = format !== undefined && TEXT_FORMATS.has(format) && pointer.endsWith("/bytes");
    const bytes = isText ? canonicalBytes(node.value) : undefined;
    const text = bytes === undefined ? undefined : textOfBytes(bytes);
    if (text !== undefined) this.#add(node, pointer, key, text, true);
    else this.opaque.push({ pointer, kind: pointer.split("/").at(-1) ?? "" });
  }

  #roleAt(pointer: string): Role {
    for (const [pattern, role] of this.#table) {
      if (!pattern.test(pointer)) continue;
      return role === "by-message" ? this.#messageRole(pointer) : role;
    }
    return "other";
  }

  #messageRole(pointer: string): Role {
    const index = Number(/^\/messages\/(\d+)\//.exec(pointer)?.[1] ?? 0);
    const messages = memberOf(this.#root, "messages");
    const message = messages?.kind === "array" ? messages.items[index] : undefined;
    const role = stringOf(memberOf(message, "role"));
    return role === "assistant" || role === "system" ? role : "user";
  }
}

/** A signature over other parts of the body: altered it is worth nothing. */
const SIGNED = /\/signature$/;
/** Free-form JSON of tools has members called `source` or `data`, too; a source of plain text is text. */
const FREE_FORM = /\/(?:input|json)\//;

function isOpaque(pointer: string, ...around: readonly JsonObject[]): boolean {
  if (!OPAQUE.test(pointer) || FREE_FORM.test(pointer)) return false;
  return !(
    pointer.endsWith("/data") &&
    around.some((object) => stringOf(memberOf(object, "type")) === "text")
  );
}
