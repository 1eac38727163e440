// A few of many: the same for the same seed, in the order they stood in.

export function sample<T>(items: readonly T[], count: number, seed: number): readonly T[] {
  const random = randomFrom(seed);
  const drawn = items.map((item, index) => ({ item, index, draw: random() }));
  return drawn
    .sort((a, b) => a.draw - b.draw)
    .slice(0, count)
    .sort((a, b) => a.index - b.index)
    .map(({ item }) => item);
}

/** Mulberry32. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
