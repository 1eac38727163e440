// What Claude Code sent, as it was recorded: heads as they were, bodies as shapes. Its own texts and tools were not
// kept, only how long they were and how many; they are filled in to those lengths, so that a body can be sent again.

import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { sharedPath } from "./shared-data.ts";

/** Which of its ways to a model: the Messages API, or Bedrock. */
export type ClaudeCodeSurface = "anthropic" | "bedrock";

export interface ClaudeCodeTurn {
  /** The scenario that it is from. */
  readonly label: string;
  readonly method: string;
  readonly target: string;
  /** Without those that say how long the body was, and where to; signatures are of the body that was. */
  readonly headers: { readonly [name: string]: string };
  /** Undefined where none was sent. */
  readonly body: { readonly [field: string]: unknown } | undefined;
  /** What it was answered with. */
  readonly status: number;
}

interface Line {
  readonly kind: string;
  readonly label: string;
  readonly request: Pick<ClaudeCodeTurn, "method" | "target" | "headers"> & {
    readonly body?: unknown;
  };
  readonly reply: { readonly st: number };
}

const TARGETS: { readonly [surface in ClaudeCodeSurface]: RegExp } = {
  anthropic: /^\/v1\/messages(?:\?|$)/,
  bedrock: /^\/(?:model\/|inference-profiles\?)/,
};

/** The turns on one surface, in the order they were recorded in; of some scenarios only the first four. */
export function readClaudeCodeTurns(surface: ClaudeCodeSurface): readonly ClaudeCodeTurn[] {
  return gunzipSync(readFileSync(sharedPath("vectors/llm/recorded.jsonl.gz")))
    .toString()
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Line)
    .filter(({ kind, request }) => kind === "claude-code" && TARGETS[surface].test(request.target))
    .map(({ label, request: { method, target, headers, body }, reply }) => ({
      label,
      method,
      target,
      headers,
      body: filled(body ?? undefined) as ClaudeCodeTurn["body"],
      status: reply.st,
    }));
}

const TEXT = /^string\((\d+)\)$/;
const MORE = /^… (\d+)$/;

/** The value with texts as long, and lists as full, as what was recorded. */
function filled(value: unknown): unknown {
  if (typeof value === "string") {
    const length = TEXT.exec(value)?.[1];
    return length === undefined ? value : "word ".repeat(Number(length)).slice(0, Number(length));
  }
  if (Array.isArray(value)) {
    const more = MORE.exec(String(value.at(-1)))?.[1];
    if (more === undefined) return value.map(filled);
    const first = filled(value[0]);
    return [first, ...Array.from({ length: Number(more) }, (_, index) => like(first, index + 2))];
  }
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, held]) => [name, filled(held)]));
}

/** Another of the same kind: no two tools have one name, no two choices are the same. */
function like(first: unknown, number: number): unknown {
  if (typeof first === "string") return `${first}_${number}`;
  const name = (first as { readonly name?: unknown }).name;
  return typeof name === "string" ? { ...(first as object), name: `${name}_${number}` } : first;
}
