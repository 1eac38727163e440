// What functions come to, as in OPA, where a plain reading of their names says little: how texts are quoted
// and numbers written. Where OPA names an OPA binary, it is asked as well.

import { spawnSync } from "node:child_process";
import { BuiltinError, toJson, type Value } from "@writ/evaluator";
import { describe, expect, it } from "vitest";
import { builtins } from "./index.ts";

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Without a result: it is an error, which a query takes for undefined. */
const cases: {
  readonly [name: string]: readonly (readonly [args: readonly Json[], result?: Json])[];
} = {
  "yaml.marshal": [
    ...[
      "a: b",
      "- a",
      "-",
      "---",
      "...",
      "? a",
      "# c",
      "a # b",
      "&a",
      "!a",
      "|",
      "@a",
      "[a]",
      ",",
    ].map((text) => [[text], `'${text}'\n`] as const),
    ...[
      "yes",
      "no",
      "on",
      "off",
      "~",
      "true",
      "1",
      "1e3",
      "0x1f",
      "0o17",
      "12:30:45",
      "12:30",
      "",
    ].map((text) => [[text], `"${text}"\n`] as const),
    ...["a:b", "-a", "?a", "a, b", "it's", "e1", "1.5.2", "null x"].map(
      (text) => [[text], `${text}\n`] as const,
    ),
    [["'a'"], "'''a'''\n"],
    [["  a "], "'  a '\n"],
    [["a\tb"], '"a\\tb"\n'],
    [["\u001b\b"], '"\\e\\b"\n'],
    [["😀"], '"\\U0001F600"\n'],
    [["a\nb"], "|-\n  a\n  b\n"],
    [["a\nb\n"], "|\n  a\n  b\n"],
    [["a\n\n"], "|+\n  a\n\n"],
    [[" a\nb"], "|2-\n   a\n  b\n"],
    [["a \nb"], '"a \\nb"\n'],
    [[{ "a\nb": 1 }], "? |-\n  a\n  b\n: 1\n"],
    [
      [{ a: { b: "x\ny" }, c: [["x\ny"]], d: [{ e: "x\n" }] }],
      "a:\n  b: |-\n    x\n    y\nc:\n- - |-\n    x\n    y\nd:\n- e: |\n    x\n",
    ],
    [
      [{ a10: 1, a2: 2, B: 3, "10": 4, "9": 5, "01": 6, "": 7 }],
      '"": 7\n"01": 6\n"9": 5\n"10": 4\nB: 3\na2: 2\na10: 1\n',
    ],
    [["word ".repeat(30).trim()], `${"word ".repeat(17).trim()}\n  ${"word ".repeat(13).trim()}\n`],
    [[{ a: [], b: {}, c: [[], [{}]] }], "a: []\nb: {}\nc:\n- []\n- - {}\n"],
    [
      [[12345678.5, 0.000001234, 1e-7, 9007199254740991]],
      "- 1.23456785e+07\n- 1.234e-06\n- 1e-07\n- 9007199254740991\n",
    ],
  ],
  "yaml.unmarshal": [
    [["a: |\n  x\n  y"], { a: "x\ny" }],
    [["a: >\n  x\n  y\n"], { a: "x y\n" }],
    [["null: a"]],
    [["[a]: b"]],
    [["1: a\ntrue: b"], { "1": "a", true: "b" }],
  ],
  "time.parse_ns": [[["2006-002", "2024-366"], 1735603200000000000], [["2006-002", "2023-366"]]],
  sprintf: [
    [["%s", [1e19]], "10000000000000000000"],
    [["%f", [1e19]], "%!f(big.Int=10000000000000000000)"],
    [
      ["%c %q", [1e19, 2e19]],
      "%!c(big.Int=10000000000000000000) %!q(big.Int=20000000000000000000)",
    ],
    [["%q %q %q", [0, 39, 34]], "'\\x00' '\\'' '\"'"],
    [
      ["%v %e %g %.2f", [1234567.5, 123456.75, 0.00001, 2.675]],
      "1.2345675e+06 1.234568e+05 1e-05 2.67",
    ],
    [["%.0f %.0f %.0f %.1f", [0.5, 1.5, 2.5, 0.25]], "0 2 2 0.2"],
    [["%x %X %b %.1x", [1.5, 255, 1.5, 1.96875]], "0x1.8p+00 FF 6755399441055744p-52 0x1.0p+01"],
    [["%.20f", [0.1]], "0.10000000000000000555"],
    [["%#g %#.0f %#x %#o %#O", [1.5, 2.5, 255, 8, 8]], "1.50000 2. 0xff 010 0o010"],
    [["%+v %+d % d %+.1e", [1, 1, 1, 1.5]], "1 +1  1 +1.5e+00"],
    [
      ["%5d|%-5d|%05d|%.3d|%.0d|%08.3f", [-7, 7, -7, 7, 0, -1.5]],
      "   -7|7    |-0007|007||-001.500",
    ],
    [
      ["%f %.2f %d %t", [1, 1, 1.5, true]],
      "%!f(int=1) %!f(int=01) %!d(float64=1.5) %!t(string=true)",
    ],
    [["%q %+q %#q", ['\u0007\u00a0"', "\u00e9", "a"]], '"\\a\\u00a0\\"" "\\u00e9" `a`'],
    [["%x|% X|%.1s|%06s", ["h\u00e9", "ab", "h\u00e9", "a"]], "68c3a9|61 62|h|00000a"],
    [["%c %U %#U", [128512, 128512, 97]], "\u{1f600} U+1F600 U+0061 'a'"],
    [["%*d|%.*f|%[2]d %[1]d", [5, 1, 1, 2.25]], "    1|2.2|1 5"],
    [["%[9]d %[1]2d %[x]d", [1]], "%!d(BADINDEX) %!d(BADINDEX) %!d(BADINDEX)"],
    [["%*d %d", ["a"]], "%!(BADWIDTH)%!d(MISSING) %!d(MISSING)"],
    [["%", [1, 1.5]], "%!(NOVERB)%!(EXTRA int=1, float64=1.5)"],
  ],
  "time.format": [
    ...(
      [
        ["CET", "CEST"],
        ["Europe/London", "BST"],
        ["Europe/Dublin", "IST"],
        ["Europe/Minsk", "+03"],
        ["Asia/Kolkata", "IST"],
        ["Asia/Kathmandu", "+0545"],
        ["Asia/Shanghai", "CST"],
        ["America/Sao_Paulo", "-03"],
        ["America/New_York", "EDT"],
        ["Australia/Sydney", "AEST"],
        ["Africa/Nairobi", "EAT"],
        ["Etc/GMT+5", "-05"],
        ["GMT", "GMT"],
        ["MET", "MEST"],
        ["Local", "UTC"],
      ] as const
    ).map(([zone, name]) => [[[1_720_000_000_000_000_000, zone, "MST"]], name] as const),
    ...["IST", "PST", "europe/berlin", "+01:00"].map(
      (zone) => [[[1_720_000_000_000_000_000, zone, "MST"]]] as const,
    ),
  ],
  trace: [[["note"], true]],
};

