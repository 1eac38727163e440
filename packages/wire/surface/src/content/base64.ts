// Bytes that JSON carries in base64. Decoders differ in what they make of padding in the middle, other letters
// and unused bits: only the one spelling that every decoder reads the same is read here.

/** The bytes of canonical base64; undefined for anything else. */
export function canonicalBytes(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, "base64");
  return bytes.toString("base64") === text ? bytes : undefined;
}

/** Bytes as the text they are in UTF-8; undefined for others. */
export function textOfBytes(bytes: Buffer): string | undefined {
  const text = bytes.toString("utf8");
  // UTF-16 of plain letters is UTF-8, too, with a NUL after each: no recogniser reads it.
  const isText = Buffer.from(text, "utf8").equals(bytes) && !text.includes("\u0000");
  return isText ? text : undefined;
}
