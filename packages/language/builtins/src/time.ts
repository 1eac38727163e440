// Times: nanoseconds since 1970, alone or with a time zone (and a layout).

import {
  type Builtin,
  type BuiltinContext,
  BuiltinError,
  fromInteger,
  integerOf,
  isArray,
  isNumber,
  type NumberValue,
  type Value,
} from "@writ/evaluator";
import { CONSTANT, LINEAR, perCharacter, plus } from "./cost.ts";
import { any, define, defineNondeterministic, number, string, tupleOf } from "./define.ts";
import { daysIn, formatTime, parseTime, toNanoseconds, type Wall, weekdayOf } from "./go-time.ts";
import { isZoneName, zoneAbbreviation } from "./zone-names.ts";

/** Where a zone is asked for, its rules are looked up. */
const ZONED = plus(50, LINEAR);
const MIN_INT64 = -(2n ** 63n);
const MAX_INT64 = 2n ** 63n - 1n;
const BILLION = 1_000_000_000n;

const LAYOUTS: { readonly [name: string]: string } = {
  ANSIC: "Mon Jan _2 15:04:05 2006",
  UnixDate: "Mon Jan _2 15:04:05 MST 2006",
  RubyDate: "Mon Jan 02 15:04:05 -0700 2006",
  RFC822: "02 Jan 06 15:04 MST",
  RFC822Z: "02 Jan 06 15:04 -0700",
  RFC850: "Monday, 02-Jan-06 15:04:05 MST",
  RFC1123: "Mon, 02 Jan 2006 15:04:05 MST",
  RFC1123Z: "Mon, 02 Jan 2006 15:04:05 -0700",
  RFC3339: "2006-01-02T15:04:05Z07:00",
  RFC3339Nano: "2006-01-02T15:04:05.999999999Z07:00",
};
const RFC3339 = LAYOUTS["RFC3339"] ?? "";

/** A moment, where it is looked at from, and how to print it. */
interface Moment {
  readonly nanoseconds: bigint;
  readonly zone: string;
  readonly layout: string;
}

export const time: readonly Builtin[] = [
  defineNondeterministic("time.now_ns", [], number, CONSTANT, (context: BuiltinContext) => {
    const now = context.cache.get("time.now_ns") ?? BigInt(Date.now()) * 1_000_000n;
    context.cache.set("time.now_ns", now);
    return fromInteger(now as bigint);
  }),
  define(
    "time.parse_ns",
    [string, string],
    number,
    perCharacter(1),
    (layout: string, text: string) => inRange(parseTime(layoutOf(layout), text)),
  ),
  define("time.parse_rfc3339_ns", [string], number, perCharacter(1), (text: string) =>
    inRange(parseTime(RFC3339, text)),
  ),
  define("time.parse_duration_ns", [string], number, perCharacter(1), parseDuration),
  define("time.format", [any], string, ZONED, (given: Value) => {
    const moment = momentOf(given);
    return formatTime(layoutOf(moment.layout || "RFC3339Nano"), wallOf(moment));
  }),
  define("time.date", [any], tupleOf(number, number, number), ZONED, (given: Value) => {
    const { year, month, day } = wallOf(momentOf(given));
    return [year, month, day];
  }),
  define("time.clock", [any], tupleOf(number, number, number), ZONED, (given: Value) => {
    const { hour, minute, second } = wallOf(momentOf(given));
    return [hour, minute, second];
  }),
  define("time.weekday", [any], string, ZONED, (given: Value) =>
    weekdayOf(wallOf(momentOf(given))),
  ),
  define("time.add_date", [any, number, number, number], number, ZONED, addDate),
  define(
    "time.diff",
    [any, any],
    tupleOf(number, number, number, number, number, number),
    ZONED,
    difference,
  ),
];

function layoutOf(name: string): string {
  return Object.hasOwn(LAYOUTS, name) ? (LAYOUTS[name] ?? name) : name;
}

function inRange(nanoseconds: bigint): NumberValue {
  if (nanoseconds < MIN_INT64 || nanoseconds > MAX_INT64)
    throw new BuiltinError("time outside of valid range");
  return fromInteger(nanoseconds);
}

function momentOf(given: Value): Moment {
  const [value, zone = "", layout = ""] = isArray(given) ? given : [given];
  if (value === undefined || !isNumber(value))
    throw new BuiltinError("operand 1 must be either number (ns) or [number (ns), string (tz)]", {
      code: "eval_type_error",
    });
  if (typeof zone !== "string" || typeof layout !== "string")
    throw new BuiltinError("operand 1 must be string", { code: "eval_type_error" });
  const nanoseconds = integerOf(value);
  if (nanoseconds === undefined || nanoseconds < MIN_INT64 || nanoseconds > MAX_INT64)
    throw new BuiltinError("timestamp too big");
  return { nanoseconds, zone, layout };
}

