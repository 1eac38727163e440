// Everything a body says, in one form whatever the model: each string of it is a segment with the role it
// plays. The walk is total: what the family's table does not name is inspected as `other`, so nothing
// passes for being unknown. Bytes that are no text are listed as opaque.

import { rawNumber } from "./json.ts";

/** What part a text plays in a call. */
export type Role =
  | "system"
  | "user"
  | "assistant"
  | "tool_definition"
  | "tool_use"
  | "tool_result"
  | "document"
  | "control"
  | "other";

/** One string of a body. */
export interface Segment {
  readonly index: number;
  readonly role: Role;
  readonly text: string;
  /** JSON pointer. */
  readonly pointer: string;
  /** Keys of objects are inspected, too, and cannot be rewritten. */
  readonly rewritable: boolean;
}

/** A part no recogniser reads: bytes, or a place elsewhere. */
export interface OpaquePart {
  readonly pointer: string;
  readonly kind: string;
}

/** A body as segments, which can be rewritten and written out again. */
export interface Content {
  readonly segments: readonly Segment[];
  readonly opaque: readonly OpaquePart[];
  /** Names of the tools offered. */
  readonly tools: readonly string[];
  readonly maxTokens?: number;
  readonly guardrail?: { readonly id: string; readonly version?: string };
  /** Replaces the text of segments, by index. */
  rewrite(edits: ReadonlyMap<number, string>): void;
  /** The body as it is now. */
  encode(): Buffer;
}

/** What is at a path of a family's body. The first pattern that matches says. */
export type RoleTable = readonly (readonly [pointer: RegExp, role: Role | "by-message"])[];

const MAX_SEGMENTS = 20_000;
const MIN_DIGITS = 7;
const MIN_KEY = 6;
/** Members whose strings are bytes in base64, or name what lies elsewhere. */
const OPAQUE =
  /\/(?:image|video|audio|document|source)(?:\/source)?\/(?:bytes|data|s3Location\/uri|url)$|\/redactedContent$/;
const TEXT_FORMATS = new Set(["txt", "md", "csv", "html"]);

interface Place {
  readonly segment: Segment;
  readonly put: (text: string) => void;
}

/** Undefined when there is more to inspect than is inspected. */
export function walkContent(
  body: { [key: string]: unknown },
  table: RoleTable,
): Omit<Content, "tools" | "maxTokens" | "guardrail"> | undefined {
  const walker = new Walker(body, table);
  walker.visitObject(body, "", undefined);
  if (walker.isFull) return undefined;
  const { places, opaque } = walker;
  return {
    segments: places.map(({ segment }) => segment),
    opaque,
    rewrite(edits) {
      for (const [index, text] of edits) places[index]?.put(text);
    },
    encode: () => Buffer.from(JSON.stringify(body), "utf8"),
  };
}

class Walker {
  readonly places: Place[] = [];
  readonly opaque: OpaquePart[] = [];
  readonly #body: { readonly [key: string]: unknown };
  readonly #table: RoleTable;

  constructor(body: { readonly [key: string]: unknown }, table: RoleTable) {
    this.#body = body;
    this.#table = table;
  }

  get isFull(): boolean {
    return this.places.length > MAX_SEGMENTS;
  }

