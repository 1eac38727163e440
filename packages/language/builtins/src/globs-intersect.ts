// `regex.globs_match`: whether some text matches both of two patterns, each a sequence of characters, `.`
// and sets like `[a-z]`, with `*` or `+` after any of them. Decided by walking both at once.

import { BuiltinError, spend } from "@writ/evaluator";

interface Step {
  /** Undefined is any character; otherwise ranges of code points. */
  readonly ranges?: readonly (readonly [from: number, to: number])[];
  readonly repeat: "" | "*" | "+";
}

export function globsIntersect(a: string, b: string): boolean {
  const [left, right] = [stepsOf(a), stepsOf(b)];
  const seen = new Set<number>();
  const open: (readonly [number, number])[] = [[0, 0]];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const [i, j] = at;
    const key = i * (right.length + 1) + j;
    if (seen.has(key)) continue;
    spend(2);
    seen.add(key);
    if (i === left.length && j === right.length) return true;
    const [one, two] = [left[i], right[j]];
    if (one?.repeat === "*") open.push([i + 1, j]);
    if (two?.repeat === "*") open.push([i, j + 1]);
    if (one === undefined || two === undefined || !overlap(one, two)) continue;
    for (const nextI of after(i, one)) for (const nextJ of after(j, two)) open.push([nextI, nextJ]);
  }
  return false;
}

/** Where a pattern may stand once a character has been taken. Repeated steps were made `x x*` for `x+`. */
function after(index: number, { repeat }: Step): readonly number[] {
  return repeat === "*" ? [index, index + 1] : [index + 1];
}

function overlap(a: Step, b: Step): boolean {
  const [left, right] = [a.ranges, b.ranges];
  if (left === undefined || right === undefined) return (left ?? right)?.length !== 0;
  spend((left.length * right.length) >> 3);
  return left.some(([from, to]) => right.some(([start, end]) => from <= end && start <= to));
}

const STEP = /(\\.|\[(?:\\.|[^\]\\])*\]|[^\\[\]*+])([*+]?)/suy;

function stepsOf(pattern: string): readonly Step[] {
  const steps: Step[] = [];
  STEP.lastIndex = 0;
  let end = 0;
  for (let match = STEP.exec(pattern); match !== null; match = STEP.exec(pattern)) {
    end = STEP.lastIndex;
    const [, text = "", repeat = ""] = match;
    const ranges = rangesOf(text, pattern);
    const step = ranges === undefined ? {} : { ranges };
    if (repeat === "+") steps.push({ ...step, repeat: "" });
    steps.push({ ...step, repeat: repeat === "" ? "" : "*" });
  }
  if (end !== pattern.length) throw invalid(pattern, end);
  return steps;
}

function rangesOf(text: string, pattern: string): Step["ranges"] {
  if (text === ".") return undefined;
  if (!text.startsWith("[")) {
    const code = text.replace(/^\\/s, "").codePointAt(0) ?? 0;
    return [[code, code]];
  }
  const items = text.slice(1, -1).match(/\\.|[^\\]/gsu) ?? [];
  const ranges: (readonly [number, number])[] = [];
  for (let index = 0; index < items.length; index += 1) {
    const isRange = items[index + 1] === "-";
    const from = codeOf(items[index]);
    const last = isRange ? items[index + 2] : items[index];
    if (items[index] === "-" || last === undefined || (isRange && last === "-"))
      throw invalid(pattern);
    if (codeOf(last) < from) throw invalid(pattern);
    ranges.push([from, codeOf(last)]);
    if (isRange) index += 2;
  }
  return ranges;
}

function codeOf(item = ""): number {
  return item.replace(/^\\(?=.)/s, "").codePointAt(0) ?? 0;
}

function invalid(pattern: string, at = 0): BuiltinError {
  const reason =
    pattern[at] === "]"
      ? "set-close ']' with no preceding '['"
      : "this is no character, set or flag";
  return new BuiltinError(
    `input:${pattern}, pos:${at + 1}, ${reason}: the input provided is invalid`,
  );
}
