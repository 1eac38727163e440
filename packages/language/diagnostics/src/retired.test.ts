// Codes are permanent: what is gone has a tombstone, and what has one never comes back.

import { expect, it } from "vitest";
import { catalog } from "./catalog.ts";
import { retired } from "./retired.ts";

const current = new Set(Object.keys(catalog));

/** Numbers that no code ever had: those of YAML begin at a round one, and W0410 was passed over. */
const NEVER_GIVEN = new Set([...range("E01", 13, 19), "W0410"]);

function range(prefix: string, first: number, last: number): readonly string[] {
  return Array.from({ length: last - first + 1 }, (_, at) => codeOf(prefix, first + at));
}

function codeOf(prefix: string, number: number): string {
  return `${prefix}${String(number).padStart(2, "0")}`;
}

it("no code of the catalogue is a retired one, nor is its name", () => {
  expect(Object.keys(retired).filter((code) => current.has(code))).toEqual([]);
  const names = new Set(Object.values(catalog).map(({ name }): string => name));
  expect(Object.values(retired).filter(({ name }) => names.has(name))).toEqual([]);
});

it("a number below the highest of its kind is a code, a tombstone or was never given", () => {
  const highest = new Map<string, number>();
  for (const code of current) {
    const prefix = code.slice(0, 3);
    highest.set(prefix, Math.max(highest.get(prefix) ?? 0, Number(code.slice(3))));
  }
  const missing = [...highest]
    .flatMap(([prefix, last]) => range(prefix, 1, last))
    .filter((code) => !current.has(code) && !NEVER_GIVEN.has(code) && retired[code] === undefined);
  expect(missing).toEqual([]);
  expect([...NEVER_GIVEN].filter((code) => current.has(code))).toEqual([]);
});

it("what a tombstone sends to is in the catalogue", () => {
  for (const { successor } of Object.values(retired))
    for (const [code] of successor.matchAll(/\b[EW]\d{4}\b/g)) expect(current).toContain(code);
});
