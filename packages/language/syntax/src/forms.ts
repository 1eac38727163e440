// What parts of a module must be like to stand where they stand: the keywords an import may name, what a
// default may be, and what a body is taken for.

import type { Body, Term } from "./ast.ts";

const FUTURE_KEYWORDS = new Set(["contains", "every", "if", "in"]);
/** What newer versions of OPA read otherwise in a module that imports them. */
const NEWER_KEYWORDS = ["not", "and", "or"];

/** The keyword that an import gives a meaning it does not have here; undefined for other imports. */
export function newerKeyword([root, keywords, name]: readonly string[]): string | undefined {
  const isKeyword = root === "future" && keywords === "keywords" && name !== undefined;
  return isKeyword && NEWER_KEYWORDS.includes(name) ? name : undefined;
}

/** Whether an import takes all keywords that there are, those of newer versions too. */
export function importsAllKeywords([root, keywords, ...rest]: readonly string[]): boolean {
  return root === "future" && keywords === "keywords" && rest.length === 0;
}

/** `future.keywords`, or one of them. */
export function isFutureKeywords([, keywords, name]: readonly string[]): boolean {
  return keywords === "keywords" && (name === undefined || FUTURE_KEYWORDS.has(name));
}

/** Whether a term needs nothing to have its value; a comprehension counts by itself. */
export function isConstantTerm(term: Term): boolean {
  switch (term.kind) {
    case "var":
    case "ref":
    case "call":
    case "infix":
    case "in":
      return false;
    case "template":
      return term.parts.every((part) => typeof part === "string");
    case "array":
    case "set":
      return term.items.every(isConstantTerm);
    case "object":
      return term.entries.every((entry) => entry.every(isConstantTerm));
    default:
      return true;
  }
}

/** `{x | …}` read as a body begins with a union. */
export function beginsComprehension([first]: Body): boolean {
  let at = first?.expression;
  while (at !== undefined) {
    if (at.kind === "assign" || at.kind === "unify") at = at.left;
    else if (at.kind === "in") at = at.key ?? at.value;
    else if (at.kind !== "infix") return false;
    else if (at.operator === "|" && at.left.kind !== "infix" && at.left.kind !== "in") return true;
    else at = at.left;
  }
  return false;
}
