import { describe, expect, it } from "vitest";
import { entropy, IBAN_LENGTHS, ibanLength, isCardNumber, isSsn } from "./checksums.ts";

/** The digit that makes a number pass Luhn's check, worked out from the right, by hand. */
function withCheckDigit(digits: string): string {
  const doubled = [...digits].reverse().map((digit, index) => {
    const value = Number(digit) * (index % 2 === 0 ? 2 : 1);
    return value > 9 ? value - 9 : value;
  });
  const sum = doubled.reduce((total, value) => total + value, 0);
  return `${digits}${(10 - (sum % 10)) % 10}`;
}

describe("a card number", () => {
  it.each(["4012888888881881", "378734493671000", "30569309025904", "6304000000000000"])(
    "is one: %s",
    (digits) => {
      expect(isCardNumber(digits)).toBe(true);
      const last = (Number(digits.at(-1)) + 1) % 10;
      expect(isCardNumber(`${digits.slice(0, -1)}${last}`)).toBe(false);
    },
  );

  /** Prefixes of issuers, at the edges of their ranges, and the lengths that exist under each. */
  it.each<readonly [prefixes: string, lengths: readonly number[]]>([
    ["40 45 49", [13, 16, 19]],
    ["51 53 55 2221 2720", [16]],
    ["34 37 2131 1800", [15]],
    ["300 305 3095 38 39", [14, 16]],
    ["36 360 369", [14, 16, 19]],
    ["35 350 359 62 620 629 81", [16, 17, 18, 19]],
    ["644 649 65 6500", [16, 19]],
    ["50 56 58 60 6011 61 63 66 69", [12, 13, 14, 15, 16, 17, 18, 19]],
    ["10 1799 1801 2130 2132 2220 2721 299 306 3094 3096 31 32 33 640 643 70 80 82 90", []],
  ])("that begins with one of %s has its issuer's lengths", (prefixes, lengths) => {
    for (const prefix of prefixes.split(" "))
      for (let length = 11; length <= 20; length += 1) {
        const digits = withCheckDigit(prefix.padEnd(length - 1, "0"));
        expect(isCardNumber(digits), digits).toBe(lengths.includes(length));
      }
  });

  it.each(["0", "1", "2220", "2721", "39999", "7", "80", "82", "9"])(
    "does not begin with %s",
    (prefix) => {
      const isOfDiners = prefix === "39999";
      for (const length of [13, 15, 16, 19])
        expect(isCardNumber(withCheckDigit(prefix.padEnd(length - 1, "0")))).toBe(
          isOfDiners && length === 16,
        );
    },
  );
});

describe("an IBAN", () => {
  /** Those of the registry of SWIFT. */
  it.each([
    "GB82 WEST 1234 5698 7654 32",
    "DE89370400440532013000",
    "FR14 2004 1010 0505 0001 3M02 606",
    "NO93 8601 1117 947",
    "MT84 MALT 0110 0001 2345 MTLC AST0 01S",
    "BE68539007547034",
  ])("is one, as long as its country says: %s", (iban) => {
    expect(ibanLength(iban)).toBe(iban.length);
    expect(ibanLength(`${iban} more`)).toBe(iban.length);
    expect(ibanLength(`${iban}\n`)).toBe(iban.length);
    expect(ibanLength(`${iban}\r`)).toBe(iban.length);
    expect(ibanLength(iban.slice(0, -1))).toBeUndefined();
    expect(ibanLength(`${iban}1`)).toBeUndefined();
    // Two digits that changed places, and one that is another.
    const [a = "", b = ""] = iban.slice(-2);
    if (a !== b) expect(ibanLength(iban.slice(0, -2) + b + a)).toBeUndefined();
    expect(ibanLength(iban.slice(0, -1) + ((Number.parseInt(b, 36) + 1) % 10))).toBeUndefined();
  });

  /** As the registry has them. */
  it.each<readonly [length: number, countries: string]>([
    [15, "NO"],
    [16, "BE"],
    [18, "DK FI FK FO GL NL SD"],
    [19, "MK SI"],
    [20, "AT BA EE KZ LT LU MN XK"],
    [21, "CH HR LI LV"],
    [22, "BG BH CR DE GB GE IE ME RS VA"],
    [23, "AE GI IL IQ OM SO TL"],
    [24, "AD CZ ES MD PK RO SA SE SK TN VG"],
    [25, "LY PT ST"],
    [26, "IS TR"],
    [27, "BI DJ FR GR IT MC MR SM"],
    [28, "AL AZ BY CY DO GT HN HU LB NI PL SV"],
    [29, "BR EG PS QA UA"],
    [30, "JO KW MU YE"],
    [31, "MT SC"],
    [32, "LC"],
    [33, "RU"],
  ])("has %i characters in %s", (length, countries) => {
    for (const country of countries.split(" "))
      for (const off of [-1, 0, 1]) {
        const account = "0".repeat(length + off - 4);
        const value = BigInt(
          [...`${account}${country}00`].map((c) => Number.parseInt(c, 36)).join(""),
        );
        const check = String(98n - (value % 97n)).padStart(2, "0");
        expect(ibanLength(`${country}${check}${account}`), country).toBe(
          off === 0 ? length : undefined,
        );
      }
  });

  it("is of a country that has some", () => {
    expect(ibanLength("US89370400440532013000")).toBeUndefined();
    expect(ibanLength("")).toBeUndefined();
    const lengths = Object.values(IBAN_LENGTHS).map(Number);
    expect(Math.min(...lengths)).toBe(15);
    expect(Math.max(...lengths)).toBe(33);
  });
});

describe("a social security number", () => {
  it.each([
    ["001010001", true],
    ["665999999", true],
    ["667010001", true],
    ["899019999", true],
    ["000123456", false],
    ["666123456", false],
    ["900123456", false],
    ["999999999", false],
    ["123004567", false],
    ["123450000", false],
  ])("of %s is one: %s", (digits, isOne) => {
    expect(isSsn(digits)).toBe(isOne);
  });
});

describe("entropy", () => {
  it.each([
    ["", 0],
    ["aaaa", 0],
    ["ab", 1],
    ["aabb", 1],
    ["abcd", 2],
    ["aaab", 0.8112781244591328],
    ["0123456789abcdef", 4],
  ])("of %s is %d bits", (text, bits) => {
    expect(entropy(text)).toBeCloseTo(bits, 12);
  });
});
