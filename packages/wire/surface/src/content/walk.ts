// Takes a body apart by its shape. The walk is total: what the shape does not name is inspected as it is, and said to
// be opaque.

import {
  isNothing,
  type JsonNode,
  type JsonObject,
  memberOf,
  plainDecimal,
  stringOf,
} from "../json/node.ts";
import { readJsonText } from "../json/read.ts";
import { type Replacement, replaceIn, splice } from "../json/splice.ts";
import { canonicalBytes, textOfBytes } from "./base64.ts";
import type { Edits, Segment, ToolUse, Walked } from "./content.ts";
import { isDefinedName } from "./defined-names.ts";
import type { OpaqueKind, Role } from "./role.ts";
import type { Shape } from "./shape.ts";

/** Bounds the memory that a body takes while it is inspected. */
const MAX_SEGMENTS = 250_000;
/** A term of a company's own may be as short. */
const MIN_NAME = 2;
/** Nothing that has a label is a shorter number. */
const MIN_DIGITS = 4;

export type WalkResult =
  | { readonly ok: true; readonly content: Walked }
  | { readonly ok: false; readonly message: string };

/** `strict`: a body that is not of its shape cannot be read at all, since nobody knows what a client makes of it. */
export function walkContent(
  received: Uint8Array,
  source: string,
  root: JsonNode,
  shape: Shape,
  { strict = false }: { readonly strict?: boolean } = {},
): WalkResult {
  const walker = new Walker();
  walker.visit(root, shape, {
    role: "other",
    key: undefined,
    toolUse: undefined,
    format: undefined,
  });
  const { places, opaque, toolUses } = walker;
  if (walker.isFull) {
    const message = `it has more than the ${MAX_SEGMENTS} texts and numbers that are inspected; send less at once`;
    return { ok: false, message };
  }
  if (walker.isMisread || (strict && walker.isMisfit))
    return { ok: false, message: "its content is not in the form of the API" };
  const replacements = (edits: Edits): readonly Replacement[] =>
    replacementsIn(source, places, edits);
  return {
    ok: true,
    content: {
      segments: places.map(({ segment }) => segment),
      opaque: [...opaque],
      toolUses,
      replacements,
      reviseInput: (index, edits) =>
        reviseInput(source, toolUses[index]?.input, replacements(edits)),
      encode: (edits) =>
        edits === undefined || edits.size === 0
          ? Buffer.from(received.buffer, received.byteOffset, received.byteLength)
          : Buffer.from(splice(source, replacements(edits)), "utf8"),
    },
  };
}

function reviseInput(
  source: string,
  input: JsonNode | undefined,
  replacements: readonly Replacement[],
): JsonNode | undefined {
  if (input === undefined) return undefined;
  const { start, end } = input;
  const within = replacements
    .filter((part) => part.start >= start && part.end <= end)
    .map((part) => ({ ...part, start: part.start - start, end: part.end - start }));
  const read = readJsonText(splice(source.slice(start, end), within));
  if (!read.ok) throw new Error(`masked parameters cannot be read: ${read.message}`);
  return read.root;
}

interface Place {
  readonly segment: Segment;
  /** Undefined for names. */
  readonly node: JsonNode | undefined;
  /** Its text is that of the bytes that stand there in base64. */
  readonly isBase64: boolean;
}

function replacementsIn(
  source: string,
  places: readonly Place[],
  edits: Edits,
): readonly Replacement[] {
  return [...edits].flatMap(([index, parts]): readonly Replacement[] => {
    const place = places[index];
    if (place?.node === undefined || parts.length === 0) return [];
    if (!place.isBase64) return replaceIn(source, place.node, parts);
    const changed = Buffer.from(splice(place.segment.text, parts), "utf8").toString("base64");
    return [{ start: place.node.start, end: place.node.end, text: `"${changed}"` }];
  });
}

/** What is known of a place from the way to it. */
interface Way {
  /** Who speaks. */
  readonly role: Role;
  readonly key: string | undefined;
  readonly toolUse: number | undefined;
  /** Of the document around it. */
  readonly format: string | undefined;
}

