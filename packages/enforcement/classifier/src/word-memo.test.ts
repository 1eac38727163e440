import { describe, expect, it } from "vitest";
import { WordMemo } from "./word-memo.ts";

describe("what was found in words", () => {
  const looked: string[] = [];
  const memo = new WordMemo();
  const looks = (text: string): number => {
    looked.length = 0;
    memo.classify(text, (each) => {
      looked.push(each);
      return [];
    });
    return looked.length;
  };

  it.each(["a", "Word", "max_tokens", "a".repeat(32)])("is kept: %s", (word) => {
    expect(looks(word)).toBe(1);
    expect(looks(word)).toBe(0);
  });

  it.each(["", "a1", "two words", "_a", "a".repeat(33), "\u00e9", "a\n"])(
    "is not kept: %s",
    (text) => {
      expect(looks(text)).toBe(1);
      expect(looks(text)).toBe(1);
    },
  );

  it("is that of the word", () => {
    const finding = { label: "l", recogniser: "r", tier: "likely", start: 0, end: 1 } as const;
    const found = [{ ...finding, hash: "", count: 1 }];
    expect(memo.classify("kept", () => found)).toBe(found);
    expect(memo.classify("kept", () => [])).toBe(found);
  });

  it("is forgotten at 4096 words", () => {
    const small = new WordMemo();
    let count = 0;
    const look = (): readonly [] => {
      count += 1;
      return [];
    };
    const word = (index: number): string =>
      `${index.toString(26).replace(/\d/g, (digit) => "qrstuvwxyz"[Number(digit)] ?? "")}_`;
    for (let index = 0; index < 4096; index += 1) small.classify(word(index), look);
    small.classify(word(0), look);
    expect(count).toBe(4096);
    small.classify("one_more", look);
    small.classify(word(0), look);
    expect(count).toBe(4098);
  });
});
