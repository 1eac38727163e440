// Times as Go prints and reads them: a layout is an example, written in the parts of one reference time
// (Mon Jan 2 15:04:05 MST 2006).

import { BuiltinError } from "@writ/evaluator";

const MONTHS =
  "January February March April May June July August September October November December".split(
    " ",
  );
export const WEEKDAYS: readonly string[] =
  "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split(" ");

/** Time on the clock of a place. Month is 1 to 12; offset is seconds east of UTC. */
export interface Wall {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly nanosecond: number;
  readonly offset: number;
  readonly zone: string;
}

type Fields = { -readonly [name in keyof Wall]: Wall[name] } & {
  yearDay?: number;
  isAfternoon?: boolean;
  is12Hour?: boolean;
};

interface Part {
  readonly print: (wall: Wall) => string;
  /** What it takes from the text; `set` writes what it found. */
  readonly pattern: string;
  readonly set?: (fields: Fields, text: string) => void;
}

const pad = (value: number, width: number, filler = "0"): string =>
  String(value).padStart(width, filler);

function numberPart(
  name: "year" | "month" | "day" | "hour" | "minute" | "second",
  width: number,
  filler = "0",
): Part {
  return {
    print: (wall) => pad(wall[name], width, filler),
    pattern: width === 1 ? "\\d{1,2}" : filler === "0" ? `\\d{${width}}` : " ?\\d{1,2}",
    set: (fields, text) => {
      fields[name] = Number(text);
    },
  };
}

function namePart(
  names: readonly string[],
  length: number | undefined,
  index: (wall: Wall) => number,
  set?: (fields: Fields, index: number) => void,
): Part {
  const texts = names.map((name) => name.slice(0, length));
  return {
    print: (wall) => texts[index(wall)] ?? "",
    // Names alone are read in either case.
    pattern: texts
      .join("|")
      .replace(/[A-Za-z]/g, (letter) => `[${letter.toUpperCase()}${letter.toLowerCase()}]`),
    set: (fields, text) =>
      set?.(
        fields,
        texts.findIndex((each) => each.toLowerCase() === text.toLowerCase()),
      ),
  };
}

function hour12(width: number): Part {
  return {
    print: ({ hour }) => pad(hour % 12 || 12, width),
    pattern: width === 1 ? "\\d{1,2}" : "\\d{2}",
    set: (fields, text) => {
      fields.hour = Number(text);
      fields.is12Hour = true;
    },
  };
}

function halfOfDay(am: string, pm: string): Part {
  return {
    print: ({ hour }) => (hour < 12 ? am : pm),
    pattern: `${am}|${pm}`,
    set: (fields, text) => {
      fields.isAfternoon = text === pm;
    },
  };
}

/** `Z` for UTC where the layout begins with it; colon, minutes and seconds as the layout has them. */
function offsetPart(layout: string): Part {
  const isZ = layout.startsWith("Z");
  const colon = layout.includes(":") ? ":" : "";
  const count = layout.replace(/\D/g, "").length / 2;
  return {
    print: ({ offset }) => {
      if (isZ && offset === 0) return "Z";
      const size = Math.abs(offset);
      const parts = [Math.floor(size / 3600), Math.floor(size / 60) % 60, size % 60];
      return (
        (offset < 0 ? "-" : "+") +
        parts
          .slice(0, count)
          .map((part) => pad(part, 2))
          .join(colon)
      );
    },
    pattern: `${isZ ? "Z|" : ""}[+-]\\d{2}${`${colon}\\d{2}`.repeat(count - 1)}`,
    set: (fields, text) => {
      fields.zone = text === "Z" ? "UTC" : "";
      const [hours = 0, minutes = 0, seconds = 0] = (text.match(/\d{2}/g) ?? []).map(Number);
      if (hours > 24 || minutes > 60 || seconds > 60) throw outOfRange("time zone offset");
      const size = hours * 3600 + minutes * 60 + seconds;
      fields.offset = text.startsWith("-") ? -size : size;
    },
  };
}

