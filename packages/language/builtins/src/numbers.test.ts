// Numbers: integers are exact whatever their size, everything else is what OPA computes and prints. Where OPA
// names an OPA binary, it is asked all of the second kind at once. OPA 1.4 rounds integers of more than 64
// bits, which later ones do not: what such an integer comes out of is not compared.

import { spawnSync } from "node:child_process";
import { BuiltinError, compareValues, jsonText, parseJson, type Value } from "@writ/evaluator";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { builtins } from "./index.ts";

/** An error is undefined, as to a query. */
const exact: readonly (readonly [name: string, args: string, result: string])[] = [
  ["plus", "18446744073709551617, 1", "18446744073709551618"],
  ["plus", "123456789012345678901234567890, 1", "123456789012345678901234567891"],
  ["plus", "1e30, 1", "1000000000000000000000000000001"],
  ["plus", "18446744073709551617, 0.5", "18446744073709551616"],
  ["minus", "-18446744073709551617, 1", "-18446744073709551618"],
  ["mul", "10.00, 18446744073709551617", "184467440737095516170"],
  ["div", "55340232221128654851, 3", "18446744073709551617"],
  ["rem", "10, 18446744073709551616", "10"],
  ["rem", "1e30, 7", "1"],
  ["abs", "-18446744073709551617", "18446744073709551617"],
  ["abs", "0.49999999999999999999", "0.5"],
  ["ceil", "-18446744073709551617", "-18446744073709551617"],
  ["ceil", "-0.5", "0"],
  ["floor", "18446744073709551617", "18446744073709551617"],
  ["floor", "-0.5", "-1"],
  ["floor", "0.99999999999999999999999", "1"],
  ["round", "18446744073709551617", "18446744073709551617"],
  ["sum", "[9223372036854775807, 1, 10.00]", "9223372036854775818"],
  ["product", "[18446744073709551617, 2]", "36893488147419103234"],
  ["bits.and", "18446744073709551617, 1", "1"],
  ["bits.negate", "1e30", "-1000000000000000000000000000001"],
  ["bits.lsh", "18446744073709551617, 1", "36893488147419103234"],
  ["bits.lsh", "1e9999, 10000", "undefined"],
  [
    "numbers.range",
    "18446744073709551617, 18446744073709551618",
    "[18446744073709551617,18446744073709551618]",
  ],
  ["format_int", "18446744073709551617, 16", '"10000000000000001"'],
  ["format_int", "1e30, 10", '"1000000000000000000000000000000"'],
  ["mul", "1e9000, 1e9000", "undefined"],
  ["div", "1e-9000, 1e9000", "undefined"],
  ["plus", "1e9999, 1", `1${"0".repeat(9998)}1`],
  ["to_number", '"1e400"', "undefined"],
  [
    "yaml.unmarshal",
    '"18446744073709551617: [9007199254740993]"',
    '{"18446744073709551617":[9007199254740993]}',
  ],
  ["yaml.unmarshal", '"1e400"', '"1e400"'],
  ["yaml.unmarshal", `"${"9".repeat(10_001)}"`, "undefined"],
  [
    "yaml.marshal",
    "[18446744073709551615, 18446744073709551617, 1e400]",
    String.raw`"- 18446744073709551615\n- 1.8446744073709552e+19\n- 1e400\n"`,
  ],
  ["units.parse_bytes", '"18446744073709551617k"', "18446744073709551617000"],
  ["max", "[18446744073709551617, 18446744073709551616.5]", "18446744073709551617"],
];

it.each(exact)("%s(%s) is %s", (name, args, result) => {
  expect(shown(call(name, args))).toBe(result);
});

describe("integers", () => {
  const integer = fc.oneof(
    fc.bigInt(-(2n ** 66n), 2n ** 66n),
    fc.bigInt(-(2n ** 200n), 2n ** 200n),
  );
  /** One number in several spellings. */
  const spelt = integer.chain((value) =>
    fc
      .constantFrom(`${value}`, `${value}.00`, `${value}e0`, `${value * 10n}e-1`)
      .map((text) => ({ value, text })),
  );
  const operations: readonly (readonly [string, (a: bigint, b: bigint) => bigint | undefined])[] = [
    ["plus", (a, b) => a + b],
    ["minus", (a, b) => a - b],
    ["mul", (a, b) => a * b],
    ["rem", (a, b) => (b === 0n ? undefined : a % b)],
    ["bits.and", (a, b) => a & b],
    ["bits.or", (a, b) => a | b],
    ["bits.xor", (a, b) => a ^ b],
  ];
  it.each(operations)("%s is exact, however they are written", (name, operate) => {
    fc.assert(
      fc.property(spelt, spelt, (a, b) => {
        const found = call(name, `${a.text}, ${b.text}`);
        expect(shown(found)).toBe(String(operate(a.value, b.value)));
      }),
    );
  });
});

const whole =
  "0 1 -1 7 -42 255 1000 65535 2147483647 -2147483648 9007199254740993 -9223372036854775808 18446744073709551615";
const fractions =
  "0.1 -0.1 0.2 0.5 -0.5 2.5 -2.5 3.7 99.995 123456.5 -1234567.5 123456789.123456789 9007199254740991.5 0.1234567890123456789 1.5e-10 5e-324 1e-400 -1e-400";
