// Calls that are true of every value of a kind: that it is of this kind, that a count is not negative, that a text
// fits a pattern that every text fits.

import type { Expr, Shape } from "@writ/evaluator";

type Call = Extract<Expr, { op: "call" }>;
type Kinds = readonly (Shape["kind"] | undefined)[];

const KINDS: { readonly [name: string]: readonly Shape["kind"][] | undefined } = {
  is_string: ["string"],
  is_number: ["number", "integer"],
  is_boolean: ["boolean"],
  is_array: ["array"],
  is_object: ["object"],
  is_null: ["null"],
};

/** What a count, which is 0 or more, is in any case, by the comparison and the constant it is compared with. */
const OF_COUNTS: { readonly [name: string]: ((than: number) => boolean) | undefined } = {
  gte: (than) => than <= 0,
  gt: (than) => than < 0,
  neq: (than) => than < 0,
};
const MIRRORED: { readonly [name: string]: string | undefined } = {
  lte: "gte",
  lt: "gt",
  neq: "neq",
};

/** Which operand is the pattern of the other, and of which patterns every text is. */
const PATTERNS: {
  readonly [name: string]:
    | {
        readonly pattern: number;
        readonly text: number;
        readonly fitsAll: (text: string) => boolean;
      }
    | undefined;
} = {
  startswith: { pattern: 1, text: 0, fitsAll: (text) => text === "" },
  endswith: { pattern: 1, text: 0, fitsAll: (text) => text === "" },
  contains: { pattern: 1, text: 0, fitsAll: (text) => text === "" },
  "regex.match": { pattern: 0, text: 1, fitsAll: matchesAnything },
  "glob.match": { pattern: 0, text: 2, fitsAll: (text) => text === "**" },
};

/** `kinds`: of the operands that are paths of the input; `counted`: the operand that is a count, or -1. */
export function alwaysTrue({ name, args }: Call, kinds: Kinds, counted: number): boolean {
  const [kind] = kinds;
  if (KINDS[name] !== undefined) return kind !== undefined && KINDS[name].includes(kind);
  if (counted >= 0) {
    const than = numberOf(args[1 - counted]);
    const comparison = counted === 0 ? name : (MIRRORED[name] ?? "");
    return than !== undefined && OF_COUNTS[comparison]?.(than) === true;
  }
  const found = PATTERNS[name];
  if (found === undefined || kinds[found.text] !== "string") return false;
  const pattern = args[found.pattern];
  return (
    pattern?.op === "const" && typeof pattern.value === "string" && found.fitsAll(pattern.value)
  );
}

function numberOf(expr: Expr | undefined): number | undefined {
  return expr?.op === "const" && typeof expr.value === "number" ? expr.value : undefined;
}

/** Whether the pattern matches the empty text that begins every text; where that is not plain it is not said. */
function matchesAnything(pattern: string): boolean {
  const bare = pattern.replace(/^\^/, "");
  if (/[$^\\]|\(\?/.test(bare)) return false;
  try {
    return new RegExp(`^(?:${bare})$`, "u").test("");
  } catch {
    return false;
  }
}
