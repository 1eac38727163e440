// Texts that come from others, as a line of a terminal or a log can hold them: what cannot be seen, or moves what can
// be, is written as an escape.

/**
 * Characters that are not seen: controls, marks that turn the direction of text, widths of none, fillers, tags. Joiners
 * and selectors of emoji, and joiners within the scripts that write with them, are seen by what they do.
 */
const JOINED = "Arab Syrc Deva Beng Guru Gujr Orya Taml Telu Knda Mlym Sinh Khmr Mymr Tibt"
  .split(" ")
  .map((script) => `\\p{Script=${script}}`)
  .join("");
const EMOJI = "\\p{Extended_Pictographic}[\\ufe0f\\u{1f3fb}-\\u{1f3ff}]?";

const UNSEEN = [
  "[\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180e]",
  "[\\u200b\\u200e\\u200f\\u2028-\\u202e\\u2060-\\u206f\\u3164\\ufeff\\uffa0\\ufff9-\\ufffb]",
  `(?<![${JOINED}]\\p{M}*)\\u200c`,
  `(?<!${EMOJI}|[${JOINED}]\\p{M}*)\\u200d`,
  "(?<![\\p{Extended_Pictographic}\\p{Script=Han}])[\\ufe00-\\ufe0f](?!\\u20e3)",
  "[\\u{e0000}-\\u{e0fff}]",
  "[\\ud800-\\udfff]",
].join("|");

const UNSEEN_CHARACTER = new RegExp(UNSEEN, "gu");

/** Where a text has characters that are not seen, and which. Tabs and ends of lines are seen. */
export function unseenIn(text: string): readonly { readonly at: number; readonly code: number }[] {
  const found: { at: number; code: number }[] = [];
  if (!/[^\t\n\r\x20-\x7e]/.test(text)) return found;
  for (const { 0: character, index } of text.matchAll(UNSEEN_CHARACTER))
    if (!/[\t\n\r]/.test(character)) found.push({ at: index, code: character.codePointAt(0) ?? 0 });
  return found;
}

/** To some servers of CI a command, wherever it stands in a line. */
const COMMAND = /##(?=\w*\[)/g;

const SHORT: { readonly [character: string]: string | undefined } = { "\n": "\\n", "\r": "\\r" };

/** A text on one line. Tabs stay. */
export function printable(text: string): string {
  return text
    .replace(UNSEEN_CHARACTER, (character) =>
      character === "\t"
        ? character
        : (SHORT[character] ?? escapeOf(character.codePointAt(0) ?? 0)),
    )
    .replace(COMMAND, "#\\#");
}

/** `\u{202e}`. */
export function escapeOf(code: number): string {
  return `\\u{${code.toString(16).padStart(4, "0")}}`;
}

/** JSON in which what cannot be seen is an escape, which says the same: outside texts JSON has no such characters. */
export function visibleJson(value: unknown, indent = 2): string {
  return visibleJsonText(JSON.stringify(value, null, indent) ?? "null");
}

export function visibleJsonText(json: string): string {
  return json
    .replace(UNSEEN_CHARACTER, (character: string) =>
      /[\t\n\r]/.test(character)
        ? character
        : Array.from({ length: character.length }, (_each, at) => unit(character, at)).join(""),
    )
    .replace(COMMAND, "#\\u0023");
}

function unit(text: string, at: number): string {
  return `\\u${text.charCodeAt(at).toString(16).padStart(4, "0")}`;
}
