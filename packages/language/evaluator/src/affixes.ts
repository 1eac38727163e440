// Which of many prefixes (or suffixes) a text has. Sorted, all prefixes of a text that are among the
// constants are prefixes of the greatest constant not after it: one binary search, then a chain of ever
// shorter ones, and nothing is cut out of the text. Suffixes are the same, read from the end.

export type AffixEnd = "start" | "end";

export interface Affixes {
  readonly end: AffixEnd;
  /** Sorted, as read from the end in question. */
  readonly texts: readonly string[];
  /** The longest other text that is an affix of this one; -1 is none. */
  readonly shorter: Int32Array;
  /** What stands for each text: an address in the trees' code. */
  readonly targets: Int32Array;
}

export function linkAffixes(
  end: AffixEnd,
  cases: readonly (readonly [text: string, target: number])[],
): Affixes {
  const sorted = [...cases].sort(([a], [b]) => compareFrom(end, a, b));
  const texts = sorted.map(([text]) => text);
  const shorter = new Int32Array(texts.length);
  for (let index = 0; index < texts.length; index += 1) {
    let before = index - 1;
    while (before >= 0 && !hasAffix(end, texts[index] as string, texts[before] as string))
      before = shorter[before] as number;
    shorter[index] = before;
  }
  return { end, texts, shorter, targets: Int32Array.from(sorted, ([, target]) => target) };
}

/** The longest of the affixes that the text has; `shorter` gives the others. -1 is none. */
export function longestAffix({ end, texts, shorter }: Affixes, text: string): number {
  let low = 0;
  let high = texts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareFrom(end, texts[middle] as string, text) <= 0) low = middle + 1;
    else high = middle;
  }
  let found = low - 1;
  while (found >= 0 && !hasAffix(end, text, texts[found] as string))
    found = shorter[found] as number;
  return found;
}

function hasAffix(end: AffixEnd, text: string, affix: string): boolean {
  return end === "start" ? text.startsWith(affix) : text.endsWith(affix);
}

/** By UTF-16 unit from either end: an affix sorts before what it is an affix of. */
function compareFrom(end: AffixEnd, a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const unitA = a.charCodeAt(end === "start" ? index : a.length - 1 - index);
    const unitB = b.charCodeAt(end === "start" ? index : b.length - 1 - index);
    if (unitA !== unitB) return unitA - unitB;
  }
  return a.length - b.length;
}
