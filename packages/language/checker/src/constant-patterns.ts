// Patterns, versions, times and the like that are written in a policy and are none: the function that is
// handed one fails whenever it is called, which to Rego is an undefined that nobody sees.

import type { Builtin, BuiltinTable } from "@writ/builtins";
import { type Diagnostic, diagnostic } from "@writ/diagnostics";
import { alternatives, builtinCallsByName, type RuleIR, type TermIR } from "@writ/ir";

interface Pattern {
  readonly what: string;
  /** By position. */
  readonly args: readonly number[];
  /** The function that says whether it is one, and the arguments that ask it. */
  readonly asks: string;
  readonly with: (pattern: string) => Parameters<Builtin["call"]>[0];
}

const REGEX = { what: "regular expression", asks: "regex.match", with: (p: string) => [p, ""] };
const VERSION = { what: "semantic version", asks: "semver.compare", with: (v: string) => [v, v] };
const BLOCK = {
  what: "block of addresses",
  asks: "net.cidr_contains",
  with: (b: string) => [b, b],
};

function itself(name: string, what: string): readonly [string, Pattern] {
  return [name, { what, args: [0], asks: name, with: (value) => [value] }];
}

const PATTERNS: ReadonlyMap<string, Pattern> = new Map([
  ["regex.match", { ...REGEX, args: [0] }],
  ["regex.split", { ...REGEX, args: [0] }],
  ["regex.find_n", { ...REGEX, args: [0] }],
  ["regex.find_all_string_submatch_n", { ...REGEX, args: [0] }],
  ["regex.replace", { ...REGEX, args: [1] }],
  [
    "glob.match",
    { what: "glob", args: [0], asks: "glob.match", with: (g: string) => [g, null, ""] },
  ],
  ["semver.compare", { ...VERSION, args: [0, 1] }],
  ["net.cidr_contains", { ...BLOCK, args: [0] }],
  ["net.cidr_expand", { ...BLOCK, args: [0] }],
  itself("time.parse_rfc3339_ns", "time of RFC 3339"),
  itself("time.parse_duration_ns", "duration"),
  itself("units.parse", "number with a unit"),
  itself("units.parse_bytes", "number of bytes"),
]);

const MAX_TEXTS = 100;

export function findInvalidPatterns(
  rules: readonly RuleIR[],
  builtins: BuiltinTable,
): readonly Diagnostic[] {
  const known = new Map<string, string | undefined>();
  /** Why it is none. */
  const problem = (pattern: Pattern, value: string): string | undefined => {
    const key = `${pattern.asks} ${value}`;
    if (!known.has(key)) known.set(key, ask(builtins.get(pattern.asks), pattern.with(value)));
    return known.get(key);
  };
  const check = (arg: TermIR, pattern: Pattern): readonly Diagnostic[] =>
    constantsOf(arg).flatMap((value) => {
      const reason = problem(pattern, value);
      const params = { value: JSON.stringify(value), what: pattern.what, reason: reason ?? "" };
      return reason === undefined ? [] : [diagnostic("E0306", params, arg.span)];
    });
  const calls = builtinCallsByName(rules);
  return [...PATTERNS].flatMap(([name, pattern]) =>
    (calls.get(name) ?? [])
      .flatMap(({ args }) => pattern.args.flatMap((index) => args[index] ?? []))
      .flatMap((arg) => check(arg, pattern)),
  );
}

/** The texts that it may be, where they are few. */
function constantsOf({ type }: TermIR): readonly string[] {
  const options = alternatives(type);
  const values = options.map((option) => (option.kind === "string" ? option.values : undefined));
  const all = values.includes(undefined) ? [] : values.flatMap((some) => some ?? []);
  return all.length > MAX_TEXTS ? [] : all;
}

/** What a function that fails says. */
function ask(
  builtin: Builtin | undefined,
  args: Parameters<Builtin["call"]>[0],
): string | undefined {
  try {
    builtin?.call(args, { cache: new Map(), step: () => {} });
    return undefined;
  } catch (error) {
    // The function wants more of its context than there is here: that says nothing of the pattern.
    if (error instanceof TypeError) return undefined;
    const [line = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
    return line;
  }
}
