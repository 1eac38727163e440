// Laws of what shows texts of others: one line stays one line, nothing unseen is left, and Markdown keeps it in code.

import { printable, unseenIn, visibleJson } from "@writ/diagnostics";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { codeBlock, md } from "../../packages/apps/cli/src/markdown.ts";
import { line } from "../../packages/apps/cli/src/output.ts";

const PIECES = [
  ..."\n|\r|\t| |`|``|```|~~~|\\|*|_|#|<|>|&|@|[|]|(|)|!|:|::|##[|##vso[|</summary>|</details>|-->|<!--".split(
    "|",
  ),
  "\u001b[0m",
  "\u0085",
  "\u2028",
  "\u202e",
  "\u200b",
  "\u{e0041}",
  "\ud800",
  "word",
  "@octocat",
  "http://x.example",
];
const hostile = fc.oneof(
  fc.array(fc.constantFrom(...PIECES), { maxLength: 30 }).map((parts) => parts.join("")),
  fc.string({ unit: "binary" }),
);

describe("a text of others", () => {
  it("is one line of a terminal, which no server takes for a command", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const shown = line(text);
        expect(shown.split(/\r\n|[\n\r\u0085\u2028\u2029]/)).toHaveLength(1);
        expect(unseenIn(shown)).toEqual([]);
        expect(shown).not.toMatch(/^\s*::|##\w*\[/);
        // What is shown already stays.
        expect(printable(shown)).toBe(shown);
      }),
    );
  });

  it("is the same JSON", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const json = visibleJson({ [text]: [text] });
        expect(unseenIn(json)).toEqual([]);
        expect(JSON.parse(json)).toEqual({ [text]: [text] });
      }),
    );
  });

  it("does not leave a code span", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const shown = String(md`before ${text} after`);
        const [, fence = "", inside = ""] = /^before (`+) (.*) \1 after$/.exec(shown) ?? [];
        if (shown === "before (empty) after") return;
        // A run of as many would be the end.
        const runs = [...inside.matchAll(/`+/g)].map(([run]) => run.length);
        expect(fence.length).toBeGreaterThan(0);
        expect(runs).not.toContain(fence.length);
        expect(shown).not.toContain("\n");
      }),
    );
  });

  it("does not leave a code block", () => {
    fc.assert(
      fc.property(fc.array(hostile, { maxLength: 5 }), (texts) => {
        const [first = "", ...rest] = String(codeBlock("text", texts)).split("\n");
        const fence = first.slice(0, -"text".length);
        expect(fence).toMatch(/^`{3,}$/);
        const closing = rest.findIndex(
          (each) => /^ {0,3}`+\s*$/.test(each) && each.trim().length >= fence.length,
        );
        expect(closing).toBe(rest.length - 1);
        expect(rest).toHaveLength(texts.length + 1);
      }),
    );
  });
});
