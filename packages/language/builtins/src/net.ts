// IP addresses and CIDR blocks, as ranges of integers.

import {
  type Builtin,
  type BuiltinContext,
  BuiltinError,
  isArray,
  makeSet,
  objectEntries,
  RegoSet,
  spend,
  type Value,
} from "@writ/evaluator";
import ipaddr from "ipaddr.js";
import { COUNTED_SUPERLINEAR, perCharacter } from "./cost.ts";
import {
  any,
  arrayOf,
  boolean,
  define,
  objectOf,
  oneOf,
  setOf,
  string,
  tupleOf,
} from "./define.ts";

interface Block {
  /** 32 or 128. */
  readonly bits: number;
  readonly first: bigint;
  readonly last: bigint;
  /** How it is called as long as nothing is merged with it. */
  readonly name?: string;
}

/** Writing an address, or reading one. */
const STEPS_AN_ADDRESS = 20;
const MAX_EXPANDED = 1 << 17;
const elements = oneOf(string, arrayOf(any), setOf(any), objectOf(string, any));

export const net: readonly Builtin[] = [
  define("net.cidr_is_valid", [any], boolean, perCharacter(1), (text: Value) =>
    typeof text === "string" ? readCidr(text) !== undefined : false,
  ),
  define("net.cidr_contains", [string, string], boolean, perCharacter(1), contains),
  ...["net.cidr_intersects", "net.cidr_overlap"].map((name) =>
    define(name, [string, string], boolean, perCharacter(1), (a: string, b: string) => {
      const [left, right] = [withoutMapping(cidr(a)), withoutMapping(cidr(b))];
      return left.bits === right.bits && left.first <= right.last && right.first <= left.last;
    }),
  ),
  define(
    "net.cidr_contains_matches",
    [elements, elements],
    setOf(tupleOf(any, any)),
    COUNTED_SUPERLINEAR,
    containsMatches,
  ),
  define(
    "net.cidr_expand",
    [string],
    setOf(string),
    COUNTED_SUPERLINEAR,
    (text: string, context: BuiltinContext) => {
      const { bits, first, last } = cidr(text);
      if (last - first >= MAX_EXPANDED)
        throw new BuiltinError(`more than ${MAX_EXPANDED} addresses`);
      context.step((Number(last - first) + 1) * STEPS_AN_ADDRESS);
      return makeSet(
        Array.from({ length: Number(last - first) + 1 }, (_unused, index) =>
          addressText(first + BigInt(index), bits),
        ),
      );
    },
  ),
  define(
    "net.cidr_merge",
    [oneOf(arrayOf(string), setOf(string))],
    setOf(string),
    COUNTED_SUPERLINEAR,
    merge,
  ),
];

function cidr(text: string): Block {
  const block = readCidr(text);
  if (block === undefined) throw new BuiltinError(`invalid CIDR address: ${text}`);
  return block;
}

function readCidr(text: string): Block | undefined {
  const [, address = "", prefix = ""] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? [];
  const read = readAddress(address);
  const length = Number(prefix);
  if (read === undefined || prefix === "" || length > read.bits) return undefined;
  const host = BigInt(read.bits - length);
  const first = (read.address >> host) << host;
  return { bits: read.bits, first, last: first + (1n << host) - 1n };
}

interface Address {
  readonly bits: number;
  readonly address: bigint;
}

/**
 * `::ffff:10.1.2.3` is the IPv4 address 10.1.2.3 (RFC 4291, 2.5.5.2): a socket that takes both gives it so. A
 * block of such addresses is one of IPv4.
 */
function withoutMapping({ bits, first, last }: Block): Block {
  const isMapped = bits === 128 && first >> 32n === 0xffffn && last >> 32n === 0xffffn;
  return isMapped
    ? { bits: 32, first: first & 0xffffffffn, last: last & 0xffffffffn }
    : { bits, first, last };
}

function readAddress(text: string): Address | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(text) && !/(^|\.)0\d/.test(text))
    return { bits: 32, address: toInteger(ipaddr.IPv4.parse(text).toByteArray()) };
  if (!text.includes(":") || text.includes("%") || !ipaddr.IPv6.isValid(text)) return undefined;
  return { bits: 128, address: toInteger(ipaddr.IPv6.parse(text).toByteArray()) };
}