/** `.000` prints every digit, `.999` drops zeros at the end. */
function fractionPart(layout: string): Part {
  const digits = layout.length - 1;
  return {
    print: ({ nanosecond }) => {
      const text = pad(nanosecond, 9).slice(0, digits);
      if (layout.includes("0")) return layout.slice(0, 1) + text;
      const short = text.replace(/0+$/, "");
      return short === "" ? "" : layout.slice(0, 1) + short;
    },
    pattern: layout.includes("0") ? `[.,]\\d{${digits}}` : "(?:[.,]\\d+)?",
    set: (fields, text) => {
      fields.nanosecond = Number(text.slice(1).padEnd(9, "0").slice(0, 9));
    },
  };
}

const month = (wall: Wall): number => wall.month - 1;
const setMonth = (fields: Fields, index: number): void => {
  fields.month = index + 1;
};
const weekday = (wall: Wall): number => (((daysFromEpoch(wall) + 4) % 7) + 7) % 7;

const PARTS: { readonly [layout: string]: Part } = {
  January: namePart(MONTHS, undefined, month, setMonth),
  Jan: namePart(MONTHS, 3, month, setMonth),
  Monday: namePart(WEEKDAYS, undefined, weekday),
  Mon: namePart(WEEKDAYS, 3, weekday),
  MST: {
    print: ({ zone, offset }) => zone || offsetPart("-0700").print({ offset } as Wall),
    pattern: "[A-Z]{3,4}(?:[+-]\\d{1,2})?",
    set: (fields, text) => {
      fields.zone = text;
    },
  },
  "2006": numberPart("year", 4),
  "06": {
    print: ({ year }) => pad(year % 100, 2),
    pattern: "\\d{2}",
    set: (fields, text) => {
      fields.year = Number(text) + (Number(text) >= 69 ? 1900 : 2000);
    },
  },
  "002": {
    print: (wall) => pad(yearDay(wall), 3),
    pattern: "\\d{3}",
    set: (fields, text) => {
      fields.yearDay = Number(text);
    },
  },
  __2: {
    print: (wall) => pad(yearDay(wall), 3, " "),
    pattern: "[ \\d]{2}\\d",
    set: (fields, text) => {
      fields.yearDay = Number(text);
    },
  },
  "01": numberPart("month", 2),
  "02": numberPart("day", 2),
  _2: numberPart("day", 2, " "),
  "03": hour12(2),
  "04": numberPart("minute", 2),
  "05": numberPart("second", 2),
  // Read with one digit, too, as Go does.
  "15": { ...numberPart("hour", 2), pattern: "\\d\\d|\\d(?!\\d)" },
  "1": numberPart("month", 1),
  "2": numberPart("day", 1),
  "3": hour12(1),
  "4": numberPart("minute", 1),
  "5": numberPart("second", 1),
  PM: halfOfDay("AM", "PM"),
  pm: halfOfDay("am", "pm"),
};

const TOKEN =
  /Z07(?::?00){0,2}|-07(?::?00){0,2}|[.,](?:0+|9+)(?!\d)|January|Jan|Monday|Mon|MST|2006|__2|002|01|02|03|04|05|06|15|_2(?!006)|PM|pm|[12345]/g;

function partOf(layout: string): Part {
  const known = Object.hasOwn(PARTS, layout) ? PARTS[layout] : undefined;
  if (known !== undefined) return known;
  return /^[.,]/.test(layout) ? fractionPart(layout) : offsetPart(layout);
}

export function formatTime(layout: string, wall: Wall): string {
  return layout.replace(TOKEN, (token) => partOf(token).print(wall));
}

/** Of many parts with one digit or two, each division of a run of digits would be tried. */
const MAX_PARTS = 12;
const MAX_LAYOUT = 500;

