// Recognisers of personal, payment, bank, health and network data.

import { isIPv6 } from "node:net";
import { ibanLength, isCardNumber, isSsn } from "./checksums.ts";
import {
  either,
  notAfter,
  notBefore,
  of,
  optional,
  repeat,
  seq,
  text,
  value,
  words,
} from "./pattern.ts";
import { always, type Recogniser, type Verdict } from "./recogniser.ts";

const DIGIT = "0-9";
const WORD = "A-Za-z0-9_";
const digits = (min: number, max = min) => repeat(of(DIGIT), min, max);

/** Numbers that documents and tests use, and that belong to nobody. */
const TEST_CARDS = new Set([
  "4111111111111111",
  "4242424242424242",
  "5555555555554444",
  "378282246310005",
  "6011111111111117",
]);
const TEST_SSNS = new Set(["078051120", "219099999", "123456789"]);

const label = (maxLength: number) =>
  seq(of("A-Za-z0-9"), repeat(of("A-Za-z0-9-"), 0, maxLength - 1));

const email: Recogniser = {
  id: "email",
  label: "pii.email",
  title: "E-mail address",
  gate: "@",
  pattern: seq(
    notAfter("A-Za-z0-9._%+-"),
    repeat(of("A-Za-z0-9._%+'-"), 1, 64),
    text("@"),
    repeat(seq(label(63), text(".")), 1, 8),
    repeat(of("A-Za-z"), 2, 24),
    notBefore(of("A-Za-z0-9_-")),
  ),
  check: (found) =>
    found.includes("..") || found.startsWith(".") ? undefined : { tier: "certain" },
};

function ssnVerdict(found: string, tier: Verdict["tier"]): Verdict | undefined {
  const compact = found.replace(/\D/g, "");
  if (!isSsn(compact)) return undefined;
  return TEST_SSNS.has(compact) ? { tier, isTestValue: true } : { tier };
}

const ssn: Recogniser = {
  id: "ssn",
  label: "pii.ssn",
  title: "US Social Security number",
  gate: "digit",
  pattern: seq(
    notAfter("0-9"),
    digits(3),
    of(" .\\t-"),
    digits(2),
    of(" .\\t-"),
    digits(4),
    notBefore(either(of(DIGIT), seq(of(".-"), of(DIGIT)))),
  ),
  check: (found) => ssnVerdict(found, /-.*-/.test(found) ? "certain" : "likely"),
};

/** Between a word of context and the value. */
const gap = repeat(of(" \\t\\r\\n:#=.,'\"()-"), 0, 6);
const filler = optional(words("number", "num", "no", "is", "id", "nr", "was"));

const ssnInContext: Recogniser = {
  id: "ssn-context",
  label: "pii.ssn",
  title: "US Social Security number",
  gate: "digit",
  ignoreCase: true,
  pattern: seq(
    notAfter(WORD),
    words("ssn", "social security", "social-security"),
    gap,
    filler,
    gap,
    filler,
    gap,
    value(digits(9)),
    notBefore(of(WORD)),
  ),
  check: (found) => ssnVerdict(found, "likely"),
};

const four = digits(4);
const grouped = (separator: string) => {
  const s = text(separator);
  return either(
    seq(four, s, four, s, four, s, four, optional(seq(s, digits(3)))),
    seq(four, s, digits(6), s, digits(4, 5)),
  );
};

const card: Recogniser = {
  id: "card",
  label: "pci.card",
  title: "Payment card number",
  gate: "digit",
  pattern: seq(
    notAfter("A-Za-z0-9_.-"),
    either(grouped(" "), grouped("-"), digits(12, 19)),
    notBefore(either(of(WORD), seq(of(".-"), of(DIGIT)))),
  ),
  check: (found) => {
    const compact = found.replace(/\D/g, "");
    if (!isCardNumber(compact)) return undefined;
    return TEST_CARDS.has(compact) ? { tier: "certain", isTestValue: true } : { tier: "certain" };
  },
};

