// The cases of a test with keys: `test_x[name] if { some name, case in cases; … }` is tried for every name,
// and a name that is tried and not found is a case that failed. Of several keys each combination is a case.

import { getMember, jsonText, objectEntries, type Value } from "@writ/evaluator";

/** One of the keys of a test that has several. */
export interface SubCase {
  readonly name: string;
  readonly status: "passed" | "failed";
}

/** Given what a test came to, and the keys that it tried. */
export function subCasesOf(
  value: Value | undefined,
  tried: readonly (readonly Value[])[],
): readonly SubCase[] {
  const cases = new Map<string, SubCase["status"]>();
  const note = (at: Value, names: readonly string[]): void => {
    const entries = objectEntries(at);
    if (entries === undefined) cases.set(names.join(" / "), at === true ? "passed" : "failed");
    else for (const [key, item] of entries) note(item, [...names, nameOf(key)]);
  };
  if (value !== undefined) note(value, []);
  for (const keys of tried) {
    const found = keys.reduce<Value | undefined>(
      (at, key) => (at === undefined ? undefined : getMember(at, key)),
      value,
    );
    if (found === undefined) cases.set(keys.map(nameOf).join(" / "), "failed");
  }
  return [...cases].map(([name, status]) => ({ name, status }));
}

function nameOf(key: Value): string {
  return typeof key === "string" ? key : jsonText(key);
}