const numbers = `${whole} ${fractions}`.split(" ");
const texts = [
  '"a"',
  '"h\u00e9llo"',
  '""',
  String.raw`"\"\\\t\u0007\u00a0\u200b"`,
  "null",
  '[1.5, "x"]',
];
const flags = ["", "+", "-", "#", " ", "0", "+0", "#0", "-0", " #"];
const sizes = ["", "12", ".0", ".3", "12.3", ".22"];
const verbs = [..."vdsxXobOcqUeEfFgGTt%"];
const formats = flags.flatMap((flag, at) =>
  sizes.flatMap((size, by) =>
    // Every flag with every size; of the verbs as many as tell each of both.
    verbs
      .filter((_verb, index) => (index + at + by) % 3 === 0)
      .map((verb) => `%${flag}${size}${verb}`),
  ),
);
const amounts = [
  "1",
  "-1.5",
  ".5",
  "1e3",
  "1e-3",
  "12.5e1",
  "0x10",
  "1.2.3",
  "",
  "007",
  "1e+",
  "0.00000000005",
];
const units = ["", "k", "Ki", "m", "M", "MiB", "g", "Ei", "kb", "x", " k"];
const spellings = [..."1.50 1E3 1e+3 -0 0x10 Infinity -nan 1e400 -1.8e308".split(" "), " 1", ""];
/** Of these OPA's `to_number` makes what it cannot print. */
const odd = ["+1", "01", "1.", "1_0"];

const besideOpa: readonly (readonly [name: string, args: string])[] = [
  ...["plus", "minus", "mul", "div", "rem"].flatMap((name) =>
    numbers.flatMap((a) => numbers.map((b) => [name, `${a}, ${b}`] as const)),
  ),
  ...["abs", "ceil", "floor", "round"].flatMap((name) => numbers.map((a) => [name, a] as const)),
  ...["sum", "product", "max", "min", "sort"].flatMap((name) =>
    numbers.map((_a, at) => [name, `[${numbers.slice(at, at + 3)}]`] as const),
  ),
  ...[...numbers, ...texts].flatMap((value, at) =>
    formats
      .filter((_format, index) => (index + at) % 4 === 0)
      .map((format) => ["sprintf", `"${format}", [${value}]`] as const),
  ),
  ...["%d %d", "%[2]d %[1]d", "%[3]d", "%*d", "%.*f", "%[2]*[1]d", "%-*d|", "%", "%5", "%d"].map(
    (format) => ["sprintf", `"${format}", [7, -3, "x"]`] as const,
  ),
  ...numbers.flatMap((a) => [2, 8, 10, 16].map((base) => ["format_int", `${a}, ${base}`] as const)),
  ...["units.parse", "units.parse_bytes"].flatMap((name) =>
    amounts.flatMap((amount) => units.map((unit) => [name, `"${amount}${unit}"`] as const)),
  ),
  ...["to_number", "json.unmarshal", "yaml.unmarshal", "json.is_valid", "yaml.is_valid"].flatMap(
    (name) =>
      [...spellings, ...numbers, ...(name === "to_number" ? [] : odd)].map(
        (text) => [name, `"${text}"`] as const,
      ),
  ),
];

const opa = process.env["OPA"];

it.skipIf(opa === undefined)("are as in OPA where 64 bits hold them", () => {
  const asked = besideOpa.map(([name, args]) => `[x | x := ${name}(${args})]`);
  const { stdout, stderr } = spawnSync(opa ?? "", ["eval", "--format=raw", "--stdin"], {
    input: `[${asked.join(",\n")}]`,
    maxBuffer: 2 ** 28,
  });
  expect(String(stderr)).toBe("");
  const answers = parseJson(String(stdout)) as readonly (readonly Value[])[];
  const different = besideOpa.flatMap(([name, args], index) => {
    const wanted = answers[index]?.[0];
    const found = call(name, args);
    if (isSame(wanted, found) || DIFFERENT.some((is) => is(name, args, wanted))) return [];
    return [`${name}(${args}): ${shown(found)} instead of ${shown(wanted)}`];
  });
  expect(different).toEqual([]);
});

/** What may differ, and why. */
const DIFFERENT: readonly ((name: string, args: string, wanted: Value | undefined) => boolean)[] = [
  // Integers of more than 64 bits.
  (_name, _args, wanted) =>
    [...shown(wanted).matchAll(/(?<![.\d])\d{20,}(?![.\d])/g)].some(
      ([digits]) => BigInt(digits) >= 2n ** 64n,
    ),
  // OPA 1.4 takes the sign of what is left of the fraction.
  (name, args) => /^(?:ceil|floor)$/.test(name) && /^-(?:0\.|1e-)/.test(args),
];

function isSame(a: Value | undefined, b: Value | undefined): boolean {
  return a === undefined || b === undefined ? a === b : compareValues(a, b) === 0;
}

function shown(value: Value | undefined): string {
  return value === undefined ? "undefined" : jsonText(value);
}

/** The arguments are JSON. */
function call(name: string, args: string): Value | undefined {
  const builtin = builtins.get(name);
  if (builtin === undefined) throw new Error(`there is no ${name}`);
  try {
    return builtin.call(parseJson(`[${args}]`) as readonly Value[], { step: () => {} } as never);
  } catch (error) {
    if (error instanceof BuiltinError) return undefined;
    throw error;
  }
}
