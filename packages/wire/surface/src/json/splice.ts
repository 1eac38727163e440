// Edits of JSON text: parts of strings, and whole numbers, are replaced where they stand. Nothing outside of
// what is replaced changes, not the spelling of an escape.

import type { JsonNode, JsonString, Span } from "./node.ts";

/** Text that takes the place of a part of another. */
export interface Replacement extends Span {
  readonly text: string;
}

/** Puts replacements in, which do not overlap. */
export function splice(text: string, replacements: readonly Replacement[]): string {
  const ordered = [...replacements].sort((a, b) => a.start - b.start);
  let out = "";
  let at = 0;
  for (const { start, end, text: inserted } of ordered) {
    out += text.slice(at, start) + inserted;
    at = end;
  }
  return out + text.slice(at);
}

/**
 * What replacing parts of a value comes to in the text it was written in. `parts` are places in the value of a
 * string; a number is replaced whole, by a string.
 */
export function replaceIn(
  source: string,
  node: JsonNode,
  parts: readonly Replacement[],
): readonly Replacement[] {
  if (node.kind !== "string") {
    const text = JSON.stringify(parts.map((part) => part.text).join(""));
    return [{ start: node.start, end: node.end, text }];
  }
  const place = placesIn(source, node);
  return parts.map(({ start, end, text }) => ({
    start: place(start),
    end: place(end),
    text: JSON.stringify(text).slice(1, -1),
  }));
}

/** Where in the source a place of the decoded value is; asked for in ascending order. */
function placesIn(source: string, node: JsonString): (offset: number) => number {
  const first = node.start + 1;
  const isPlain = node.end - node.start - 2 === node.value.length;
  if (isPlain) return (offset) => first + offset;
  let at = first;
  let decoded = 0;
  return (offset) => {
    if (offset < decoded) [at, decoded] = [first, 0];
    for (; decoded < offset; decoded += 1) at += escapeLength(source, at);
    return at;
  };
}

function escapeLength(source: string, at: number): number {
  if (source[at] !== "\\") return 1;
  return source[at + 1] === "u" ? 6 : 2;
}