type ObjectShape = Extract<
  Shape,
  { is: "object" | "by-type" | "message" | "tool-use" | "document" }
>;

/** Thinking is signed as a whole: whatever is beside it in its block stays what it is. */
const SIGNED: Shape = { is: "fixed", role: "thinking" };
const UNKNOWN: Shape = { is: "json", role: "other" };
const TEXT_FORMATS = new Set(["txt", "md", "csv", "html", "text/plain"]);

class Walker {
  readonly places: Place[] = [];
  readonly opaque = new Set<OpaqueKind>();
  readonly toolUses: ToolUse[] = [];
  /** A tool call without a name. */
  isMisread = false;
  /** Something is of another kind than its shape. */
  isMisfit = false;

  get isFull(): boolean {
    return this.places.length > MAX_SEGMENTS;
  }

  visit(node: JsonNode, shape: Shape, way: Way): void {
    if (this.isFull || (node.kind === "literal" && shape.is !== "opaque")) return;
    switch (shape.is) {
      case "text":
        this.#visitText(node, shape, way);
        break;
      case "fixed":
        this.#visitJson(node, shape.role, way, false);
        break;
      case "control":
        this.#visitControl(node, way);
        break;
      case "json":
        this.#visitJson(node, shape.role, way, true);
        break;
      case "opaque":
        this.#visitOpaque(node, shape.kind, way);
        break;
      case "list":
        this.#visitList(node, shape.of, way);
        break;
      case "text-or":
        this.visit(node, node.kind === "string" ? shape.text : shape.other, way);
        break;
      case "later":
        this.visit(node, shape.shape(), way);
        break;
      default:
        if (node.kind === "object") this.#visitShaped(node, shape, way);
        else this.#misfit(node, way);
    }
  }

