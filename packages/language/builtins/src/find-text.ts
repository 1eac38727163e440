// Where one text occurs in another, in time linear in both. V8's own search is fast for what people write and takes
// the product of both lengths for texts that are made to: long ones of few characters, nearly found everywhere.

/** V8 looks this far back in a pattern, so that below it the product is small. */
const LONG_PATTERN = 250;

/** Where each occurrence begins, which may overlap; `isDone` ends the search. The pattern is not empty. */
export function findText(text: string, pattern: string, from = 0): number {
  return pattern.length <= LONG_PATTERN
    ? text.indexOf(pattern, from)
    : findLong(text, pattern, from);
}

/** Every place, in order; a next one begins where the one before ends, or one further with `overlapping`. */
export function* placesOf(text: string, pattern: string, overlapping = false): Generator<number> {
  const step = overlapping ? 1 : pattern.length;
  if (pattern.length <= LONG_PATTERN) {
    for (let at = text.indexOf(pattern); at >= 0; at = text.indexOf(pattern, at + step)) yield at;
    return;
  }
  let next = 0;
  for (const at of longPlaces(text, pattern, 0)) {
    if (at < next) continue;
    next = at + step;
    yield at;
  }
}

function findLong(text: string, pattern: string, from: number): number {
  const [first] = longPlaces(text, pattern, from);
  return first ?? -1;
}

/** Knuth, Morris and Pratt. */
function* longPlaces(text: string, pattern: string, from: number): Generator<number> {
  const borders = bordersOf(pattern);
  let matched = 0;
  for (let at = from; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    while (matched > 0 && pattern.charCodeAt(matched) !== unit)
      matched = borders[matched - 1] as number;
    if (pattern.charCodeAt(matched) === unit) matched += 1;
    if (matched < pattern.length) continue;
    yield at - pattern.length + 1;
    matched = borders[matched - 1] as number;
  }
}

/** For each prefix, how long its longest proper prefix is that also ends it. */
function bordersOf(pattern: string): Int32Array {
  const borders = new Int32Array(pattern.length);
  let length = 0;
  for (let at = 1; at < pattern.length; at += 1) {
    const unit = pattern.charCodeAt(at);
    while (length > 0 && pattern.charCodeAt(length) !== unit)
      length = borders[length - 1] as number;
    if (pattern.charCodeAt(length) === unit) length += 1;
    borders[at] = length;
  }
  return borders;
}
