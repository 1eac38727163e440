// UUIDs: what one says (RFC 4122), and new ones.

import {
  type Builtin,
  type BuiltinContext,
  fromInteger,
  makeObject,
  type Value,
} from "@writ/evaluator";
import { CONSTANT, perCharacter } from "./cost.ts";
import { any, define, defineNondeterministic, objectOf, string } from "./define.ts";

/** Bare, in braces, as a URN, or without hyphens. */
const FORM =
  /^(?:urn:uuid:)?\{?([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})\}?$/i;
const DOMAINS = ["Person", "Group", "Org"];
/** 100 ns intervals between 15 October 1582 and 1970. */
const GREGORIAN_OFFSET = 122_192_928_000_000_000n;

export const uuid: readonly Builtin[] = [
  define("uuid.parse", [string], objectOf(string, any), perCharacter(0.2), parse),
  defineNondeterministic(
    "uuid.rfc4122",
    [string],
    string,
    CONSTANT,
    (key: string, context: BuiltinContext) => {
      const name = `uuid.rfc4122 ${key}`;
      const made = context.cache.get(name) ?? crypto.randomUUID();
      context.cache.set(name, made);
      return made as string;
    },
  ),
];

function parse(text: string): Value | undefined {
  const plain = /^[0-9a-f]{32}$/i.test(text)
    ? text.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-")
    : text;
  const match = FORM.exec(plain);
  if (match === null || /^\{/.test(text) !== /\}$/.test(text)) return undefined;
  const [, low = "", middle = "", high = "", clock = "", node = ""] = match;
  const version = Number.parseInt(high.slice(0, 1), 16);
  const members: [string, Value][] = [
    ["version", version],
    ["variant", variant(Number.parseInt(clock.slice(0, 2), 16))],
  ];
  if (version === 1 || version === 2) {
    const ticks = BigInt(`0x${high.slice(1)}${middle}${low}`) - GREGORIAN_OFFSET;
    members.push(
      ["time", fromInteger(ticks * 100n)],
      ["nodeid", (node.toLowerCase().match(/../g) ?? []).join("-")],
      ["macvariables", macVariables(Number.parseInt(node.slice(0, 2), 16))],
      ["clocksequence", Number.parseInt(clock, 16) & 0x3fff],
    );
  }
  if (version === 2) {
    const domain = Number.parseInt(clock.slice(2), 16);
    members.push(
      ["id", Number.parseInt(low, 16)],
      ["domain", DOMAINS[domain] ?? `Domain${domain}`],
    );
  }
  return makeObject(members);
}

function variant(byte: number): string {
  if ((byte & 0xc0) === 0x80) return "RFC4122";
  if ((byte & 0xe0) === 0xc0) return "Microsoft";
  return (byte & 0xe0) === 0xe0 ? "Future" : "Reserved";
}

function macVariables(byte: number): string {
  return `${byte & 2 ? "local" : "global"}:${byte & 1 ? "multicast" : "unicast"}`;
}
