// Values as Rego writes them: what `sprintf("%v")` and templates print of a collection.

import { spend, textSteps } from "./meter.ts";
import { numberText } from "./number.ts";
import { objectEntries, RegoSet, type Value } from "./value.ts";

/** A value as a Rego term, strings quoted, in one line. */
export function regoText(value: Value): string {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "string") {
    spend(textSteps(value.length));
    return JSON.stringify(value);
  }
  spend(4);
  if (Array.isArray(value)) return `[${value.map(regoText).join(", ")}]`;
  if (value instanceof RegoSet)
    return value.items.length === 0 ? "set()" : `{${value.items.map(regoText).join(", ")}}`;
  const entries = objectEntries(value);
  if (entries === undefined) return numberText(value as number);
  return `{${entries.map(([key, item]) => `${regoText(key)}: ${regoText(item)}`).join(", ")}}`;
}
