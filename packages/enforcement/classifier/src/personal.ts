// Recognisers of personal, payment, bank, health and network data.

import { isIPv6 } from "node:net";
import { IBAN_LENGTHS, ISSUERS, ibanLength, isCardNumber, isSsn } from "./checksums.ts";
import {
  either,
  notAfter,
  notBefore,
  of,
  optional,
  type Pattern,
  repeat,
  seq,
  text,
  value,
  words,
} from "./pattern.ts";
import { always, type CheckResult, check, type Recogniser } from "./recogniser.ts";

const DIGIT = "0-9";
const WORD = "A-Za-z0-9_";
const digits = (min: number, max = min) => repeat(of(DIGIT), min, max);

/** Numbers that documents and tests use, and that were issued to no person. */
const TEST_CARDS = [
  "4111111111111111",
  "4242424242424242",
  "5555555555554444",
  "378282246310005",
  "6011111111111117",
];
const TEST_SSNS = ["078051120", "219099999", "123456789"];

const label = (maxLength: number) =>
  seq(of("A-Za-z0-9"), repeat(of("A-Za-z0-9-"), 0, maxLength - 1));

const ATOM = "A-Za-z0-9_%+'-";
const email: Recogniser = {
  id: "email",
  label: "pii.email",
  title: "E-mail address",
  gate: "@",
  pattern: seq(
    notAfter("A-Za-z0-9_%+-"),
    of(ATOM),
    // No dot at the end, and no two of them: what comes before such is no part of the address.
    repeat(either(of(ATOM), seq(text("."), of(ATOM))), 0, 63),
    text("@"),
    repeat(seq(label(63), text(".")), 1, 8),
    repeat(of("A-Za-z"), 2, 24),
    notBefore(of("A-Za-z0-9_-")),
  ),
  check: always("certain"),
};

function ssnResult(found: string, tier: CheckResult["tier"]): CheckResult | undefined {
  const compact = found.replace(/\D/g, "");
  if (!isSsn(compact)) return undefined;
  return TEST_SSNS.includes(compact) ? { tier, isTestValue: true } : { tier };
}

/** Text that wraps may break a value anywhere, once or at every separator. */
const lineBreak = seq(optional(text("\r")), text("\n"));
const wrapped = (part: Pattern, count: number) =>
  seq(part, repeat(seq(optional(lineBreak), part), count - 1, count - 1));
const digit = of(DIGIT);
const wrappedDash = seq(optional(lineBreak), text("-"), optional(lineBreak));
const gapOfSsn = of(" .\\t-");

const ssn: Recogniser = {
  id: "ssn",
  label: "pii.ssn",
  title: "US Social Security number",
  gate: "digit",
  pattern: seq(
    notAfter("0-9"),
    either(
      seq(digits(3), gapOfSsn, digits(2), gapOfSsn, digits(4)),
      seq(wrapped(digit, 3), wrappedDash, wrapped(digit, 2), wrappedDash, wrapped(digit, 4)),
    ),
    notBefore(either(digit, seq(text("."), digit))),
  ),
  check: check("ssn/2", { examples: TEST_SSNS, dashed: "certain", other: "likely" }, (found) =>
    ssnResult(found, /-[\d\s]*-/.test(found) ? "certain" : "likely"),
  ),
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
  check: check("ssn/2", { examples: TEST_SSNS, tier: "likely" }, (found) =>
    ssnResult(found, "likely"),
  ),
};

const four = digits(4);
/** Groups with one separator, of which one may be, or be followed by, a line break. */
const groups = (separator: string, parts: readonly Pattern[]): Pattern => {
  const plain = text(separator);
  const broken = seq(optional(plain), lineBreak);
  const gaps = parts.slice(1).map((_part, index) => index);
  const withBreakAt = (breakAt: number): Pattern =>
    seq(
      ...parts.flatMap((part, index) =>
        index === 0 ? [part] : [index - 1 === breakAt ? broken : plain, part],
      ),
    );
  return either(withBreakAt(-1), ...gaps.map(withBreakAt));
};
const grouped = (separator: string) =>
  either(
    seq(groups(separator, [four, four, four, four]), optional(seq(text(separator), digits(3)))),
    groups(separator, [four, digits(6), digits(4, 5)]),
  );

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
  check: check("card/2", { examples: TEST_CARDS, issuers: ISSUERS }, (found, { examples }) => {
    // The three digits after a number of sixteen may be its last, or follow it.
    const forms = [found, found.replace(/[ -]\d{3}$/, "")];
    const form = forms.find((each) => isCardNumber(each.replace(/\D/g, "")));
    if (form === undefined) return undefined;
    const isTestValue = examples.includes(form.replace(/\D/g, ""));
    return { tier: "certain", length: form.length, isTestValue };
  }),
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
    repeat(seq(optional(either(text(" "), lineBreak)), of("A-Z0-9")), 11, 30),
  ),
  check: check("iban/2", IBAN_LENGTHS, (found) => {
    const length = ibanLength(found);
    return length === undefined ? undefined : { tier: "certain", length };
  }),
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
  check: check("phone/1", { min: 9, max: 15 }, (found, { min, max }) => {
    const count = found.replace(/(?:x|ext).*$/, "").replace(/\D/g, "").length;
    return count >= min && count <= max ? { tier: "likely" } : undefined;
  }),
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
  check: check("ipv6/1", null, (found) =>
    /[0-9A-Fa-f]/.test(found) && isIPv6(found) ? { tier: "likely" } : undefined,
  ),
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
