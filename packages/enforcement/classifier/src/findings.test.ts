import { describe, expect, it } from "vitest";
import { type Finding, FindingList, MAX_LISTED, moveFinding, spansOf } from "./findings.ts";

const raw = (label: string, value = "v", tier: "likely" | "certain" = "likely") => ({
  label,
  recogniser: "r",
  rank: 0,
  tier,
  start: 0,
  end: 0,
  value,
});
const listOf = () => new FindingList((value) => `#${value}`);
const finding = (start: number, end: number): Finding => ({
  label: "l",
  recogniser: "r",
  tier: "likely",
  start,
  end,
  hash: "#v",
  count: 1,
});

describe("findings", () => {
  it("are listed one by one, each with its hash; the rest of one that began before counts for none", () => {
    const list = listOf();
    list.add(raw("a", "x"), 1, 3);
    list.add(raw("b", "y", "certain"), 2, 5, true);
    expect(list.finish()).toEqual([
      { label: "a", recogniser: "r", tier: "likely", start: 1, end: 3, hash: "#x", count: 1 },
      { label: "b", recogniser: "r", tier: "certain", start: 2, end: 5, hash: "#y", count: 0 },
    ]);
    expect(listOf().finish()).toEqual([]);
  });

  it("of one kind are listed to 256, and then together, with a place for each", () => {
    const list = listOf();
    const count = MAX_LISTED + 100;
    for (let index = 0; index < count; index += 1) {
      list.add(raw("a", `v${index}`), 10 * index, 10 * index + 5);
      // Another kind is counted by itself.
      if (index % 3 === 0) list.add(raw("b"), 10 * index, 10 * index + 1);
    }
    const all = list.finish();
    const together = all.filter(({ spans }) => spans !== undefined);
    expect(MAX_LISTED).toBe(256);
    expect(all.filter(({ label, spans }) => label === "a" && spans === undefined)).toHaveLength(
      256,
    );
    expect(all.filter(({ label }) => label === "b")).toHaveLength(Math.ceil(count / 3));
    expect(together).toHaveLength(1);
    const [rest] = together;
    expect(rest).toMatchObject({ label: "a", start: 2560, end: 3555, hash: "#v256", count: 100 });
    const spans = Array.from({ length: 100 }, (_, index) => [2560 + 10 * index, 2565 + 10 * index]);
    expect([...spansOf(rest as Finding)]).toEqual(spans);
  });

  it("of other tiers, labels and recognisers are other kinds", () => {
    const list = listOf();
    for (let index = 0; index <= MAX_LISTED; index += 1) {
      list.add(raw("a"), index, index + 1);
      list.add(raw("a", "v", "certain"), index, index + 1);
      list.add({ ...raw("a"), recogniser: "s" }, index, index + 1);
    }
    const together = list.finish().filter(({ spans }) => spans !== undefined);
    expect(together.map(({ recogniser, tier, count }) => [recogniser, tier, count])).toEqual([
      ["r", "likely", 1],
      ["r", "certain", 1],
      ["s", "likely", 1],
    ]);
  });

  it("counts no more for values that began before, however many, and ends where the last does", () => {
    const list = listOf();
    for (let index = 0; index < MAX_LISTED; index += 1) list.add(raw("a"), 0, 1);
    list.add(raw("a"), 0, 90, true);
    list.add(raw("a"), 10, 20);
    expect(list.finish().at(-1)).toMatchObject({ start: 0, end: 90, count: 1 });
  });
});

describe("moving a finding", () => {
  it.each<readonly [by: number, length: number, span: readonly [number, number] | undefined]>([
    [0, 100, [10, 20]],
    [-5, 100, [5, 15]],
    [5, 100, [15, 25]],
    [-15, 100, [0, 5]],
    [-20, 100, undefined],
    [-19, 100, [0, 1]],
    [0, 15, [10, 15]],
    [0, 11, [10, 11]],
    [0, 10, undefined],
  ])("by %i, in a text of %i", (by, length, span) => {
    const moved = moveFinding(finding(10, 20), by, length);
    expect(moved).toEqual(span === undefined ? undefined : finding(...span));
  });

  it("that stands for many keeps those that are inside", () => {
    const many = {
      ...finding(10, 50),
      count: 3,
      spans: Uint32Array.from([10, 20, 22, 50, 30, 40]),
    };
    expect(moveFinding(many, -20, 25)).toEqual({
      ...many,
      start: 2,
      end: 25,
      count: 2,
      spans: Uint32Array.from([2, 25, 10, 20]),
    });
    expect(moveFinding(many, -50, 25)).toBeUndefined();
    expect([...spansOf(finding(3, 4))]).toEqual([[3, 4]]);
  });
});
