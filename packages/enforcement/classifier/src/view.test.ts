// The view of single characters, and how far the end of a text is open: by value, whatever recognisers make of it.

import { describe, expect, it } from "vitest";
import { canonicalise, isPlain, openEnd } from "./canonical.ts";
import { Places } from "./places.ts";

const view = (text: string): string => canonicalise(text, new Places(), 0, 0);

/** Each character of the view with what it stands for. */
function pieces(text: string): readonly string[] {
  const places = new Places();
  const seen = canonicalise(text, places, 0, 0);
  return Array.from(
    seen,
    (character, at) => `${character}=${text.slice(places.startOf(at), places.endOf(at))}`,
  );
}

describe("the view of a character", () => {
  it.each<readonly [name: string, character: string, seen: string]>([
    ["a letter", "a", "a"],
    ["a tilde, the last that is plain", "~", "~"],
    ["a tab", "\t", "\t"],
    ["a line's end", "\n", "\n"],
    ["a carriage return", "\r", "\r"],
    ["a vertical tab", "\v", " "],
    ["a form feed", "\f", " "],
    ["a next line", "\u0085", "\n"],
    ["a line separator", "\u2028", "\n"],
    ["a paragraph separator", "\u2029", "\n"],
    ["a space that does not break", "\u00a0", " "],
    ["an ideographic space", "\u3000", " "],
    ["a null", "\0", ""],
    ["a delete", "\u007f", ""],
    ["a soft hyphen", "\u00ad", ""],
    ["a joiner", "\u200d", ""],
    ["an accent", "\u0301", ""],
    ["an enclosing mark", "\u20dd", ""],
    ["a hyphen", "\u2010", "-"],
    ["an em dash", "\u2014", "-"],
    ["a minus", "\u2212", "-"],
    ["a hyphen bullet", "\u2043", "-"],
    ["a letter with an accent", "\u00e9", "e"],
    ["a wide letter", "\uff21", "A"],
    ["a wide digit", "\uff15", "5"],
    ["an Arabic zero", "\u0660", "0"],
    ["an Arabic nine", "\u0669", "9"],
    ["a Devanagari seven", "\u096d", "7"],
    ["a mathematical five", "\u{1d7d3}", "5"],
    ["an Adlam three", "\u{1e953}", "3"],
    ["a ligature, which is two", "\ufb01", "\ufb01"],
    ["a letter of another script", "\u0431", "\u0431"],
    ["a sign of its own", "\u20ac", "\u20ac"],
    ["the last of the first plane", "\uffff", "\uffff"],
    ["a picture", "\u{1f600}", "\ufffd"],
    ["half a pair, the first half", "\ud800", "\ufffd"],
    ["half a pair, the last", "\udfff", "\ufffd"],
    ["what is after the pairs", "\ue000", "\ue000"],
  ])("is of %s", (_, character, seen) => {
    expect(view(`<${character}>`)).toBe(`<${seen}>`);
    // Seen again it is the same.
    expect(view(`<${character}>`)).toBe(`<${seen}>`);
  });

  it.each<readonly [text: string, ...pieces: readonly string[]]>([
    ["\\n", "\n=\\n"],
    ["\\r", "\r=\\r"],
    ["\\t", "\t=\\t"],
    ["\\b", " =\\b"],
    ["\\f", " =\\f"],
    ['\\"', '"=\\"'],
    ["\\/", "/=\\/"],
    ["\\\\n", "\\=\\\\", "n=n"],
    ["\\x", "\\=\\", "x=x"],
    ["\\u0041", "A=\\u0041"],
    ["\\u00E9", "e=\\u00E9"],
    ["\\u004", "\\=\\", "u=u", "0=0", "0=0", "4=4"],
    ["&#65;", "A=&#65;"],
    ["&#x41;", "A=&#x41;"],
    ["&#X41;", "A=&#X41;"],
    ["&amp;", "&=&amp;"],
    ["&nonsuch;", "&=&", "n=n", "o=o", "n=n", "s=s", "u=u", "c=c", "h=h", ";=;"],
    ["&#0065;", "A=&#0065;"],
    ["&#1114112;", "\ufffd=&#1114112;"],
    ["&#55296;", "\ufffd=&#55296;"],
    ["a\u0301b", "a=a", "b=b"],
    ["\u{1d7d3}x", "5=\u{1d7d3}", "x=x"],
  ])("stands for what is written: %s", (text, ...expected) => {
    expect(pieces(text)).toEqual(expected);
  });

  it.each<readonly [name: string, character: string]>([
    ["Tab", "\u0009"],
    ["NewLine", "\u000a"],
    ["amp", "\u0026"],
    ["apos", "\u0027"],
    ["ast", "\u002a"],
    ["bsol", "\u005c"],
    ["colon", "\u003a"],
    ["comma", "\u002c"],
    ["commat", "\u0040"],
    ["copy", "\u00a9"],
    ["dash", "\u2010"],
    ["dollar", "\u0024"],
    ["emsp", "\u2003"],
    ["ensp", "\u2002"],
    ["equals", "\u003d"],
    ["excl", "\u0021"],
    ["gt", "\u003e"],
    ["hyphen", "\u2010"],
    ["lowbar", "\u005f"],
    ["lpar", "\u0028"],
    ["lrm", "\u200e"],
    ["lt", "\u003c"],
    ["mdash", "\u2014"],
    ["minus", "\u2212"],
    ["nbsp", "\u00a0"],
    ["ndash", "\u2013"],
    ["num", "\u0023"],
    ["percnt", "\u0025"],
    ["period", "\u002e"],
    ["plus", "\u002b"],
    ["quest", "\u003f"],
    ["quot", "\u0022"],
    ["rlm", "\u200f"],
    ["rpar", "\u0029"],
    ["semi", "\u003b"],
    ["shy", "\u00ad"],
    ["sol", "\u002f"],
    ["thinsp", "\u2009"],
    ["zwj", "\u200d"],
    ["zwnj", "\u200c"],
  ])("stands for what HTML has: &%s;", (name, character) => {
    // Spaces, dashes and what does not show are seen as such, too.
    expect(view(`(&${name};)`)).toBe(`(${view(`\u0301${character}`)})`);
  });

  it.each(["", "plain text\t\r\n!~", "%'[]^"])(
    "is the text's own where it is plain: %s",
    (text) => {
      expect(isPlain(text)).toBe(true);
      expect(view(text)).toBe(text);
    },
  );

  it.each(["&", "\\", "\u007f", "\u00e9", "\v", "\0"])("is not where it is not: %j", (text) => {
    expect(isPlain(text)).toBe(false);
  });
});

describe("the end of a text", () => {
  it.each<readonly [text: string, open: number]>([
    ["", 0],
    ["abc", 0],
    ["abc\\", 1],
    ["abc\\\\", 0],
    ["abc\\\\\\", 1],
    ["\\u", 2],
    ["\\u0", 3],
    ["\\u00", 4],
    ["\\u00e", 5],
    ["\\u00e9", 0],
    ["\\\\u00e", 0],
    ["u00e", 0],
    ["\\n", 0],
    ["&", 1],
    ["&#", 2],
    ["&#1234567", 9],
    ["&#x", 3],
    ["&#x1F600", 8],
    ["&abcdefgh", 9],
    ["&abcdefghi", 0],
    ["&amp;", 0],
    ["&a b", 0],
    ["a&b\\", 1],
    ["\ud83d", 1],
    ["\udbff", 1],
    ["\ud800", 1],
    ["\ud7ff", 0],
    ["\udc00", 0],
    ["\\\ud83d", 2],
    ["&am\ud83d", 4],
  ])("of %j is open for %i", (text, open) => {
    expect(openEnd(text)).toBe(open);
  });
});