const iban: Recogniser = {
  id: "iban",
  label: "fin.iban",
  title: "International bank account number",
  gate: "digit",
  pattern: seq(
    notAfter("A-Za-z0-9_"),
    of("A-Z"),
    of("A-Z"),
    digits(2),
    repeat(seq(optional(text(" ")), of("A-Z0-9")), 11, 30),
  ),
  check: (found) => {
    const length = ibanLength(found);
    return length === undefined ? undefined : { tier: "certain", length };
  },
};

const dash = of(" .-");
const phone: Recogniser = {
  id: "phone",
  label: "pii.phone",
  title: "Telephone number",
  gate: "digit",
  pattern: seq(
    notAfter("A-Za-z0-9_.+-"),
    either(
      // North American numbering plan: area and exchange codes begin with 2 to 9.
      seq(
        optional(seq(optional(text("+")), text("1"), optional(dash))),
        either(
          seq(text("("), of("2-9"), digits(2), text(")"), optional(text(" "))),
          seq(of("2-9"), digits(2), dash),
        ),
        of("2-9"),
        digits(2),
        dash,
        digits(4),
      ),
      // E.164, with separators as people write them.
      seq(
        text("+"),
        of("1-9"),
        // Digit by digit: a text has one reading, however its digits are grouped.
        repeat(seq(repeat(of(" .()-"), 0, 2), of(DIGIT)), 6, 14),
      ),
    ),
    optional(seq(of(" ,"), words("x", "ext ", "ext. ", "ext.", " x"), digits(1, 5))),
    notBefore(either(of(WORD), seq(of(".-"), of(DIGIT)))),
  ),
  check: (found) => {
    const count = found.replace(/(?:x|ext).*$/, "").replace(/\D/g, "").length;
    return count >= 9 && count <= 15 ? { tier: "likely" } : undefined;
  },
};

const octet = either(
  seq(text("25"), of("0-5")),
  seq(text("2"), of("0-4"), of(DIGIT)),
  seq(text("1"), digits(2)),
  seq(of("1-9"), of(DIGIT)),
  of(DIGIT),
);
const ipv4: Recogniser = {
  id: "ipv4",
  label: "net.ipv4",
  title: "IPv4 address",
  gate: "digit",
  pattern: seq(
    notAfter("A-Za-z0-9_."),
    octet,
    repeat(seq(text("."), octet), 3, 3),
    notBefore(either(of(WORD), seq(text("."), of(DIGIT)))),
  ),
  check: always("likely"),
};

const hextet = repeat(of("0-9A-Fa-f"), 0, 4);
const ipv6: Recogniser = {
  id: "ipv6",
  label: "net.ipv6",
  title: "IPv6 address",
  gate: ":",
  pattern: seq(
    notAfter("A-Za-z0-9_:."),
    repeat(seq(hextet, text(":")), 2, 7),
    hextet,
    notBefore(of("A-Za-z0-9_:")),
  ),
  check: (found) => (/[0-9A-Fa-f]/.test(found) && isIPv6(found) ? { tier: "likely" } : undefined),
};

const medicalRecord: Recogniser = {
  id: "mrn",
  label: "phi.mrn",
  title: "Medical record number",
  gate: "digit",
  ignoreCase: true,
  pattern: seq(
    notAfter(WORD),
    words(
      "mrn",
      "medical record",
      "medical rec",
      "patient id",
      "patient number",
      "patient no",
      "chart number",
      "chart no",
    ),
    gap,
    filler,
    gap,
    filler,
    gap,
    value(seq(repeat(of("A-Za-z"), 0, 3), optional(text("-")), digits(5, 12))),
    notBefore(of(WORD)),
  ),
  check: always("likely"),
};

export const personal: readonly Recogniser[] = [
  email,
  ssn,
  ssnInContext,
  card,
  iban,
  phone,
  ipv4,
  ipv6,
  medicalRecord,
];