  #visitList(node: JsonNode, of: Shape, way: Way): void {
    if (node.kind !== "array") this.#misfit(node, way);
    else for (const item of node.items) this.visit(item, of, way);
  }

  #visitShaped(node: JsonObject, shape: ObjectShape, way: Way): void {
    switch (shape.is) {
      case "object":
        this.#visitMembers(node, shape, way);
        break;
      case "by-type":
        this.#visitByType(node, shape, way);
        break;
      case "message":
        this.visit(node, shape.of, { ...way, role: speakerOf(node) });
        break;
      case "tool-use":
        this.#visitToolUse(node, shape, way);
        break;
      case "document": {
        const format = stringOf(memberOf(node, shape.source)) ?? "";
        this.visit(node, shape.of, { ...way, format });
        break;
      }
      default:
    }
  }

  #visitMembers(node: JsonObject, shape: Extract<Shape, { is: "object" }>, way: Way): void {
    const role = shape.role ?? way.role;
    for (const { key, value } of node.members) {
      const name = key.value;
      const known = Object.hasOwn(shape.members, name) ? shape.members[name] : undefined;
      if (known === undefined) {
        if (shape.others === undefined) this.#markUnknown(value);
        this.#addName(name, "other", way);
      }
      const unknown = role === "thinking" ? SIGNED : (shape.others ?? UNKNOWN);
      this.visit(value, known ?? unknown, { ...way, role, key: name });
    }
  }

  #visitByType(node: JsonObject, shape: Extract<Shape, { is: "by-type" }>, way: Way): void {
    const type = stringOf(memberOf(node, "type")) ?? "";
    const known = Object.hasOwn(shape.types, type) ? shape.types[type] : shape.others?.(type);
    if (known !== undefined) {
      this.visit(node, known, way);
      return;
    }
    this.opaque.add("unknown");
    this.#visitJson(node, "other", way, true);
  }

  #visitToolUse(node: JsonObject, shape: Extract<Shape, { is: "tool-use" }>, way: Way): void {
    const [id, name] = [stringOf(memberOf(node, shape.id)), stringOf(memberOf(node, "name"))];
    if (id === undefined || name === undefined) this.isMisread = true;
    const toolUse = this.toolUses.length;
    this.toolUses.push({ id: id ?? "", name: name ?? "", input: memberOf(node, "input") });
    this.visit(node, shape.of, { ...way, toolUse });
  }

  #visitText(node: JsonNode, shape: Extract<Shape, { is: "text" }>, way: Way): void {
    if (node.kind !== "string") {
      this.#misfit(node, way);
      return;
    }
    const role = shape.role ?? way.role;
    this.#add(node, node.value, role, way, {
      rewritable: role !== "thinking",
      continues: shape.continues,
    });
  }

  #visitControl(node: JsonNode, way: Way): void {
    if (node.kind === "string")
      this.#add(node, node.value, "control", way, { rewritable: true, continues: false });
    else if (node.kind !== "number") this.#visitJson(node, "control", way, true);
  }

  /** Everything in a value, names of members included. */
  #visitJson(node: JsonNode, role: Role, way: Way, rewritable: boolean, continues = false): void {
    if (this.isFull) return;
    switch (node.kind) {
      case "string":
        this.#add(node, node.value, role, way, { rewritable, continues });
        break;
      case "number": {
        const digits = plainDecimal(node.source);
        if (role === "control" || digits.length < MIN_DIGITS) break;
        this.#add(node, digits, role, way, { rewritable, continues: false });
        break;
      }
      case "array":
        for (const item of node.items) this.#visitJson(item, role, way, rewritable, continues);
        break;
      case "object":
        for (const { key, value } of node.members) {
          this.#addName(key.value, role, way);
          this.#visitJson(value, role, { ...way, key: key.value }, rewritable, continues);
        }
        break;
      default:
    }
  }

  /** A document of plain text in base64 is text; other bytes are opaque. */
  #visitOpaque(node: JsonNode, kind: OpaqueKind, way: Way): void {
    // A member that is there and empty is nothing that could not be read.
    if (isNothing(node) || (node.kind === "array" && node.items.length === 0)) return;
    const isText = kind === "document" && TEXT_FORMATS.has(way.format ?? "");
    const bytes = isText && node.kind === "string" ? canonicalBytes(node.value) : undefined;
    const said = bytes === undefined ? undefined : textOfBytes(bytes);
    if (said === undefined) {
      this.opaque.add(kind === "document" && isPdf(way.format) ? "pdf" : kind);
      return;
    }
    const options = { rewritable: true, continues: false, isBase64: true };
    this.#add(node, said, "document", way, options);
  }

  #misfit(node: JsonNode, way: Way): void {
    this.isMisfit = true;
    this.opaque.add("unknown");
    const isSigned = way.role === "thinking";
    this.#visitJson(node, isSigned ? "thinking" : "other", way, !isSigned, true);
  }

  /** Flags and numbers that nobody knows carry no content. */
  #markUnknown(node: JsonNode): void {
    if (node.kind !== "literal" && node.kind !== "number") this.opaque.add("unknown");
  }

  #addName(name: string, role: Role, way: Way): void {
    // Names that an API gives to its members say nothing about anybody.
    if (name.length < MIN_NAME || isDefinedName(name)) return;
    this.#add(
      undefined,
      name,
      role,
      { ...way, key: undefined },
      { rewritable: false, continues: false },
    );
  }

  #add(
    node: JsonNode | undefined,
    said: string,
    role: Role,
    { key, toolUse }: Way,
    options: {
      readonly rewritable: boolean;
      readonly continues: boolean;
      readonly isBase64?: boolean;
    },
  ): void {
    if (said === "") return;
    const { rewritable, continues, isBase64 = false } = options;
    const index = this.places.length;
    this.places.push({
      segment: { index, role, text: said, key, rewritable, continues, toolUse },
      node,
      isBase64,
    });
  }
}

function speakerOf(message: JsonObject): Role {
  const role = stringOf(memberOf(message, "role"));
  return role === "assistant" || role === "system" ? role : "user";
}

function isPdf(format: string | undefined): boolean {
  return format === "pdf" || format === "application/pdf";
}
