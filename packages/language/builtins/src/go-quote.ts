// Text as Go quotes it (strconv): what cannot be printed is escaped.

const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;
const ASCII = /^[ -~]$/;
const NOT_IN_BACKQUOTES = /[\p{Cc}`\ufeff]/u;
const ESCAPES = new Map(
  [..."\u0007\b\f\n\r\t\v"].map((point, index) => [point, `\\${"abfnrtv"[index]}`]),
);

export function isPrintable(point: string): boolean {
  return PRINTABLE.test(point);
}

/** Between quotes; with `isAscii` whatever is not ASCII is escaped. */
export function quoted(text: string, mark: '"' | "'", isAscii = false): string {
  const inside = [...text.toWellFormed()].map((point) => escaped(point, mark, isAscii)).join("");
  return mark + inside + mark;
}

/** Between backquotes, where nothing could be escaped; undefined if something would have to be. */
export function backquoted(text: string): string | undefined {
  const controls = text.replaceAll("\t", "");
  return NOT_IN_BACKQUOTES.test(controls) ? undefined : `\`${text}\``;
}

function escaped(point: string, mark: string, isAscii: boolean): string {
  if (point === mark || point === "\\") return `\\${point}`;
  if (isAscii ? ASCII.test(point) : isPrintable(point)) return point;
  const known = ESCAPES.get(point);
  if (known !== undefined) return known;
  const code = point.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  if (code < 0x20 || code === 0x7f) return `\\x${hex.padStart(2, "0")}`;
  return code < 0x10000 ? `\\u${hex.padStart(4, "0")}` : `\\U${hex.padStart(8, "0")}`;
}
