// Characters of a policy that readers do not see, or take for others: a review approves what it sees. Marks that turn the
// direction of text, widths of none, controls; and letters of one alphabet among those of another. Strings, comments and
// names alike: a label that looks like another is another.

import {
  type Diagnostic,
  diagnostic,
  escapeOf,
  type SourceFile,
  unseenIn,
} from "@writ/diagnostics";

/** Of each kind one a line. */
export function findUnseenCharacters({ file, text }: SourceFile): readonly Diagnostic[] {
  if (!/[^\t\n\r\x20-\x7e]/.test(text)) return [];
  const lines = new Set<number>();
  const lineOf = lineCounter(text);
  const isFirst = (at: number): boolean => {
    const line = lineOf(at);
    const isNew = !lines.has(line);
    lines.add(line);
    return isNew;
  };
  const unseen = unseenIn(text)
    // Some editors begin a text with a mark of its encoding.
    .filter(({ at, code }) => !(at === 0 && code === 0xfeff) && isFirst(at))
    .map(({ at, code }) => {
      const span = { file, start: at, end: at + String.fromCodePoint(code).length };
      return diagnostic("W0604", { character: nameOf(code) }, span, { help: HELP_UNSEEN });
    });
  lines.clear();
  return [
    ...unseen,
    ...lookAlikes(text)
      .filter(({ at }) => isFirst(at))
      .map(describe(file)),
  ];
}

const HELP_UNSEEN = "remove it, or write an escape such as \\u200b in the string that needs it";

function nameOf(code: number): string {
  return `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
}

function lineCounter(text: string): (at: number) => number {
  let line = 0;
  let seen = 0;
  return (at) => {
    if (at < seen) [line, seen] = [0, 0];
    for (
      let next = text.indexOf("\n", seen);
      next >= 0 && next < at;
      next = text.indexOf("\n", seen)
    ) {
      line += 1;
      seen = next + 1;
    }
    return line;
  };
}

interface LookAlike {
  readonly at: number;
  readonly word: string;
  /** The first that is not what it looks like. */
  readonly character: string;
}

function describe(file: string): (found: LookAlike) => Diagnostic {
  return ({ at, word, character }) =>
    diagnostic(
      "W0605",
      { word, character, code: nameOf(character.codePointAt(0) ?? 0) },
      { file, start: at, end: at + word.length },
      { help: `as an escape it would be seen: \`${word.replace(character, escaped(character))}\`` },
    );
}

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code > 0xffff ? escapeOf(code) : `\\u${code.toString(16).padStart(4, "0")}`;
}

/** Letters, and what is taken for the punctuation of names. */
const WORD = /(?:[\p{L}\p{M}\p{N}_]|(?<=\w)[‐‑․∶꞉∕⁄／：．＿－](?=\w))+/gu;
const PUNCTUATION = /[‐‑․∶꞉∕⁄／：．＿－]/u;
const LATIN = /\p{Script=Latin}/u;
/** Alphabets with letters that look like Latin ones, or like each other's. */
const ALPHABETS: readonly RegExp[] = "Cyrillic Greek Coptic Armenian Cherokee Lisu Deseret Osage"
  .split(" ")
  .map((script) => new RegExp(`\\p{Script=${script}}`, "u"));
/** Letters of other alphabets that look like Latin ones by themselves. */
const TWINS = /^[асеорхуѕіјһԛԝԁӏкмтнвгАВСЕНІЈКМОРЅТХУҮԚԜοαρνυικγΑΒΕΖΗΙΚΜΝΟΡΤΥΧ]{2,}$/u;

function lookAlikes(text: string): readonly LookAlike[] {
  const words = [...text.matchAll(WORD)].filter(([word]) => /[^\w]/.test(word));
  return words.flatMap(({ 0: word, index: at }) => {
    const character =
      oddOne(word) ?? (TWINS.test(word) && isAlone(text, word, at) ? [...word][0] : undefined);
    return character === undefined ? [] : [{ at, word, character }];
  });
}

/** The character of a word that is of another kind than its plain letters. */
function oddOne(word: string): string | undefined {
  const characters = [...word];
  const isPlain = /[A-Za-z]/.test(word);
  const dressed = characters.find(
    (each) => /[^\u0020-\u007eªº]/.test(each) && /^[\w.:/-]+$/.test(each.normalize("NFKC")),
  );
  if (dressed !== undefined && (isPlain || /[\u{1d400}-\u{1d7ff}]/u.test(dressed))) return dressed;
  const sign = characters.find((each) => PUNCTUATION.test(each));
  if (sign !== undefined) return sign;
  const mixed = ALPHABETS.filter((alphabet) => alphabet.test(word));
  const [other] = mixed;
  const isMixed = mixed.length > 1 || (other !== undefined && LATIN.test(word));
  return isMixed ? characters.find((each) => other?.test(each)) : undefined;
}

/** A word of look-alikes is one of a language where others of its alphabet stand beside it. */
function isAlone(text: string, word: string, at: number): boolean {
  const start = text.lastIndexOf("\n", at) + 1;
  const end = text.indexOf("\n", at);
  const rest = text.slice(start, at) + text.slice(at + word.length, end < 0 ? undefined : end);
  const alphabet = ALPHABETS.find((each) => each.test(word));
  return (
    alphabet === undefined ||
    ![...rest].some((each) => alphabet.test(each) && !TWINS.test(each + each))
  );
}
