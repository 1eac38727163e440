// What a frame of a streamed response says, whatever API and family it is of.

import type { Frame } from "../event-stream/frame.ts";
import type { Usage } from "./body.ts";

/** What a frame says, as far as somebody acts on it. */
export type StreamEvent =
  | {
      readonly kind: "text";
      /** The content block and the field of it: each has a text of its own. */
      readonly block: string;
      readonly text: string;
      readonly frame: Frame;
      /** The frame with another text in its place. */
      readonly withText: (text: string) => Frame;
    }
  | {
      readonly kind: "tool-start" | "tool-delta";
      readonly block: string;
      readonly frame: Frame;
      readonly name?: string;
      readonly id?: string;
      /** Of the parameters' JSON. */
      readonly fragment?: string;
    }
  | { readonly kind: "block-stop"; readonly block: string; readonly frame: Frame }
  /** What a frame says beside the events it is read as. Has no frame: those have it. */
  | {
      readonly kind: "inspect";
      readonly strings: readonly string[];
      /** It holds what no recogniser reads. */
      readonly isOpaque: boolean;
    }
  /** Everything else, with what it says that must be inspected. */
  | { readonly kind: "passthrough"; readonly frame: Frame; readonly strings: readonly string[] }
  | {
      readonly kind: "stop";
      readonly frame: Frame;
      readonly stopReason: string;
      readonly strings: readonly string[];
    }
  | {
      readonly kind: "metadata";
      readonly frame: Frame;
      readonly usage: Usage;
      readonly strings: readonly string[];
    }
  | { readonly kind: "exception"; readonly frame: Frame; readonly code: string };

export interface JsonObject {
  readonly [key: string]: unknown;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Every string and number in a value, keys of objects included. */
export function stringsOf(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  if (typeof value === "number") return [String(value)];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => [
    ...(Array.isArray(value) ? [] : [key]),
    ...stringsOf(item),
  ]);
}

/** What an object says besides the members that are read, and the padding that Bedrock adds. */
export function othersOf(value: JsonObject, ...read: readonly string[]): readonly string[] {
  return Object.entries(value).flatMap(([key, item]) => {
    if (read.includes(key)) return [];
    const isPadding = key === "p" && typeof item === "string" && PADDING.startsWith(item);
    return isPadding ? [] : [key, ...stringsOf(item)];
  });
}

/** Letters and digits, as many as chance says: the length of a frame must not tell the length of its text. */
export const PADDING = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/** What a frame says beside its events; nothing when it says nothing. */
export function inspect(strings: readonly string[], isOpaque = false): readonly StreamEvent[] {
  return strings.length === 0 && !isOpaque ? [] : [{ kind: "inspect", strings, isOpaque }];
}

/** Members that hold bytes, or text that was made unreadable. */
const OPAQUE = /^(?:redactedContent|redacted_thinking|image|audio|video|bytes)$/;

export function holdsOpaque(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(
    ([key, item]) =>
      OPAQUE.test(key) || (key === "type" && OPAQUE.test(String(item))) || holdsOpaque(item),
  );
}
