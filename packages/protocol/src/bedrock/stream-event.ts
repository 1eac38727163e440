// What a frame of a streamed response says, whatever API and family it is of.

import type { Frame } from "../event-stream/frame.ts";
import type { Usage } from "./body.ts";

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

/** Every string in a value, keys of objects included. */
export function stringsOf(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    key === "p" ? [] : [...(Array.isArray(value) ? [] : [key]), ...stringsOf(item)],
  );
}