function wallOf({ nanoseconds, zone }: Moment): Wall {
  const offset = zoneOffset(nanoseconds, zone);
  const local = nanoseconds + BigInt(offset) * BILLION;
  const nanosecond = Number(((local % BILLION) + BILLION) % BILLION);
  const date = new Date(Number((local - BigInt(nanosecond)) / 1_000_000n));
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    nanosecond,
    offset,
    zone: zoneName(nanoseconds, zone, offset),
  };
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string, style: "longOffset" | "long"): Intl.DateTimeFormat {
  const key = `${zone} ${style}`;
  const known = formats.get(key);
  if (known !== undefined) return known;
  try {
    if (!isZoneName(zone)) throw new RangeError("no zone is called so");
    const made = new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: style });
    if (formats.size > 1000) formats.clear();
    formats.set(key, made);
    return made;
  } catch (error) {
    throw new BuiltinError(`unknown time zone ${zone}`, { cause: error });
  }
}

function zonePart(nanoseconds: bigint, zone: string, style: "longOffset" | "long"): string {
  const parts = formatOf(zone, style).formatToParts(Number(nanoseconds / 1_000_000n));
  return parts.find(({ type }) => type === "timeZoneName")?.value ?? "";
}

/** Seconds east of UTC. "Local" is UTC: what a policy decides must not depend on where it runs. */
function zoneOffset(nanoseconds: bigint, zone: string): number {
  if (zone === "" || zone === "UTC" || zone === "Local") return 0;
  const text = zonePart(nanoseconds, zone, "longOffset");
  const [, sign = "+", hours = "0", minutes = "0", seconds = "0"] =
    /GMT([+-])(\d+):(\d+)(?::(\d+))?/.exec(text) ?? [];
  const size = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  return sign === "-" ? -size : size;
}

function zoneName(nanoseconds: bigint, zone: string, offset: number): string {
  if (zone === "" || zone === "UTC" || zone === "Local") return "UTC";
  return zoneAbbreviation(zone, zonePart(nanoseconds, zone, "long"), offset);
}

function addDate(
  given: Value,
  years: NumberValue,
  months: NumberValue,
  days: NumberValue,
): NumberValue {
  const moment = momentOf(given);
  const wall = wallOf(moment);
  const [year, month, day] = [years, months, days].map((each, index) => {
    const found = integerOf(each);
    if (found === undefined)
      throw new BuiltinError(
        `operand ${index + 2} must be integer number but got floating-point number`,
        { code: "eval_type_error" },
      );
    return Number(found);
  }) as [number, number, number];
  const moved = { ...wall, year: wall.year + year, month: wall.month + month, day: wall.day + day };
  const size = Math.abs(moved.year) + Math.abs(moved.month) / 12 + Math.abs(moved.day) / 365;
  if (size > 200_000) throw new BuiltinError("time outside of valid range");
  // The offset may be another one there: ask for that of the moment the old one leads to.
  const near = toNanoseconds(moved);
  return inRange(toNanoseconds({ ...moved, offset: zoneOffset(near, moment.zone) }));
}

/** Years, months, days, hours, minutes and seconds between two moments, by the clock of the first. */
function difference(a: Value, b: Value): Value {
  const [first, second] = [momentOf(a), { ...momentOf(b), zone: momentOf(a).zone }];
  const isOrdered = first.nanoseconds <= second.nanoseconds;
  const [from, to] = (isOrdered ? [first, second] : [second, first]).map(wallOf) as [Wall, Wall];
  const found = [
    to.year - from.year,
    to.month - from.month,
    to.day - from.day,
    to.hour - from.hour,
    to.minute - from.minute,
    to.second - from.second,
  ] as [number, number, number, number, number, number];
  const sizes = [0, 12, daysIn(from.year, from.month), 24, 60, 60];
  for (let index = found.length - 1; index > 0; index -= 1) {
    if ((found[index] as number) >= 0) continue;
    found[index] = (found[index] as number) + (sizes[index] as number);
    found[index - 1] = (found[index - 1] as number) - 1;
  }
  return found;
}

const UNITS: { readonly [unit: string]: bigint } = {
  ns: 1n,
  us: 1000n,
  µs: 1000n,
  μs: 1000n,
  ms: 1_000_000n,
  s: BILLION,
  m: 60n * BILLION,
  h: 3600n * BILLION,
};
const DURATION = /(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)/y;

function parseDuration(text: string): NumberValue {
  const [, sign = "", rest = ""] = /^([+-]?)(.*)$/s.exec(text) ?? [];
  if (rest === "0") return 0;
  const wrong = new BuiltinError(`time: invalid duration ${JSON.stringify(text)}`);
  let total = 0n;
  DURATION.lastIndex = 0;
  let end = 0;
  for (let match = DURATION.exec(rest); match !== null; match = DURATION.exec(rest)) {
    const [, whole = "", fraction = "", unit = ""] = match;
    if (whole === "" && fraction === "") throw wrong;
    const size = UNITS[unit] ?? 0n;
    const digits = fraction.slice(0, 18);
    total +=
      BigInt(whole || "0") * size + (BigInt(digits || "0") * size) / 10n ** BigInt(digits.length);
    end = DURATION.lastIndex;
  }
  if (end === 0 || end !== rest.length || total > MAX_INT64 + (sign === "-" ? 1n : 0n)) throw wrong;
  return fromInteger(sign === "-" ? -total : total);
}
