// `sprintf`, after Go's fmt as OPA uses it: %s %v %d %f %e %g %x %X %o %b %c %q %t %T %%, with flags,
// width and precision.

import { isArray, RegoSet, toJson, type Value } from "@writ/evaluator";

const VERB = /%(?<flags>[-+ 0#]*)(?<width>\d*)(?:\.(?<precision>\d*))?(?<verb>[a-zA-Z%])/gu;
const MAX_WIDTH = 1_000;

export function sprintf(format: string, values: readonly Value[]): string {
  let next = 0;
  const text = format.replace(
    VERB,
    (_match, flags: string, width: string, precision: string | undefined, verb: string) => {
      if (verb === "%") return "%";
      const value = values[next];
      next += 1;
      if (value === undefined) return `%!${verb}(MISSING)`;
      const digits = precision === undefined ? undefined : Number(precision);
      return pad(
        formatValue(value, verb, flags, digits),
        flags,
        Math.min(Number(width), MAX_WIDTH),
      );
    },
  );
  const extra = values.slice(next);
  if (extra.length === 0) return text;
  return `${text}%!(EXTRA ${extra.map((value) => `${goType(value)}=${plain(value)}`).join(", ")})`;
}

function formatValue(
  value: Value,
  verb: string,
  flags: string,
  precision: number | undefined,
): string {
  const sign = flags.includes("+") && typeof value === "number" && value >= 0 ? "+" : "";
  switch (verb) {
    case "s":
    case "v": {
      const text = plain(value);
      return precision === undefined || verb === "v"
        ? text
        : [...text].slice(0, precision).join("");
    }
    case "T":
      return goType(value);
    case "q":
      return JSON.stringify(plain(value));
    case "t":
      return typeof value === "boolean" ? String(value) : misuse(verb, value);
    case "x":
    case "X":
      return hex(value, verb);
    default:
      return sign + formatNumber(value, verb, precision);
  }
}

function formatNumber(value: Value, verb: string, precision: number | undefined): string {
  if (typeof value !== "number") return misuse(verb, value);
  switch (verb) {
    case "d":
      return Number.isInteger(value) ? BigInt(value).toString() : misuse(verb, value);
    case "f":
    case "F":
      return value.toFixed(Math.min(precision ?? 6, 100));
    case "e":
      return value.toExponential(Math.min(precision ?? 6, 100)).replace(/e([+-])(\d)$/, "e$10$2");
    case "g":
      return precision === undefined
        ? String(value)
        : String(Number(value.toPrecision(precision || 1)));
    case "o":
      return Math.trunc(value).toString(8);
    case "b":
      return Math.trunc(value).toString(2);
    case "c":
      return value >= 0 && value <= 0x10ffff ? String.fromCodePoint(value) : "\ufffd";
    default:
      return misuse(verb, value);
  }
}

function hex(value: Value, verb: string): string {
  const text =
    typeof value === "number"
      ? Math.trunc(value).toString(16)
      : [...new TextEncoder().encode(plain(value))]
          .map((byte) => byte.toString(16).padStart(2, "0"))
          .join("");
  return verb === "X" ? text.toUpperCase() : text;
}

function pad(text: string, flags: string, width: number): string {
  if (flags.includes("-")) return text.padEnd(width);
  if (!flags.includes("0")) return text.padStart(width);
  const sign = /^[+-]/.exec(text)?.[0] ?? "";
  return sign + text.slice(sign.length).padStart(width - sign.length, "0");
}

function misuse(verb: string, value: Value): string {
  return `%!${verb}(${goType(value)}=${plain(value)})`;
}

/** Strings bare; composite values as Rego writes them. */
function plain(value: Value): string {
  return typeof value === "string" ? value : regoText(value);
}

function regoText(value: Value): string {
  if (isArray(value)) return `[${value.map(regoText).join(", ")}]`;
  if (value instanceof RegoSet) {
    return value.items.length === 0 ? "set()" : `{${value.items.map(regoText).join(", ")}}`;
  }
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(toJson(value) as { [key: string]: Value });
    return `{${entries.map(([key, item]) => `${JSON.stringify(key)}: ${regoText(item)}`).join(", ")}}`;
  }
  return JSON.stringify(value);
}

function goType(value: Value): string {
  if (typeof value === "string") return "string";
  if (typeof value === "number") return Number.isInteger(value) ? "int" : "float64";
  return typeof value === "boolean" ? "bool" : "ast.Value";
}
