// Did you mean: the candidate nearest to what was written, if any is near enough to be meant.

const MAX_CANDIDATES = 5_000;

/** Undefined when nothing is within a third of the word's length (at least one, at most four edits). */
export function suggest(written: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let limit = Math.min(4, Math.max(1, Math.floor(written.length / 3))) + 1;
  let count = 0;
  for (const candidate of candidates) {
    count += 1;
    if (count > MAX_CANDIDATES) break;
    if (candidate === written || Math.abs(candidate.length - written.length) >= limit) continue;
    const distance =
      candidate.toLowerCase() === written.toLowerCase() ? 0.5 : editDistance(written, candidate);
    if (distance < limit) {
      best = candidate;
      limit = distance;
    }
  }
  return best;
}

/** Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_unused, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min(
        (row[j - 1] ?? 0) + 1,
        (previous[j] ?? 0) + 1,
        (previous[j - 1] ?? 0) + cost,
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, (before[j - 2] ?? 0) + 1);
      }
      row.push(least);
    }
    before = previous;
    previous = row;
  }
  return previous[b.length] ?? 0;
}