  visitObject(
    object: { [key: string]: unknown },
    pointer: string,
    parent: { readonly [key: string]: unknown } | undefined,
  ): void {
    for (const key of Object.keys(object)) {
      const at = `${pointer}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;
      if (key.length >= MIN_KEY) this.#add(at, key, undefined, "key");
      this.#visit(
        object[key],
        at,
        object,
        (value) => {
          object[key] = value;
        },
        parent,
      );
    }
  }

  #visit(
    value: unknown,
    pointer: string,
    holder: { readonly [key: string]: unknown },
    put: (value: unknown) => void,
    parent?: { readonly [key: string]: unknown },
  ): void {
    if (this.isFull) return;
    if (typeof value === "string") {
      if (isOpaque(pointer, parent ?? holder, holder)) this.#addOpaque(pointer, value, parent, put);
      else this.#add(pointer, value, put);
    } else if (typeof value === "number" || rawNumber(value) !== undefined) {
      const digits = rawNumber(value) ?? String(value);
      if (digits.length >= MIN_DIGITS) this.#add(pointer, digits, put);
    } else if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) {
        this.#visit(
          item,
          `${pointer}/${index}`,
          holder,
          (changed) => {
            value[index] = changed;
          },
          holder,
        );
      }
    } else if (typeof value === "object" && value !== null) {
      this.visitObject(value as { [key: string]: unknown }, pointer, holder);
    }
  }

  #add(
    pointer: string,
    text: string,
    put: ((value: unknown) => void) | undefined,
    kind?: "key",
  ): void {
    const role = this.#roleAt(pointer);
    // Keys that the API itself defines say nothing; those of free-form parts may.
    if (kind === "key" && KNOWN_KEYS.has(text)) return;
    const segment = {
      index: this.places.length,
      role,
      text,
      pointer,
      rewritable: put !== undefined,
    };
    this.places.push({ segment, put: put ?? (() => undefined) });
  }

  /** A document of plain text in base64 is text; other bytes are opaque. */
  #addOpaque(
    pointer: string,
    value: string,
    parent: { readonly [key: string]: unknown } | undefined,
    put: (value: unknown) => void,
  ): void {
    const format = parent?.["format"];
    if (typeof format === "string" && TEXT_FORMATS.has(format) && pointer.endsWith("/bytes")) {
      const bytes = Buffer.from(value, "base64");
      const text = bytes.toString("utf8");
      // UTF-16 of plain letters is UTF-8, too, with a NUL after each: no recogniser reads it.
      if (Buffer.from(text, "utf8").equals(bytes) && !text.includes("\u0000")) {
        this.#add(pointer, text, (changed) =>
          put(Buffer.from(String(changed), "utf8").toString("base64")),
        );
        return;
      }
    }
    this.opaque.push({ pointer, kind: pointer.split("/").at(-1) ?? "" });
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
    const message = (this.#body["messages"] as readonly unknown[] | undefined)?.[index] as
      | { readonly role?: unknown }
      | undefined;
    const role = message?.role;
    return role === "assistant" || role === "system" ? role : "user";
  }
}

/** Free-form JSON of tools has members called `source` or `data`, too; a source of plain text is text. */
const FREE_FORM = /\/(?:input|json)\//;

function isOpaque(
  pointer: string,
  ...around: readonly { readonly [key: string]: unknown }[]
): boolean {
  if (!OPAQUE.test(pointer) || FREE_FORM.test(pointer)) return false;
  return !(pointer.endsWith("/data") && around.some(({ type }) => type === "text"));
}

const KNOWN_KEYS = new Set([
  "messages",
  "content",
  "system",
  "toolConfig",
  "toolSpec",
  "inputSchema",
  "toolUse",
  "toolUseId",
  "toolResult",
  "description",
  "properties",
  "required",
  "document",
  "source",
  "format",
  "inferenceConfig",
  "maxTokens",
  "temperature",
  "stopSequences",
  "anthropic_version",
  "max_tokens",
  "prompt",
  "generation",
  "stop_reason",
  "output",
  "message",
  "stopReason",
  "metrics",
  "latencyMs",
  "inputTokens",
  "outputTokens",
  "totalTokens",
  "results",
  "outputText",
  "inputText",
  "textGenerationConfig",
  "additionalModelRequestFields",
  "usage",
  "input_tokens",
  "output_tokens",
  "stop_sequence",
  "tool_use_id",
  "input_schema",
  "tokenCount",
  "completionReason",
  "prompt_token_count",
  "generation_token_count",
  "inputTextTokenCount",
  "serverToolUsage",
  "guardContent",
]);
