// What JSON is here: what JSON.parse takes, less what two readers could take for two things; and edits that
// touch nothing else.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type JsonNode, plainDecimal } from "./node.ts";
import { readJson, readJsonText } from "./read.ts";
import { type Replacement, replaceIn, splice } from "./splice.ts";

function toValue(node: JsonNode): unknown {
  switch (node.kind) {
    case "object":
      return Object.fromEntries(node.members.map(({ key, value }) => [key.value, toValue(value)]));
    case "array":
      return node.items.map(toValue);
    case "number":
      return Number(node.source);
    default:
      return node.value;
  }
}

/** JSON text with the spelling a serialiser would not choose: spaces, escapes, odd numbers. */
const spelling = fc.json().map((text) => text.replaceAll(":", " :\n\t").replaceAll("a", "\\u0061"));

describe("reading", () => {
  it("gives what JSON.parse gives", () => {
    fc.assert(
      fc.property(fc.oneof(fc.json({ maxDepth: 5 }), spelling), (text) => {
        let expected: unknown;
        try {
          expected = JSON.parse(text);
        } catch {
          expect(readJsonText(text).ok).toBe(false);
          return;
        }
        const read = readJsonText(text);
        if (!read.ok) expect(read.code).toBe("duplicate_key");
        else expect(JSON.stringify(toValue(read.root))).toBe(JSON.stringify(expected));
      }),
    );
  });

  it("takes nothing that JSON.parse does not take", () => {
    const noise = fc.string({
      unit: fc.constantFrom(...'{}[]":,\\u0019eE+-.truefalsn \t\n\u0000é'),
      maxLength: 24,
    });
    fc.assert(
      fc.property(noise, (text) => {
        if (readJsonText(text).ok) JSON.parse(text);
      }),
    );
  });

  it.each([
    ["a key twice", '{"a":1,"a":2}', "duplicate_key"],
    ["a key twice, spelled in two ways", '{"a":1,"\\u0061":2}', "duplicate_key"],
    ["a key twice, far down", '[[{"b":{"a":1,"c":2,"a":2}}]]', "duplicate_key"],
    [
      "a key twice among many",
      `{${Array.from({ length: 40 }, (_, i) => `"k${i}":1`).join(",")},"k3":2}`,
      "duplicate_key",
    ],
    ["depth", `${"[".repeat(65)}${"]".repeat(65)}`, "too_deep"],
    ["a byte order mark", "\ufeff{}", "not_json"],
    ["a control character", '"a\u0001"', "not_json"],
    ["a comment", "{} // x", "not_json"],
    ["two documents", "{}{}", "not_json"],
    ["nothing", "", "not_json"],
  ])("refuses %s", (_name, text, code) => {
    expect(readJson(Buffer.from(text))).toMatchObject({ ok: false, code });
  });

  it("refuses what is no UTF-8", () => {
    expect(readJson(Buffer.from([0x22, 0xff, 0x22]))).toMatchObject({ code: "not_utf8" });
  });

  it("takes `__proto__` for the name it is", () => {
    expect(readJsonText('{"__proto__":{"a":1},"constructor":2}').ok).toBe(true);
  });
});

/** Every string of a document, in order. */
function strings(node: JsonNode): readonly JsonNode[] {
  if (node.kind === "object") return node.members.flatMap(({ value }) => strings(value));
  if (node.kind === "array") return node.items.flatMap(strings);
  return node.kind === "string" ? [node] : [];
}

describe("splicing", () => {
  it("changes the part that is replaced and nothing else", () => {
    fc.assert(
      fc.property(spelling, fc.nat(), fc.nat(), fc.nat(), fc.string(), (text, which, a, b, put) => {
        const read = readJsonText(text);
        if (!read.ok) return;
        const found = strings(read.root);
        const node = found[which % Math.max(1, found.length)];
        if (node?.kind !== "string") return;
        const [start = 0, end = 0] = [a, b]
          .map((at) => at % (node.value.length + 1))
          .sort((x, y) => x - y);
        const edits = replaceIn(read.text, node, [{ start, end, text: put }]);
        const changed = splice(read.text, edits);
        const again = readJsonText(changed);
        if (!again.ok) throw new Error(again.message);
        const value = node.value.slice(0, start) + put + node.value.slice(end);
        expect(strings(again.root)[found.indexOf(node)]).toMatchObject({ value });
        const [edit] = edits as readonly [Replacement];
        expect(changed.startsWith(text.slice(0, edit.start))).toBe(true);
        expect(changed.endsWith(text.slice(edit.end))).toBe(true);
      }),
    );
  });
});

describe("plain decimals", () => {
  it.each([
    ["5.36904399e8", "536904399"],
    ["1.0", "1"],
    ["-0.5", "-0.5"],
    ["12E-3", "0.012"],
    ["1e3", "1000"],
    ["536904399", "536904399"],
    ["0e0", "0"],
    ["1e999999999", "1e999999999"],
    ["10.50", "10.5"],
  ])("%s is %s", (source, plain) => {
    expect(plainDecimal(source)).toBe(plain);
  });

  it("is the number that was written", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        expect(Number(plainDecimal(JSON.stringify(number)))).toBe(number === 0 ? 0 : number);
      }),
    );
  });
});
