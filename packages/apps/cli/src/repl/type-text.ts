// Types as an author reads them: `{ id: string, stream?: boolean }`. Deep parts and long vocabularies are cut.

import type { Type } from "@writ/ir";

const MAX_DEPTH = 3;
const MAX_VALUES = 8;
const MAX_LINE = 80;

export function typeText(type: Type, depth = 0): string {
  switch (type.kind) {
    case "any":
    case "null":
      return type.kind;
    case "boolean":
    case "number":
      return oneOf(type.values?.map(String)) ?? type.kind;
    case "string":
      return oneOf(type.values?.map((value) => JSON.stringify(value))) ?? "string";
    case "array":
    case "set": {
      const items = typeText(type.items, depth);
      return `${type.kind} of ${isAlternative(type.items) ? `(${items})` : items}`;
    }
    case "object":
      return objectText(type, depth);
    case "union":
      return type.of.map((each) => typeText(each, depth)).join(" | ");
  }
}

function oneOf(values: readonly string[] | undefined): string | undefined {
  if (values === undefined) return undefined;
  const more = values.length - MAX_VALUES;
  const shown = values.slice(0, MAX_VALUES).join(" | ");
  return more > 0 ? `${shown} | … ${more} more` : shown;
}

function isAlternative(type: Type): boolean {
  return type.kind === "union" || ("values" in type && (type.values?.length ?? 0) > 1);
}

function objectText(
  { properties, rest }: Extract<Type, { kind: "object" }>,
  depth: number,
): string {
  if (properties.size === 0 && rest === undefined) return "{}";
  if (depth >= MAX_DEPTH) return "{ … }";
  const members = [...properties].map(
    ([key, { type, optional }]) =>
      `${keyText(key)}${optional ? "?" : ""}: ${typeText(type, depth + 1)}`,
  );
  if (rest !== undefined) members.push(`[string]: ${typeText(rest, depth + 1)}`);
  const line = `{ ${members.join(", ")} }`;
  if (line.length <= MAX_LINE && !line.includes("\n")) return line;
  const indent = "  ".repeat(depth + 1);
  return `{\n${members.map((member) => `${indent}${member},\n`).join("")}${"  ".repeat(depth)}}`;
}

function keyText(key: string): string {
  return /^[A-Za-z_]\w*$/.test(key) ? key : JSON.stringify(key);
}
