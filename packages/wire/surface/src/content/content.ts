// Everything a body says, in one form whatever the API: each string and number of it is a segment with the role it
// plays. What is masked is spliced into the body as it came; the rest of it goes on to the byte.

import type { JsonNode } from "../json/node.ts";
import type { Replacement } from "../json/splice.ts";
import type { OpaqueKind, Role } from "./role.ts";

/** One string of a body, one number, or one name of a member. */
export interface Segment {
  readonly index: number;
  readonly role: Role;
  readonly text: string;
  /** The name of the member it is the value of, through lists; undefined at the top. */
  readonly key: string | undefined;
  /** Names of members, and what is signed, are inspected and cannot be rewritten. */
  readonly rewritable: boolean;
  /** A text that models read on from the one before: block after block, message after message. */
  readonly continues: boolean;
  /** Of what is part of a tool call: which of `Walked.toolUses`. */
  readonly toolUse: number | undefined;
}

/** A tool that the model calls. */
export interface ToolUse {
  readonly id: string;
  readonly name: string;
  /** As the model wrote it; undefined for a call without parameters. */
  readonly input: JsonNode | undefined;
}

/** Parts of segments that are replaced, by the segment's index. */
export type Edits = ReadonlyMap<number, readonly Replacement[]>;

/** A body as segments. */
export interface Walked {
  readonly segments: readonly Segment[];
  /** Kinds of content that no recogniser reads, each once. */
  readonly opaque: readonly OpaqueKind[];
  readonly toolUses: readonly ToolUse[];
  /** The body with parts of it replaced; without edits the bytes that were received. */
  encode(edits?: Edits): Buffer;
  /** The parameters of a tool call with parts of them replaced. */
  reviseInput(toolUse: number, edits: Edits): JsonNode | undefined;
  /** What edits come to in the body's text. */
  replacements(edits: Edits): readonly Replacement[];
}

/** What a request says. */
export interface Content extends Walked {
  /** Names of the tools offered. */
  readonly tools: readonly string[];
  readonly maxTokens?: number;
  readonly guardrail?: { readonly id: string; readonly version?: string };
}

/** A content with words that came beside its body, in the target or in headers: inspected, and not to be rewritten. */
export function withWords(content: Content, words: readonly string[]): Content {
  if (words.length === 0) return content;
  const { segments } = content;
  const more = words.map((text, at): Segment => {
    const index = segments.length + at;
    const place = { role: "control", key: undefined, rewritable: false, continues: false } as const;
    return { index, text, toolUse: undefined, ...place };
  });
  return { ...content, segments: [...segments, ...more] };
}

/** What a request without a body says. */
export function emptyContent(): Content {
  return {
    segments: [],
    opaque: [],
    toolUses: [],
    tools: [],
    encode: () => Buffer.alloc(0),
    reviseInput: () => undefined,
    replacements: () => [],
  };
}
