// Reading JSON in the one way everybody reads it. What two readers could take for two things is refused: a key
// twice in an object, text that is no UTF-8, a control character in a string. Numbers keep their spelling.

import type { JsonArray, JsonMember, JsonNode, JsonObject, JsonString } from "./node.ts";

export type JsonErrorCode = "not_utf8" | "not_json" | "duplicate_key" | "too_deep";

/** A document and the text its spans are places in, or why there is none. */
export type JsonResult =
  | { readonly ok: true; readonly text: string; readonly root: JsonNode }
  | { readonly ok: false; readonly code: JsonErrorCode; readonly message: string };

const MAX_DEPTH = 64;
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Reads a document in UTF-8. */
export function readJson(bytes: Uint8Array): JsonResult {
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch {
    return { ok: false, code: "not_utf8", message: "it is not UTF-8" };
  }
  return readJsonText(text);
}

/** Reads a document that is a string already. */
export function readJsonText(text: string): JsonResult {
  const reader = new Reader(text);
  try {
    return { ok: true, text, root: reader.document() };
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    const { code, message } = error;
    return { ok: false, code, message };
  }
}

/** Thrown inside; never leaves this file. */
class Unreadable extends Error {
  readonly code: JsonErrorCode;

  constructor(code: JsonErrorCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const SPACE = /[ \t\n\r]*/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
const NEEDS_CARE = /[\u0000-\u001f\\]/;
const LITERALS: readonly (readonly [text: string, value: boolean | null])[] = [
  ["true", true],
  ["false", false],
  ["null", null],
];
/** Objects with more members than this have their keys looked up, not compared one by one. */
const FEW_MEMBERS = 12;
const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const [OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = [0x7b, 0x7d, 0x5b, 0x5d];
const FIRST_SPACE = 0x20;

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): JsonNode {
    const root = this.#value(0);
    this.#skipSpace();
    if (this.#at < this.#text.length) throw this.#unexpected();
    return root;
  }

  #value(depth: number): JsonNode {
    this.#skipSpace();
    const first = this.#text.charCodeAt(this.#at);
    if (first === QUOTE) return this.#string();
    if (first === OPEN_BRACE) return this.#object(depth);
    if (first === OPEN_BRACKET) return this.#array(depth);
    return this.#number() ?? this.#literal();
  }

  #object(depth: number): JsonObject {
    const start = this.#open(depth);
    const members: JsonMember[] = [];
    let names: Set<string> | undefined;
    if (!this.#takes(CLOSE_BRACE)) {
      do {
        this.#skipSpace();
        if (this.#text.charCodeAt(this.#at) !== QUOTE) throw this.#unexpected();
        const key = this.#string();
        if (members.length > FEW_MEMBERS)
          names ??= new Set(members.map((member) => member.key.value));
        const isKnown =
          names?.has(key.value) ?? members.some((member) => member.key.value === key.value);
        if (isKnown)
          throw new Unreadable(
            "duplicate_key",
            `a key occurs twice in one object (at character ${key.start})`,
          );
        names?.add(key.value);
        if (!this.#takes(COLON)) throw this.#unexpected();
        members.push({ key, value: this.#value(depth + 1) });
      } while (this.#takes(COMMA));
      if (!this.#takes(CLOSE_BRACE)) throw this.#unexpected();
    }
    return { kind: "object", start, end: this.#at, members };
  }

  #array(depth: number): JsonArray {
    const start = this.#open(depth);
    const items: JsonNode[] = [];
    if (!this.#takes(CLOSE_BRACKET)) {
      do {
        items.push(this.#value(depth + 1));
      } while (this.#takes(COMMA));
      if (!this.#takes(CLOSE_BRACKET)) throw this.#unexpected();
    }
    return { kind: "array", start, end: this.#at, items };
  }

  #open(depth: number): number {
    if (depth >= MAX_DEPTH)
      throw new Unreadable("too_deep", `it is nested deeper than ${MAX_DEPTH} levels`);
    this.#at += 1;
    return this.#at - 1;
  }

  #string(): JsonString {
    const start = this.#at;
    const quote = this.#text.indexOf('"', start + 1);
    if (quote < 0) throw this.#unexpected();
    const plain = this.#text.slice(start + 1, quote);
    if (!NEEDS_CARE.test(plain)) {
      this.#at = quote + 1;
      return { kind: "string", start, end: this.#at, value: plain };
    }
    const end = this.#endOfString(start + 1);
    this.#at = end;
    return { kind: "string", start, end, value: this.#decode(start, end) };
  }

  #endOfString(from: number): number {
    for (let at = from; at < this.#text.length; at += 1) {
      const unit = this.#text.charCodeAt(at);
      if (unit === QUOTE) return at + 1;
      if (unit < FIRST_SPACE) break;
      if (unit === BACKSLASH) at += 1;
    }
    throw this.#unexpected();
  }

  #decode(start: number, end: number): string {
    try {
      return JSON.parse(this.#text.slice(start, end)) as string;
    } catch (error) {
      throw this.#unexpected(error);
    }
  }

  #number(): JsonNode | undefined {
    NUMBER.lastIndex = this.#at;
    const source = NUMBER.exec(this.#text)?.[0];
    if (source === undefined) return undefined;
    const start = this.#at;
    this.#at += source.length;
    return { kind: "number", start, end: this.#at, source };
  }

  #literal(): JsonNode {
    const start = this.#at;
    for (const [text, value] of LITERALS) {
      if (!this.#text.startsWith(text, start)) continue;
      this.#at += text.length;
      return { kind: "literal", start, end: this.#at, value };
    }
    throw this.#unexpected();
  }

  /** Skips space, and the character if it is the next one. */
  #takes(character: number): boolean {
    this.#skipSpace();
    if (this.#text.charCodeAt(this.#at) !== character) return false;
    this.#at += 1;
    return true;
  }

  #skipSpace(): void {
    // Most documents have none.
    if (this.#text.charCodeAt(this.#at) > FIRST_SPACE) return;
    SPACE.lastIndex = this.#at;
    this.#at += SPACE.exec(this.#text)?.[0].length ?? 0;
  }

  #unexpected(cause?: unknown): Unreadable {
    return new Unreadable("not_json", `it is not JSON (at character ${this.#at})`, cause);
  }
}
