// An operation of an API, and what a request and a whole answer of it say.

import type { Content, ToolUse, Walked } from "./content/content.ts";
import type { ModelDescription } from "./model.ts";
import type { Refusal } from "./refusal.ts";
import type { Usage } from "./usage.ts";

/** One row of a surface's table: an operation of its API. */
export interface Operation {
  readonly name: string;
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** The raw path, as a route: `/model/:model{.+}/converse`. */
  readonly path: string;
  /** `inspect`: request and answer are read and decided on. `deny`: known, and not let through. */
  readonly stance: "inspect" | "deny";
}

/** What a raw target names, beyond its operation. */
export interface RequestTarget {
  readonly operation: Operation;
  /** As the path has it, decoded once; undefined where an operation has no model, or has it in its body. */
  readonly modelId?: string;
  /** As it was checked, where the operation takes one. */
  readonly query?: string;
}

export type TargetResult =
  | { readonly ok: true; readonly target: RequestTarget }
  | { readonly ok: false; readonly refusal: Refusal };

/** A request whose caller is known. */
export interface ReceivedRequest {
  readonly target: RequestTarget;
  /** Name and value by turns, as received. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
}

/** What a request says. */
export interface ReadRequest {
  /** Undefined where an operation has none. */
  readonly model?: ModelDescription;
  /** Whether the answer is to be a stream. */
  readonly stream: boolean;
  readonly content: Content;
  /** Of the request's headers those that go on. */
  readonly headers: Readonly<Record<string, string>>;
}

export type RequestResult =
  | { readonly ok: true; readonly request: ReadRequest }
  | { readonly ok: false; readonly refusal: Refusal };

/** What an answer says, or why it cannot be read. */
export type AnswerResult =
  | {
      readonly ok: true;
      readonly content: Walked;
      readonly toolUses: readonly ToolUse[];
      readonly usage: Usage;
    }
  | { readonly ok: false; readonly message: string };
