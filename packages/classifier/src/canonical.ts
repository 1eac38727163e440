// The view of a text that recognisers see: digits, letters, dashes and spaces of other scripts and widths
// as their plain counterparts, characters that show nothing left out, and the escapes of JSON and of logs
// (`\\n`, `\\u0041`) as what they stand for. Positions map back to the text itself, which is never changed.
// Text that is plain already is its own view.

// biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII is what is asked for.
const PLAIN = /^[\u0000-\u005b\u005d-\u007f]*$/;
const ESCAPES: { readonly [letter: string]: string | undefined } = {
  n: "\n",
  r: "\r",
  t: "\t",
  b: " ",
  f: " ",
  '"': '"',
  "/": "/",
  "\\": "\\",
};
const ESCAPE = /\\(?:u([0-9a-fA-F]{4})|(.))/suy;
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\u00ad]/u;
const DASH = /\p{Pd}|[\u2212\u2043]/u;
const SPACE = /\p{Zs}/u;

export function isPlain(text: string): boolean {
  return PLAIN.test(text);
}

/** Calls back with each character of the view and its place in the text: start and end. */
export function canonicalise(
  text: string,
  emit: (character: string, start: number, end: number) => void,
): void {
  for (let at = 0; at < text.length; ) {
    const escaped = text[at] === "\\" ? readEscape(text, at) : undefined;
    const character = escaped?.character ?? String.fromCodePoint(text.codePointAt(at) ?? 0);
    const end = escaped?.end ?? at + character.length;
    const folded = character < "\u0080" ? character : fold(character);
    for (const unit of folded) emit(unit.length === 1 ? unit : "\ufffd", at, end);
    at = end;
  }
}

function readEscape(
  text: string,
  at: number,
): { readonly character: string; readonly end: number } | undefined {
  ESCAPE.lastIndex = at;
  const match = ESCAPE.exec(text);
  const code = match?.[1];
  const character =
    code === undefined
      ? ESCAPES[match?.[2] ?? ""]
      : String.fromCharCode(Number.parseInt(code, 16)).toWellFormed();
  return character === undefined ? undefined : { character, end: ESCAPE.lastIndex };
}

/** How many characters at the end may be the beginning of an escape, or of a surrogate pair. */
export function openEnd(text: string): number {
  const last = text.charCodeAt(text.length - 1);
  if (last >= 0xd800 && last <= 0xdbff) return 1;
  const rest = /u[0-9a-fA-F]{0,3}$/.exec(text.slice(-4))?.[0].length ?? 0;
  let slashes = 0;
  while (text[text.length - rest - 1 - slashes] === "\\") slashes += 1;
  // An even number of backslashes is so many escaped ones.
  return slashes % 2 === 1 ? 1 + rest : 0;
}

const folded = new Map<string, string>();
const MAX_REMEMBERED = 4_096;

/** One plain character, nothing for an invisible one, or the character itself. */
function fold(character: string): string {
  const known = folded.get(character);
  if (known !== undefined) return known;
  const result = foldOnce(character);
  if (folded.size < MAX_REMEMBERED) folded.set(character, result);
  return result;
}

function foldOnce(character: string): string {
  if (INVISIBLE.test(character)) return "";
  if (DASH.test(character)) return "-";
  if (SPACE.test(character)) return " ";
  const compatible = character.normalize("NFKC");
  if (compatible.length === 1 && compatible < "\u0080") return compatible;
  if (/\p{Nd}/u.test(character)) return String(digitValue(character));
  return character.length === 1 ? character : "\ufffd";
}

/** Decimal digits of every script stand in runs of ten, from zero. */
function digitValue(digit: string): number {
  const code = digit.codePointAt(0) ?? 0;
  for (let value = 0; value < 10; value += 1) {
    const before = code - value - 1;
    if (!/\p{Nd}/u.test(String.fromCodePoint(Math.max(0, before)))) return value;
  }
  return code % 10;
}