const rows = Object.entries(cases).flatMap(([name, calls]) =>
  calls.map(([args, result]) => ({ name, args, result })),
);

describe.each(rows)("$name($args)", ({ name, args, result }) => {
  it("comes to it", () => {
    expect(call(name, args as readonly Value[])).toEqual(result);
  });
});

const opa = process.env["OPA"];

it.skipIf(opa === undefined)("is so in OPA", () => {
  const asked = rows.map(({ name, args }) => {
    const texts = args.map((arg) => JSON.stringify(arg, spellOut).replace(/"#(\d+)"/g, "$1"));
    return `[x | x := ${name}(${texts.join(", ")})]`;
  });
  const { stdout } = spawnSync(opa ?? "", ["eval", "--format=raw", `[${asked.join(",\n")}]`]);
  const found = JSON.parse(String(stdout)) as readonly (readonly Json[])[];
  expect(found.map(([value]) => value)).toEqual(rows.map(({ result }) => result));
});

/** JSON writes a large integer with its digits. */
function spellOut(_key: string, value: unknown): unknown {
  return typeof value === "number" && value >= 2 ** 53 ? `#${BigInt(value)}` : value;
}

function call(name: string, args: readonly Value[]): unknown {
  const builtin = builtins.get(name);
  if (builtin === undefined) throw new Error(`there is no ${name}`);
  try {
    return toJson(builtin.call(args, {} as never) as Value);
  } catch (error) {
    if (error instanceof BuiltinError) return undefined;
    throw error;
  }
}
