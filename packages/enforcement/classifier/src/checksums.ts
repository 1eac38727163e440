// Checksums and numbering plans: what makes a number of the right form a number that could exist.

/** Luhn, ISO/IEC 7812-1 annex B. */
function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = digits.charCodeAt(digits.length - 1 - index) - 48;
    const doubled = index % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** Prefix range (as the first digits of a number) and the lengths that exist under it. */
export const ISSUERS: readonly (readonly [from: string, to: string, lengths: readonly number[]])[] =
  [
    ["4", "4", [13, 16, 19]],
    ["51", "55", [16]],
    ["2221", "2720", [16]],
    ["34", "34", [15]],
    ["37", "37", [15]],
    ["300", "305", [14, 16]],
    ["3095", "3095", [14, 16]],
    ["36", "36", [14, 16, 19]],
    ["38", "39", [14, 16]],
    ["35", "35", [16, 17, 18, 19]],
    ["2131", "2131", [15]],
    ["1800", "1800", [15]],
    ["6011", "6011", [16, 19]],
    ["644", "649", [16, 19]],
    ["65", "65", [16, 19]],
    ["62", "62", [16, 17, 18, 19]],
    ["81", "81", [16, 17, 18, 19]],
    ["50", "50", [12, 13, 14, 15, 16, 17, 18, 19]],
    ["56", "58", [12, 13, 14, 15, 16, 17, 18, 19]],
    ["60", "61", [12, 13, 14, 15, 16, 17, 18, 19]],
    ["63", "63", [12, 13, 14, 15, 16, 17, 18, 19]],
    ["66", "69", [12, 13, 14, 15, 16, 17, 18, 19]],
  ];

export function isCardNumber(digits: string): boolean {
  const isIssued = ISSUERS.some(([from, to, lengths]) => {
    const prefix = digits.slice(0, from.length);
    return prefix >= from && prefix <= to && lengths.includes(digits.length);
  });
  return isIssued && passesLuhn(digits);
}

/** ISO 13616: the length of an IBAN by country. */
export const IBAN_LENGTHS: { readonly [country: string]: number | undefined } = {
  AD: 24,
  AE: 23,
  AL: 28,
  AT: 20,
  AZ: 28,
  BA: 20,
  BE: 16,
  BG: 22,
  BH: 22,
  BI: 27,
  BR: 29,
  BY: 28,
  CH: 21,
  CR: 22,
  CY: 28,
  CZ: 24,
  DE: 22,
  DJ: 27,
  DK: 18,
  DO: 28,
  EE: 20,
  EG: 29,
  ES: 24,
  FI: 18,
  FK: 18,
  FO: 18,
  FR: 27,
  GB: 22,
  GE: 22,
  GI: 23,
  GL: 18,
  GR: 27,
  GT: 28,
  HN: 28,
  HR: 21,
  HU: 28,
  IE: 22,
  IL: 23,
  IQ: 23,
  IS: 26,
  IT: 27,
  JO: 30,
  KW: 30,
  KZ: 20,
  LB: 28,
  LC: 32,
  LI: 21,
  LT: 20,
  LU: 20,
  LV: 21,
  LY: 25,
  MC: 27,
  MD: 24,
  ME: 22,
  MK: 19,
  MN: 20,
  MR: 27,
  MT: 31,
  MU: 30,
  NI: 28,
  NL: 18,
  NO: 15,
  OM: 23,
  PK: 24,
  PL: 28,
  PS: 29,
  PT: 25,
  QA: 29,
  RO: 24,
  RS: 22,
  RU: 33,
  SA: 24,
  SC: 31,
  SD: 18,
  SE: 24,
  SI: 19,
  SK: 24,
  SM: 27,
  SO: 23,
  ST: 25,
  SV: 28,
  TL: 23,
  TN: 24,
  TR: 26,
  UA: 29,
  VA: 22,
  VG: 24,
  XK: 20,
  YE: 30,
};

/** How many characters of the text (spaces and line breaks included) are an IBAN with a right checksum; undefined: none. */
export function ibanLength(candidate: string): number | undefined {
  const wanted = IBAN_LENGTHS[candidate.slice(0, 2)];
  if (wanted === undefined) return undefined;
  let compact = "";
  let at = 0;
  for (; at < candidate.length && compact.length < wanted; at += 1) {
    if (!isSpace(candidate[at])) compact += candidate[at];
  }
  const isWhole = compact.length === wanted && (at === candidate.length || isSpace(candidate[at]));
  return isWhole && passesMod97(compact) ? at : undefined;
}

function isSpace(character: string | undefined): boolean {
  return character === " " || character === "\n" || character === "\r";
}

/** ISO 7064 MOD 97-10. */
function passesMod97(iban: string): boolean {
  let remainder = 0;
  for (const character of iban.slice(4) + iban.slice(0, 4)) {
    const digits = Number.parseInt(character, 36);
    remainder = (remainder * (digits > 9 ? 100 : 10) + digits) % 97;
  }
  return remainder === 1;
}

/** What the Social Security Administration never issues: area 000, 666 and 9xx, group 00, serial 0000. */
export function isSsn(digits: string): boolean {
  const area = digits.slice(0, 3);
  return (
    area !== "000" &&
    area !== "666" &&
    area < "900" &&
    digits.slice(3, 5) !== "00" &&
    digits.slice(5) !== "0000"
  );
}

/** Bits of information a character, by Shannon. */
export function entropy(value: string): number {
  const counts = new Map<string, number>();
  for (const character of value) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values())
    bits -= (count / value.length) * Math.log2(count / value.length);
  return bits;
}
