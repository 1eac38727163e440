// Private keys in PEM and OpenPGP armour, as files hold them and as they are pasted: indented, quoted, in
// strings of a program, on one line. The header alone, in prose, is no key.

import { either, of, optional, type Pattern, repeat, seq, text } from "./pattern.ts";
import { check, type Recogniser } from "./recogniser.ts";

const BASE64 = "A-Za-z0-9+/=";
const run = (min: number, max: number): Pattern => repeat(of(BASE64), min, max);

/** What may surround a line break where a key is quoted, indented or cut into strings. */
const AROUND = " \\t\"'`,;>|\\\\#*";
/** What joins strings, after such a character. */
const JOINING = ".&_()";
/** Also as a string within a string has it, or a shell where a line goes on. */
const lineBreak = either(of("\\r\\n"), seq(text("\\"), of("nr\\r\\n")));
/**
 * A plus sign may be one of base64, or join two strings. It joins only after a character that is none of
 * base64, or before a quote: every text has one reading.
 */
const lineEnd = seq(
  optional(seq(of(AROUND), repeat(of(`${AROUND}${JOINING}+`), 0, 11))),
  lineBreak,
  repeat(of(`${AROUND}${JOINING}\\r\\n`), 0, 24),
  optional(seq(text("+"), repeat(of(" \\t"), 0, 4), of("\"'`"))),
);
const spaces = repeat(of(" \\t"), 1, 4);

/**
 * `Proc-Type: 4,ENCRYPTED`, `Version: GnuPG v2`. Begins with the line break itself, which no value holds, so
 * that there is one reading.
 */
const attribute = seq(
  lineBreak,
  repeat(of(`${AROUND}${JOINING}\\r\\n+`), 0, 24),
  of("A-Za-z"),
  repeat(of("A-Za-z0-9-"), 1, 30),
  text(":"),
  repeat(of("^\\r\\n\\\\"), 0, 120),
);
const attributes = seq(repeat(of(`${AROUND}${JOINING}+`), 0, 12), repeat(attribute, 1, 6));

const name = seq(
  repeat(seq(repeat(of("A-Z0-9"), 1, 12), text(" ")), 0, 3),
  text("PRIVATE KEY"),
  optional(text(" BLOCK")),
  text("-----"),
);

// After a line break any run may be a line of a key; on one line only runs that no word is as long as.
const firstLine = either(
  seq(lineEnd, run(1, 16_384)),
  seq(repeat(of(" \\t"), 0, 4), run(16, 16_384)),
);
const line = either(seq(lineEnd, run(1, 200)), seq(spaces, run(16, 200)));
const body = seq(optional(attributes), firstLine, repeat(line, 0, 1_200));
const footer = seq(
  optional(lineEnd),
  optional(seq(of(`${AROUND}\\r\\n`), repeat(of(`${AROUND}${JOINING}+\\r\\n`), 0, 16))),
  text("-----END "),
  name,
);

/** So much that looks like key material is some. */
const ENOUGH = { withEnd: 4, certain: 40, possible: 16 };

export const privateKey: Recogniser = {
  id: "private-key",
  label: "secret.private_key",
  title: "Private key",
  gate: "PRIVATE KEY",
  pattern: seq(text("-----BEGIN "), name, optional(seq(body, optional(footer)))),
  check: check("private-key/3", ENOUGH, (found, { withEnd, certain, possible }) => {
    const [, , inner = "", , end] = found.split("-----");
    const material =
      inner
        .replace(/\\+[nr]/g, "\n")
        .replace(/^[^\n:]*:[^\n]*$/gm, "")
        .match(/[A-Za-z0-9+/=]+/g) ?? [];
    const length = material.reduce((sum, part) => sum + part.length, 0);
    const longest = material.reduce((most, part) => Math.max(most, part.length), 0);
    if (end !== undefined && length >= withEnd) return { tier: "certain" };
    if (length >= certain && longest >= possible) return { tier: "certain" };
    return longest >= possible ? { tier: "possible" } : undefined;
  }),
};
