// Semantic versions as OPA reads them: three integers and two lists of names; zeros may lead, and what follows
// `-` or `+` may be empty.

import { type Builtin, BuiltinError } from "@writ/evaluator";
import { perCharacter } from "./cost.ts";
import { any, boolean, define, number, string } from "./define.ts";

type Part = bigint | string;

interface Version {
  readonly core: readonly bigint[];
  /** The names after `-`; none at all is a release. */
  readonly names: readonly string[];
}

const VERSION =
  /^(\d+)\.(\d+)\.(\d+)(?:-((?:[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?))?(?:\+(?:[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?)?$/;
const INTEGER = /^-?\d+$/;
const MAX_INT64 = 2n ** 63n - 1n;

export const semver: readonly Builtin[] = [
  define(
    "semver.is_valid",
    [any],
    boolean,
    perCharacter(0.5),
    (text: unknown) => typeof text === "string" && read(text) !== undefined,
  ),
  define("semver.compare", [string, string], number, perCharacter(0.5), (a: string, b: string) =>
    compare(versionOf(a, 1), versionOf(b, 2)),
  ),
];

function versionOf(text: string, operand: number): Version {
  const version = read(text);
  if (version === undefined)
    throw new BuiltinError(
      `operand ${operand}: string ${JSON.stringify(text)} is not a valid SemVer`,
    );
  return version;
}

function read(text: string): Version | undefined {
  const [, major = "", minor = "", patch = "", names = ""] = VERSION.exec(text) ?? [];
  if (major === "") return undefined;
  const core = [major, minor, patch].map(int64);
  return core.some((each) => each === undefined)
    ? undefined
    : { core: core as readonly bigint[], names: names === "" ? [] : names.split(".") };
}

/** Twenty digits that do not begin with zeros are too many: what is longer is not read as a number. */
function int64(text: string): bigint | undefined {
  if (!INTEGER.test(text) || text.replace(/^-?0*/, "").length > 19) return undefined;
  const value = BigInt(text);
  return value <= MAX_INT64 && value >= -MAX_INT64 - 1n ? value : undefined;
}

function compare(a: Version, b: Version): number {
  for (const [index, part] of a.core.entries()) {
    const order = orderOf(part, b.core[index] ?? 0n);
    if (order !== 0) return order;
  }
  // Of equal versions, the one without names is the later.
  if (a.names.length === 0 || b.names.length === 0)
    return Math.sign(b.names.length) - Math.sign(a.names.length);
  for (const [index, name] of a.names.entries()) {
    const other = b.names[index];
    if (other === undefined) return 1;
    const order = compareNames(name, other);
    if (order !== 0) return order;
  }
  return a.names.length < b.names.length ? -1 : 0;
}

/** Numbers come before other names, and by their size; equal ones by their text. */
function compareNames(a: string, b: string): number {
  const [left, right] = [int64(a), int64(b)];
  if (left === undefined && right === undefined) return orderOf(a, b);
  if (left === undefined || right === undefined) return left === undefined ? 1 : -1;
  return orderOf(left, right) || orderOf(a, b);
}

function orderOf<Kind extends Part>(a: Kind, b: Kind): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
