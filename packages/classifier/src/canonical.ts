// The view of a text that recognisers see: digits, letters, dashes and spaces of other scripts and widths
// as their plain counterparts, and characters that show nothing left out. Positions map back to the text
// itself, which is never changed. Text that is plain already is its own view.

// biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII is what is asked for.
const PLAIN = /^[\u0000-\u007f]*$/;
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
  let at = 0;
  for (const character of text) {
    const end = at + character.length;
    const folded = character < "\u0080" ? character : fold(character);
    for (const unit of folded) emit(unit.length === 1 ? unit : "\ufffd", at, end);
    at = end;
  }
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
