// Masking: what was found gives way to its label. Everything else stays as it is, byte for byte.

import { type Finding, spansOf } from "./findings.ts";
import type { Tier } from "./recogniser.ts";

/** A part of a text and what replaces it. */
export interface Mask {
  readonly start: number;
  readonly end: number;
  /** `[REDACTED:label]`, quoted in place of a number in JSON. */
  readonly text: string;
}

interface MaskedSpan {
  readonly start: number;
  end: number;
  /** The surest finding under it, of equally sure ones the longest: what the mask is named after. */
  label: string;
  tier: Tier;
  length: number;
}

const TIERS: { readonly [T in Tier]: number } = { possible: 0, likely: 1, certain: 2 };

/**
 * The text with the findings of these labels masked as `[REDACTED:label]`; those that overlap by one mask.
 * In text that is JSON a mask in place of a number is a string.
 */
export function redact(
  text: string,
  findings: readonly Finding[],
  labels: ReadonlySet<string>,
): string {
  let out = "";
  let at = 0;
  for (const { start, end, text: mask } of masksFor(findings, labels, text)) {
    out += text.slice(at, start) + mask;
    at = end;
  }
  return out + text.slice(at);
}

/**
 * The masks of the findings with these labels, in order; those that overlap are one. With the text they are in,
 * a mask in place of a number is a string where that text is JSON.
 */
export function masksFor(
  findings: readonly Finding[],
  labels: ReadonlySet<string>,
  text = "",
): readonly Mask[] {
  const spans = mergeSpans(findings.filter(({ label }) => labels.has(label)));
  if (spans.length === 0) return [];
  const isInString = isJson(text) ? stringTracker(text) : () => true;
  return spans.map(({ start, end, label }) => {
    const mask = `[REDACTED:${label}]`;
    return isInString(start)
      ? { start, end, text: mask }
      : { ...wholeNumber(text, start, end), text: `"${mask}"` };
  });
}

function mergeSpans(findings: readonly Finding[]): readonly MaskedSpan[] {
  const spans = findings
    .flatMap(({ label, tier, ...finding }) =>
      [...spansOf({ label, tier, ...finding })].map(([start, end]) => ({
        start,
        end,
        label,
        tier,
        length: end - start,
      })),
    )
    .sort((a, b) => a.start - b.start || b.end - a.end || (a.label < b.label ? -1 : 1));
  const masks: MaskedSpan[] = [];
  for (const span of spans) {
    const last = masks.at(-1);
    if (last === undefined || span.start >= last.end) {
      masks.push(span);
      continue;
    }
    last.end = Math.max(last.end, span.end);
    const surer = TIERS[span.tier] - TIERS[last.tier] || span.length - last.length;
    if (surer > 0) Object.assign(last, { label: span.label, tier: span.tier, length: span.length });
  }
  return masks;
}

const NUMBER_PART = /[-+.\deE]/;

/** A mask that is a string replaces a number as a whole, its sign and exponent included. */
function wholeNumber(
  text: string,
  from: number,
  to: number,
): { readonly start: number; readonly end: number } {
  let [start, end] = [from, to];
  while (start > 0 && NUMBER_PART.test(text[start - 1] ?? "")) start -= 1;
  while (end < text.length && NUMBER_PART.test(text[end] ?? "")) end += 1;
  return { start, end };
}

function isJson(text: string): boolean {
  if (!/^\s*[[{]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Whether a place in JSON lies inside a string; to be called from left to right. */
function stringTracker(text: string): (place: number) => boolean {
  let at = 0;
  let isInside = false;
  return (place) => {
    for (; at < place; at += 1) {
      const character = text[at];
      if (isInside && character === "\\") at += 1;
      else if (character === '"') isInside = !isInside;
    }
    return isInside;
  };
}