/** Nanoseconds since 1970. Throws BuiltinError for text that is not of the layout. */
export function parseTime(layout: string, text: string): bigint {
  const setters: ((fields: Fields, text: string) => void)[] = [];
  let pattern = "";
  let from = 0;
  const tokens = layout.length > MAX_LAYOUT ? [] : [...layout.matchAll(TOKEN)];
  if (layout.length > MAX_LAYOUT || tokens.length > MAX_PARTS)
    throw new BuiltinError(`a layout has ${MAX_LAYOUT} characters and ${MAX_PARTS} parts at most`);
  for (const match of tokens) {
    pattern += quote(layout.slice(from, match.index));
    const part = partOf(match[0]);
    // Seconds may always have a fraction, whether the layout has one or not.
    const follows = layout.slice(match.index + match[0].length);
    pattern += `(${part.pattern})`;
    setters.push((fields, found) => part.set?.(fields, found));
    if (/^0?5$/.test(match[0]) && !/^[.,][09]/.test(follows)) {
      pattern += "((?:[.,]\\d+)?)";
      setters.push((fields, found) => {
        if (found !== "") fractionPart(".999999999").set?.(fields, found);
      });
    }
    from = match.index + match[0].length;
  }
  pattern += quote(layout.slice(from));
  const match = new RegExp(`^${pattern}$`).exec(text);
  if (match === null)
    throw new BuiltinError(
      `parsing time ${JSON.stringify(text)} as ${JSON.stringify(layout)}: cannot parse`,
    );
  const fields: Fields = {
    year: 0,
    month: 1,
    day: 1,
    hour: 0,
    minute: 0,
    second: 0,
    nanosecond: 0,
    offset: 0,
    zone: "",
  };
  for (const [index, set] of setters.entries()) set(fields, match[index + 1] ?? "");
  return toNanoseconds(checked(fields));
}

function checked(fields: Fields): Wall {
  if (fields.is12Hour && fields.isAfternoon !== undefined) {
    if (fields.hour > 12) throw outOfRange("hour");
    fields.hour = (fields.hour % 12) + (fields.isAfternoon ? 12 : 0);
  }
  if (fields.yearDay !== undefined) {
    const day = new Date(0);
    day.setUTCFullYear(fields.year, 0, fields.yearDay);
    if (day.getUTCFullYear() !== fields.year) throw outOfRange("day-of-year");
    fields.month = day.getUTCMonth() + 1;
    fields.day = day.getUTCDate();
  }
  const { year, month: monthOfYear, day, hour, minute, second } = fields;
  if (monthOfYear < 1 || monthOfYear > 12) throw outOfRange("month");
  if (day < 1 || day > daysIn(year, monthOfYear)) throw outOfRange("day");
  if (hour > 23) throw outOfRange("hour");
  if (minute > 59) throw outOfRange("minute");
  if (second > 59) throw outOfRange("second");
  return fields;
}

function outOfRange(what: string): BuiltinError {
  return new BuiltinError(`parsing time: ${what} out of range`);
}

export function daysIn(year: number, monthOfYear: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, monthOfYear, 0);
  return date.getUTCDate();
}

/** Days since 1970 of the wall's date; its month and day may lie outside their year and month. */
function daysFromEpoch({ year, month: monthOfYear, day }: Wall): number {
  const date = new Date(0);
  date.setUTCFullYear(year, monthOfYear - 1, day);
  return date.getTime() / 86_400_000;
}

export function toNanoseconds(wall: Wall): bigint {
  const seconds =
    daysFromEpoch(wall) * 86_400 + wall.hour * 3600 + wall.minute * 60 + wall.second - wall.offset;
  return BigInt(seconds) * 1_000_000_000n + BigInt(wall.nanosecond);
}

function yearDay(wall: Wall): number {
  return daysFromEpoch(wall) - daysFromEpoch({ ...wall, month: 1, day: 1 }) + 1;
}

export function weekdayOf(wall: Wall): string {
  return WEEKDAYS[weekday(wall)] ?? "";
}

function quote(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
