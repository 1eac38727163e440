// `sprintf`, after Go's fmt as OPA calls it: a number is an int, a big integer or a float64, everything else
// is a string (collections as Rego writes them).

import {
  BuiltinError,
  integerOf,
  isNumber,
  numberText,
  regoText,
  spend,
  textSteps,
  type Value,
} from "@writ/evaluator";
import { formatOperand, type Operand, plainText } from "./go-format.ts";

/** `[2]`, or what stands for it: what is no number, or not closed soon. */
const INDEX = String.raw`\[(?:[^\]]{0,9}\])?`;
const VERB = new RegExp(
  String.raw`%(?<flags>[-+# 0]*)(?<first>${INDEX})?(?<width>\d+|\*)?(?:(?<point>\.)(?<second>${INDEX})?(?<precision>\d+|\*)?)?(?<third>${INDEX})?(?<verb>.)?`,
  "suy",
);
const MAX_WIDTH = 10_000;
const MAX_INT64 = 2n ** 63n - 1n;

export function sprintf(format: string, values: readonly Value[]): string {
  const reader = new Reader(values.map(operandOf));
  let text = "";
  let at = 0;
  for (let mark = format.indexOf("%"); mark >= 0; mark = format.indexOf("%", at)) {
    text += format.slice(at, mark);
    const letter = format[mark + 1] ?? "";
    const isPlain = letter >= "a" && letter <= "z";
    if (!isPlain) VERB.lastIndex = mark;
    const match = isPlain ? undefined : VERB.exec(format);
    const piece = reader.verb(match?.groups ?? { verb: letter });
    spend(1 + textSteps(piece.length));
    text += piece;
    at = mark + (match?.[0].length ?? 2);
  }
  return text + format.slice(at) + reader.rest();
}

type Part = "flags" | "first" | "width" | "point" | "second" | "precision" | "third" | "verb";
type Parts = { readonly [name in Part]?: string };

/** Takes the operands in turn, or by index. */
class Reader {
  readonly #operands: readonly Operand[];
  #next = 0;
  #isReordered = false;
  #isMissed = false;

  constructor(operands: readonly Operand[]) {
    this.#operands = operands;
  }

  verb({ flags = "", first, width, point, second, precision, third, verb }: Parts): string {
    // An index stands before the verb or a `*`, not before digits.
    this.#isMissed =
      first !== undefined && width !== "*" && (width !== undefined || point !== undefined);
    this.#moveTo(first);
    const wide = this.#size(width);
    this.#moveTo(second);
    const precise = this.#size(precision);
    this.#moveTo(third);
    const hasPrecision = point !== undefined && precise !== undefined && precise >= 0;
    const isBad = precision === "*" && !hasPrecision;
    const before = `${wide === undefined ? "%!(BADWIDTH)" : ""}${isBad ? "%!(BADPREC)" : ""}`;
    if (verb === undefined) return `${before}%!(NOVERB)`;
    if (verb === "%") return `${before}%`;
    if (this.#isMissed) return `${before}%!${verb}(BADINDEX)`;
    const operand = this.#operands[this.#next];
    if (operand === undefined) return `${before}%!${verb}(MISSING)`;
    this.#next += 1;
    const text = formatOperand(operand, {
      flags: (wide ?? 0) < 0 ? `${flags}-` : flags,
      width: Math.abs(wide ?? 0),
      precision: hasPrecision ? precise : undefined,
      verb,
    });
    return before + text;
  }

  /** What was not asked for. */
  rest(): string {
    const extra = this.#operands.slice(this.#next);
    if (extra.length === 0 || this.#isReordered) return "";
    return `%!(EXTRA ${extra.map((each) => `${each.type}=${plainText(each)}`).join(", ")})`;
  }

  #moveTo(index: string | undefined): void {
    if (index === undefined) return;
    this.#isReordered = true;
    const at = Number(/^\[(\d+)\]$/.exec(index)?.[1] ?? 0) - 1;
    if (this.#operands[at] === undefined) this.#isMissed = true;
    else this.#next = at;
  }

  /** 0 if none is given, undefined if `*` finds no integer. */
  #size(given: string | undefined): number | undefined {
    if (given !== "*") return bounded(Number(given ?? 0));
    const operand = this.#operands[this.#next];
    if (operand !== undefined) this.#next += 1;
    return operand?.type === "int" ? bounded(Number(operand.value)) : undefined;
  }
}

function bounded(size: number): number {
  if (Math.abs(size) > MAX_WIDTH)
    throw new BuiltinError(`a width or precision is ${MAX_WIDTH} at most`);
  return size;
}

function operandOf(value: Value): Operand {
  if (typeof value === "string") return { type: "string", value };
  if (!isNumber(value)) return { type: "string", value: regoText(value) };
  const integer = integerOf(value);
  if (integer !== undefined && !/[.eE]/.test(numberText(value))) {
    const isInt = integer <= MAX_INT64 && integer >= -MAX_INT64 - 1n;
    return { type: isInt ? "int" : "*big.Int", value: integer };
  }
  const float = Number(numberText(value));
  return Number.isFinite(float)
    ? { type: "float64", value: float }
    : { type: "string", value: numberText(value) };
}
