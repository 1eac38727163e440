// JSON text to values and back, without losing a digit.

import { spend, textSteps } from "./meter.ts";
import { numberText, parseNumber } from "./number.ts";
import { objectEntries, RegoSet, type Value } from "./value.ts";

/** Throws SyntaxError for what is not JSON, and for numbers with more digits than are computed with. */
export function parseJson(text: string): Value {
  // Only a long run of digits, a fraction or an exponent can be more than a JavaScript number.
  return EXACT.test(text) ? JSON.parse(text, keepDigits) : JSON.parse(text);
}

const EXACT = /\d{16}|\d[eE.]/;

/** As JSON text without spaces, properties in Rego's order, sets as arrays. */
export function jsonText(value: Value): string {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "string") {
    spend(textSteps(value.length));
    return JSON.stringify(value);
  }
  spend(4);
  if (Array.isArray(value)) return `[${value.map(jsonText).join(",")}]`;
  if (value instanceof RegoSet) return `[${value.items.map(jsonText).join(",")}]`;
  const entries = objectEntries(value);
  if (entries === undefined) return numberText(value as number);
  const members = entries.map(
    ([key, item]) => `${JSON.stringify(propertyName(key))}:${jsonText(item)}`,
  );
  return `{${members.join(",")}}`;
}

/** A key that is no string is its JSON text, as in OPA's output. */
function propertyName(key: Value): string {
  return typeof key === "string" ? key : jsonText(key);
}

function keepDigits(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== "number" || context?.source === undefined) return value;
  const number = parseNumber(context.source);
  if (number === undefined) throw new SyntaxError("a number has too many digits");
  return number;
}
