import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encode, encodeMembers, encodeRecord, MAX_RECORD_BYTES } from "./record.ts";

const text = (record: object, added: object = {}): string =>
  encodeRecord(encodeMembers({ ...record }), { ...added }).toString("utf8");

describe("a record's bytes", () => {
  it.each<readonly [what: string, record: object, bytes: string]>([
    ["members in order", { b: 1, a: 2, B: 3 }, '{"B":3,"a":2,"b":1}'],
    [
      "members in order, inside too",
      { a: { z: 1, y: [{ x: 1, w: 2 }] } },
      '{"a":{"y":[{"w":2,"x":1}],"z":1}}',
    ],
    ["what is not there left out", { a: undefined, b: { c: undefined } }, '{"b":{}}'],
    ["what is not there in a list as null", { a: [undefined, null, 1] }, '{"a":[null,null,1]}'],
    ["constants", { a: true, b: false, c: null }, '{"a":true,"b":false,"c":null}'],
    [
      "numbers in one spelling",
      { a: 1.0, b: 1e21, c: -0, d: 0.1 },
      '{"a":1,"b":1e+21,"c":0,"d":0.1}',
    ],
    ["nothing", {}, "{}"],
    ["a half of a pair replaced", { "\ud800": "\udc00" }, '{"\ufffd":"\ufffd"}'],
  ])("have %s", (_, record, bytes) => {
    expect(text(record)).toBe(bytes);
  });

  it("have what is added in place of the record's own", () => {
    expect(text({ a: 1, seq: 7 }, { seq: 8, b: 2 })).toBe('{"a":1,"b":2,"seq":8}');
    expect(text({ a: 1 }, { a: undefined })).toBe("{}");
  });

  it("are those of JSON", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (record) => {
        const wellFormed = JSON.parse(JSON.stringify(record), (_, value) =>
          typeof value === "string" ? value.toWellFormed() : value,
        );
        const keys = Object.keys(record);
        fc.pre(keys.every((key) => key.isWellFormed() && key !== "__proto__"));
        expect(JSON.parse(text(record))).toEqual(JSON.parse(JSON.stringify(wellFormed)));
      }),
    );
  });
});

describe("a record", () => {
  const head = { type: "t", id: "i" };

  it.each<readonly [what: string, value: unknown]>([
    ["a number that JSON has not", Number.NaN],
    ["one without an end", Number.POSITIVE_INFINITY],
    ["a function", () => undefined],
    ["a big integer", 1n],
    ["a symbol", Symbol("s")],
    ["one of these inside", [{ a: [Number.NaN] }]],
  ])("with %s cannot be written", (_, value) => {
    expect(encode({ ...head, value })).toBeUndefined();
  });

  it("takes no more than was said, with what the log adds", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (more) => {
        const encoded = encode({ ...more, ...head });
        const bytes = encodeRecord(encoded?.members ?? [], {
          v: 1,
          seq: Number.MAX_SAFE_INTEGER,
          time: new Date(0).toISOString(),
          node: "n".repeat(200),
          boot: "0123456789abcdef",
        });
        expect(bytes.length).toBeLessThanOrEqual(encoded?.bytes ?? 0);
      }),
    );
  });

  it("may be as large as a record may be, and no larger", () => {
    const { bytes = 0 } = encode({ ...head, more: "" }) ?? {};
    const more = "\u00e9".repeat((MAX_RECORD_BYTES - bytes) >> 1) + "x".repeat(bytes % 2);
    expect(encode({ ...head, more })?.bytes).toBe(MAX_RECORD_BYTES);
    expect(encode({ ...head, more: `${more}x` })).toBeUndefined();
    expect(MAX_RECORD_BYTES).toBe(262_144);
  });

  it("is counted in bytes, every member with the comma before it, and 400 for what the log adds", () => {
    expect(encode({ type: "t", id: "\u00e9" })?.bytes).toBe(
      400 + '"type":"t",'.length + '"id":"..",'.length,
    );
  });
});
