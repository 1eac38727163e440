import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  either,
  notAfter,
  notBefore,
  of,
  optional,
  type Pattern,
  repeat,
  seq,
  text,
  value,
  words,
} from "./pattern.ts";

/** Patterns with texts that are whole matches of them, and texts that are none. */
const patterns: readonly (readonly [
  name: string,
  pattern: Pattern,
  maxLength: number,
  matches: readonly string[],
  others: readonly string[],
])[] = [
  ["a text", text("a.b"), 3, ["a.b"], ["axb", "a.", ""]],
  [
    "signs that mean something elsewhere",
    text("\\^$.*+?()[]{}|/-"),
    16,
    ["\\^$.*+?()[]{}|/-"],
    ["-"],
  ],
  ["a class", of("a-c"), 1, ["a", "c"], ["d", "", "ab"]],
  ["a sequence", seq(text("ab"), of("0-9"), text("c")), 4, ["ab1c"], ["ab1", "abc"]],
  ["alternatives", either(text("a"), text("bcd"), of("0-9")), 3, ["a", "bcd", "7"], ["bc", "ab"]],
  ["words", words("live_", "test_x"), 6, ["live_", "test_x"], ["live_x", "test_"]],
  ["a repetition", repeat(text("ab"), 2, 3), 6, ["abab", "ababab"], ["ab", "abababab"]],
  ["an option", seq(text("a"), optional(text("b"))), 2, ["a", "ab"], ["abb", "b"]],
  ["a value", seq(text("k="), value(repeat(of("0-9"), 1, 2))), 4, ["k=1", "k=12"], ["k="]],
];

describe("a pattern", () => {
  it.each(patterns)("matches whole: %s", (_, pattern, maxLength, matches, others) => {
    const full = new RegExp(`^(?:${pattern.full})$`);
    expect(pattern.maxLength).toBe(maxLength);
    for (const match of matches) expect(full.test(match), match).toBe(true);
    for (const other of others) expect(full.test(other), other).toBe(false);
  });

  it.each(patterns)("knows its beginnings: %s", (_, pattern, __, matches) => {
    const open = new RegExp(`^(?:${pattern.partial})`);
    for (const match of matches)
      for (let length = 0; length < match.length; length += 1)
        expect(open.test(match.slice(0, length)), match.slice(0, length)).toBe(true);
    expect(open.test("#")).toBe(false);
    // What goes on otherwise is the beginning of nothing.
    for (const match of matches) expect(open.test(`${match.slice(0, 1)}#`)).toBe(false);
  });

  it("names its value", () => {
    const pattern = seq(text("k="), value(repeat(of("0-9"), 1, 2)));
    expect(new RegExp(pattern.full).exec("xk=12")?.groups?.["value"]).toBe("12");
  });

  it("looks at what stands before and after, which takes no room", () => {
    const pattern = seq(notAfter("a-z"), text("1"), notBefore(text("23")));
    const full = new RegExp(pattern.full);
    expect(["1", "-1", "12", "124"].filter((each) => full.test(each))).toHaveLength(4);
    expect(["a1", "123"].filter((each) => full.test(each))).toEqual([]);
    expect(notAfter("a").maxLength).toBe(0);
    expect(pattern.maxLength).toBe(3);
    const open = new RegExp(pattern.partial);
    // With a `3` it would be none.
    expect(["", "1", "12"].filter((each) => open.test(each))).toHaveLength(3);
    expect(new RegExp(`^(?:${notBefore(text("2")).partial})`).test("3")).toBe(false);
    expect(new RegExp(notAfter("a").partial).test("")).toBe(false);
  });

  it("matches what it is made of, whatever that is", () => {
    const literal = fc
      .string({ minLength: 1, maxLength: 6 })
      .map((of_) => [of_, text(of_)] as const);
    fc.assert(
      fc.property(fc.array(literal, { minLength: 1, maxLength: 4 }), (parts) => {
        const pattern = seq(...parts.map(([, part]) => part));
        const whole = parts.map(([of_]) => of_).join("");
        expect(new RegExp(`^${pattern.full}$`).test(whole)).toBe(true);
        expect(pattern.maxLength).toBe(whole.length);
        for (let length = 0; length < whole.length; length += 1)
          expect(new RegExp(`^(?:${pattern.partial})`).test(whole.slice(0, length))).toBe(true);
      }),
    );
  });
});