function toInteger(bytes: readonly number[]): bigint {
  return bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

function addressText(address: bigint, bits: number): string {
  const bytes = Array.from({ length: bits / 8 }, (_unused, index) =>
    Number((address >> BigInt(bits - 8 * (index + 1))) & 0xffn),
  );
  return ipaddr.fromByteArray(bytes).toString();
}

function contains(outer: string, inner: string): boolean {
  return isWithin(withoutMapping(cidr(outer)), blockIn(inner));
}

function isWithin(outer: Block, inner: Block): boolean {
  return outer.bits === inner.bits && outer.first <= inner.first && inner.last <= outer.last;
}

/** An address is the block of itself alone. */
function blockIn(inner: string): Block {
  const address = readAddress(inner);
  const written =
    address === undefined
      ? readCidr(inner)
      : { bits: address.bits, first: address.address, last: address.address };
  if (written === undefined)
    throw new BuiltinError(`not a valid textual representation of an IP address or CIDR: ${inner}`);
  return withoutMapping(written);
}

function containsMatches(blocks: Value, addresses: Value): Value {
  const inner = indexed(addresses, 2).map(([text, key]) => {
    spend(STEPS_AN_ADDRESS);
    return [blockIn(text), key] as const;
  });
  const found = indexed(blocks, 1).flatMap(([text, at]) => {
    spend(STEPS_AN_ADDRESS + inner.length);
    const block = withoutMapping(cidr(text));
    return inner.flatMap(([address, key]) => (isWithin(block, address) ? [[at, key]] : []));
  });
  return makeSet(found);
}

/** What stands for each block in the result: an array's index, an object's key, a set's member itself. */
function indexed(given: Value, operand: number): readonly (readonly [string, Value])[] {
  if (typeof given === "string") return [[given, given]];
  const entries = isArray(given)
    ? given.map((item, index) => [index, item] as const)
    : given instanceof RegoSet
      ? given.items.map((item) => [item, item] as const)
      : (objectEntries(given) ?? []);
  return entries.map(([key, item]) => {
    const text = isArray(item) ? item[0] : item;
    if (typeof text !== "string")
      throw new BuiltinError(`operand ${operand}: element must be string or non-empty array`);
    return [text, key];
  });
}

/** The fewest blocks that cover the same addresses. */
function merge(given: readonly string[] | RegoSet): Value {
  const texts = given instanceof RegoSet ? (given.items as readonly string[]) : given;
  spend(texts.length * STEPS_AN_ADDRESS);
  const blocks = texts.map(blockOf).sort((a, b) => a.bits - b.bits || compare(a.first, b.first));
  const merged: Block[] = [];
  for (const block of blocks) {
    const previous = merged.at(-1);
    if (previous?.bits === block.bits && block.first <= previous.last + 1n) {
      const last = block.last > previous.last ? block.last : previous.last;
      merged[merged.length - 1] = { bits: previous.bits, first: previous.first, last };
    } else {
      merged.push(block);
    }
  }
  return makeSet(
    merged.flatMap((block) => (block.name === undefined ? cidrTexts(block) : [block.name])),
  );
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A bare IPv4 address stands for the network of its class, as in Go's `IP.DefaultMask`, and keeps its bits. */
function blockOf(text: string): Block {
  const address = readAddress(text);
  if (address === undefined) return cidr(text);
  if (address.bits === 128) throw new BuiltinError("IPv6 invalid: needs prefix length");
  const byte = Number(address.address >> 24n);
  const name = `${text}/${byte < 128 ? 8 : byte < 192 ? 16 : 24}`;
  return { ...cidr(name), name };
}

/** A range as the fewest blocks: each as large as its start and the rest allow. */
function cidrTexts({ bits, first, last }: Block): readonly string[] {
  const texts: string[] = [];
  for (let start = first; start <= last; ) {
    spend(bits);
    let host = 0n;
    while (
      host < BigInt(bits) &&
      start % (1n << (host + 1n)) === 0n &&
      start + (1n << (host + 1n)) - 1n <= last
    )
      host += 1n;
    texts.push(`${addressText(start, bits)}/${BigInt(bits) - host}`);
    start += 1n << host;
  }
  return texts;
}
