// Patterns of recognisers, from which two regular expressions are derived: the one that matches, and the
// *partial* one, which matches from a position to the end of the text wherever the text there could
// still become a match with more text. A stream holds text back from the first such position and no
// further. Patterns are bounded in length, so neither expression can run away.

export interface Pattern {
  /** Source of the expression that matches the whole pattern. */
  readonly full: string;
  /** Source of the expression that matches any beginning of it that ends where the text ends. */
  readonly partial: string;
  readonly maxLength: number;
}

/** These characters. */
export function text(literal: string): Pattern {
  const characters = [...literal].map(escapeCharacter);
  const partial = characters.reduceRight((rest, character) => `(?:$|${character}${rest})`, "$");
  return { full: characters.join(""), partial, maxLength: literal.length };
}

/** One character of a class, written as inside brackets: `A-Z0-9`. */
export function of(characters: string): Pattern {
  return { full: `[${characters}]`, partial: "$", maxLength: 1 };
}

export function seq(...parts: readonly Pattern[]): Pattern {
  const partial = parts.reduceRight(
    (rest, part) => (rest === "" ? part.partial : `(?:${part.partial}|${part.full}${rest})`),
    "",
  );
  return { full: parts.map(({ full }) => full).join(""), partial, maxLength: sum(parts) };
}

export function either(...options: readonly Pattern[]): Pattern {
  return {
    full: `(?:${options.map(({ full }) => full).join("|")})`,
    partial: `(?:${options.map(({ partial }) => partial).join("|")})`,
    maxLength: Math.max(...options.map(({ maxLength }) => maxLength)),
  };
}

/** As many as there are, from `min` to `max`. */
export function repeat(part: Pattern, min: number, max: number): Pattern {
  return {
    full: `(?:${part.full}){${min},${max}}`,
    partial: `(?:${part.full}){0,${max - 1}}${part.partial}`,
    maxLength: part.maxLength * max,
  };
}

export function optional(part: Pattern): Pattern {
  return repeat(part, 0, 1);
}

/** The part of the match that is the value; the rest is context. At most one in a pattern. */
export function value(part: Pattern): Pattern {
  return { ...part, full: `(?<value>${part.full})`, partial: part.partial };
}

/** Not right after a character of the class. */
export function notAfter(characters: string): Pattern {
  return { full: `(?<![${characters}])`, partial: "(?!)", maxLength: 0 };
}

/** Not followed by the pattern. At the end of the text that is not known yet. */
export function notBefore(part: Pattern): Pattern {
  return { full: `(?!${part.full})`, partial: part.partial, maxLength: part.maxLength };
}

/** Any of a list of words. */
export function words(...list: readonly string[]): Pattern {
  return either(...list.map(text));
}

function sum(parts: readonly Pattern[]): number {
  return parts.reduce((total, { maxLength }) => total + maxLength, 0);
}

function escapeCharacter(character: string): string {
  return /[\\^$.*+?()[\]{}|/-]/.test(character) ? `\\${character}` : character;
}
