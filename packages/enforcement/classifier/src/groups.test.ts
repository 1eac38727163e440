import { describe, expect, it } from "vitest";
import type { RawFinding } from "./detector.ts";
import { Groups } from "./groups.ts";

const finding = (
  start: number,
  end: number,
  label = "a",
  tier: RawFinding["tier"] = "likely",
  rank = 0,
): RawFinding => ({ label, recogniser: "r", rank, tier, start, end, value: "" });

function settleAll(findings: readonly RawFinding[]): readonly string[] {
  const taken: string[] = [];
  const groups = new Groups(({ label, tier, start, end, rank }) =>
    taken.push(`${label} ${start}-${end} ${tier} ${rank}`),
  );
  for (const each of findings) groups.add(each);
  groups.settle(1_000);
  return taken;
}

describe("findings in order", () => {
  it.each<readonly [what: string, findings: readonly RawFinding[], taken: readonly string[]]>([
    ["by place", [finding(5, 9), finding(0, 4)], ["a 0-4 likely 0", "a 5-9 likely 0"]],
    ["the longer first", [finding(0, 4, "b"), finding(0, 9)], ["a 0-9 likely 0", "b 0-4 likely 0"]],
    [
      "the surer first",
      [finding(0, 4, "a", "possible"), finding(0, 4, "b", "certain"), finding(0, 4, "c")],
      ["b 0-4 certain 0", "c 0-4 likely 0", "a 0-4 possible 0"],
    ],
    [
      "in the order of recognisers",
      [finding(0, 4, "a", "likely", 2), finding(0, 4, "b", "likely", 1)],
      ["b 0-4 likely 1", "a 0-4 likely 2"],
    ],
    [
      "inside one that is as sure, of one label",
      [finding(0, 9), finding(2, 9)],
      ["a 0-9 likely 0"],
    ],
    [
      "inside one that is less sure",
      [finding(0, 9), finding(2, 9, "a", "certain")],
      ["a 0-9 likely 0", "a 2-9 certain 0"],
    ],
    [
      "inside one that is surer",
      [finding(0, 9, "a", "certain"), finding(2, 9), finding(3, 5, "a", "possible")],
      ["a 0-9 certain 0"],
    ],
    ["beyond one", [finding(0, 9), finding(2, 10)], ["a 0-9 likely 0", "a 2-10 likely 0"]],
    ["of another label", [finding(0, 9), finding(2, 5, "b")], ["a 0-9 likely 0", "b 2-5 likely 0"]],
    [
      "inside one before the last",
      [
        finding(0, 20, "a", "possible"),
        finding(1, 5),
        finding(6, 9, "a", "possible"),
        finding(7, 9),
      ],
      ["a 0-20 possible 0", "a 1-5 likely 0", "a 7-9 likely 0"],
    ],
  ])("%s", (_, findings, taken) => {
    expect(settleAll(findings)).toEqual(taken);
  });
});

describe("where a text may be cut", () => {
  it("is before the first of findings that overlap there", () => {
    const taken: number[] = [];
    const groups = new Groups(({ start }) => taken.push(start));
    expect(groups.settle(3)).toBe(3);
    for (const each of [finding(10, 20), finding(15, 30), finding(30, 40), finding(50, 60)])
      groups.add(each);
    expect(groups.settle(10)).toBe(10);
    expect(taken).toEqual([]);
    expect(groups.settle(11)).toBe(10);
    expect(taken).toEqual([10]);
    expect(groups.settle(20)).toBe(10);
    expect(taken).toEqual([10, 15]);
    expect(groups.settle(29)).toBe(10);
    expect(groups.settle(30)).toBe(30);
    expect(groups.settle(35)).toBe(30);
    expect(taken).toEqual([10, 15, 30]);
    expect(groups.settle(45)).toBe(45);
    // What comes late, before a place that is settled, waits for a later one.
    expect(groups.settle(55)).toBe(50);
    expect(groups.settle(55)).toBe(50);
    expect(groups.settle(60)).toBe(60);
    expect(taken).toEqual([10, 15, 30, 50]);
  });
});
