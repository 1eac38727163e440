// A float64 in Go's notations (strconv): exact digits, rounded half to even.

/** 0.digits × 10^point; no digits are zero. */
interface Digits {
  readonly digits: string;
  readonly point: number;
}

/** Bits of a float64's significand after the first, and its exponent's offset. */
const FRACTION_BITS = 52n;
const BIAS = 1075;
/** A significand has its first bit here before it is written in hexadecimal digits. */
const HEX_BITS = 60;
const HEX_DIGITS = HEX_BITS / 4;
/** What `toFixed` writes without an exponent, and with how many places. */
const MAX_FIXED = 1e21;
const MAX_PLACES = 100;

/** The fewest digits that tell it from its neighbours, `%g` in Go. */
export function goFloatText(value: number): string {
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  return sign + floatText(Math.abs(value), "g");
}

/** Without a sign. Without a precision: with the fewest digits. */
export function floatText(size: number, verb: string, precision?: number): string {
  const mark = verb === verb.toUpperCase() ? "E" : "e";
  switch (verb.toLowerCase()) {
    case "b": {
      const [significand, exponent] = partsOf(size);
      return `${significand}p${exponent < 0 ? "" : "+"}${exponent}`;
    }
    case "x":
      return verb === "X" ? hexText(size, precision).toUpperCase() : hexText(size, precision);
    case "e": {
      const found = digitsOf(size, precision === undefined ? undefined : precision + 1);
      return scientific(found, precision ?? Math.max(found.digits.length - 1, 0), mark);
    }
    case "f": {
      const places = precision ?? 0;
      // JavaScript rounds as well where nothing is half way: that would be a multiple of this power of two.
      const canBeHalf = Number.isInteger(size * 2 ** (places + 1));
      if (!canBeHalf && size < MAX_FIXED && places <= MAX_PLACES) return size.toFixed(places);
      const exact = exactDigits(size);
      return plain(rounded(exact, exact.point + places), places);
    }
    default:
      return general(size, precision === undefined ? undefined : Math.max(precision, 1), mark);
  }
}

/** The exponent decides, against -4 and the precision, 6 for the fewest digits. */
function general(size: number, precision: number | undefined, mark: string): string {
  const found = digitsOf(size, precision);
  const { point } = found;
  const count = found.digits.length;
  const kept = Math.min(precision ?? count, count);
  const limit = precision === undefined ? 6 : count >= point ? kept : precision;
  if (point - 1 < -4 || point - 1 >= limit) return scientific(found, kept - 1, mark);
  return plain(found, Math.max(count - point, 0));
}

/** Go's exponents have two digits at least. */
function scientific({ digits, point }: Digits, places: number, mark: string): string {
  const rest = places > 0 ? `.${digits.slice(1, places + 1).padEnd(places, "0")}` : "";
  return `${digits[0] ?? "0"}${rest}${exponentText(digits === "" ? 0 : point - 1, mark)}`;
}

function exponentText(exponent: number, mark: string): string {
  return `${mark}${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
}

function plain({ digits, point }: Digits, places: number): string {
  const whole = point > 0 ? digits.slice(0, point).padEnd(point, "0") : "0";
  if (places <= 0) return whole;
  const fraction = "0".repeat(Math.max(0, -point)) + digits.slice(Math.max(0, point));
  return `${whole}.${fraction.slice(0, places).padEnd(places, "0")}`;
}

function digitsOf(size: number, count?: number): Digits {
  if (count !== undefined) return rounded(exactDigits(size), count);
  const [mantissa = "0", exponent = "0"] = size.toExponential().split("e");
  const digits = mantissa.replace(".", "");
  return digits === "0" ? { digits: "", point: 0 } : { digits, point: Number(exponent) + 1 };
}

function exactDigits(size: number): Digits {
  const [significand, exponent] = partsOf(size);
  if (significand === 0n) return { digits: "", point: 0 };
  const all =
    exponent < 0 ? significand * 5n ** BigInt(-exponent) : significand << BigInt(exponent);
  const text = all.toString();
  return { digits: text.replace(/0+$/, ""), point: text.length + Math.min(exponent, 0) };
}

function rounded({ digits, point }: Digits, count: number): Digits {
  if (count < 0 || count >= digits.length) return { digits, point };
  const kept = digits.slice(0, count);
  const next = digits[count] ?? "0";
  const isHalf = next === "5" && count + 1 === digits.length;
  const isUp = isHalf ? Number(kept.at(-1) ?? 0) % 2 === 1 : next >= "5";
  if (!isUp) return { digits: kept.replace(/0+$/, ""), point };
  const above = (BigInt(kept || 0) + 1n).toString().padStart(count, "0");
  return { digits: above.replace(/0+$/, ""), point: point + above.length - count };
}

/** An integer times a power of two. */
function partsOf(size: number): readonly [significand: bigint, exponent: number] {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, size);
  const bits = view.getBigUint64(0);
  const power = Number(bits >> FRACTION_BITS);
  const fraction = BigInt.asUintN(Number(FRACTION_BITS), bits);
  return [power === 0 ? fraction : fraction | (1n << FRACTION_BITS), Math.max(power, 1) - BIAS];
}

/** `0x1.8p+00`: one bit before the point. */
function hexText(size: number, precision?: number): string {
  const [significand, power] = partsOf(size);
  const length = significand === 0n ? 1 : significand.toString(2).length;
  const dropped = BigInt(HEX_BITS - 4 * Math.min(precision ?? HEX_DIGITS, HEX_DIGITS));
  let bits = halfToEven(significand << BigInt(HEX_BITS + 1 - length), dropped);
  let exponent = significand === 0n ? 0 : power + length - 1;
  if (bits >> BigInt(HEX_BITS + 1) !== 0n) {
    bits >>= 1n;
    exponent += 1;
  }
  const all = BigInt.asUintN(HEX_BITS, bits).toString(16).padStart(HEX_DIGITS, "0");
  const digits =
    precision === undefined
      ? all.replace(/0+$/, "")
      : all.slice(0, precision).padEnd(precision, "0");
  const point = digits === "" ? "" : ".";
  return `0x${bits >> BigInt(HEX_BITS)}${point}${digits}${exponentText(exponent, "p")}`;
}

function halfToEven(bits: bigint, dropped: bigint): bigint {
  if (dropped === 0n) return bits;
  const kept = bits >> dropped;
  const rest = bits - (kept << dropped);
  const half = 1n << (dropped - 1n);
  const isUp = rest > half || (rest === half && kept % 2n === 1n);
  return (isUp ? kept + 1n : kept) << dropped;
}
