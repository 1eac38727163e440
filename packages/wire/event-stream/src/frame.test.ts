import { readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { describeWithShared, sharedPath } from "../../../../test/shared-data.ts";
import {
  createFrameDecoder,
  decodeFrame,
  encodeFrame,
  encodeMessage,
  type Frame,
  type HeaderValue,
} from "./frame.ts";

const folder = "vectors/eventstream";
const smithy = `${folder}/smithy-typescript`;
const readBytes = (path: string): Buffer => readFileSync(sharedPath(path));
const readJson = (path: string): unknown => JSON.parse(readBytes(path).toString("utf8"));

/** A frame too long to be spelt out is given as a beginning, a repeated byte and an end. */
function bytesOf(vector: BotocoreCase): Buffer {
  const {
    encodedBase64,
    encodedPrefixBase64 = "",
    payloadByte = "",
    payloadLength = 0,
    suffixBase64 = "",
  } = vector;
  if (encodedBase64 !== undefined) return Buffer.from(encodedBase64, "base64");
  const [prefix, suffix] = [encodedPrefixBase64, suffixBase64].map((text) =>
    Buffer.from(text, "base64"),
  );
  return Buffer.concat([
    prefix as Buffer,
    Buffer.alloc(payloadLength, payloadByte),
    suffix as Buffer,
  ]);
}

interface BotocoreCase {
  readonly name: string;
  readonly encodedBase64?: string;
  readonly encodedPrefixBase64?: string;
  readonly payloadByte?: string;
  readonly payloadLength?: number;
  readonly suffixBase64?: string;
  readonly headers?: { readonly [name: string]: unknown };
  readonly payloadBase64?: string;
}

/** Decodes the bytes, encodes what they say, and has the same bytes again. */
function decodedBothWays(bytes: Buffer, name: string): Frame {
  const decoded = decodeFrame(bytes);
  if (!decoded.ok) throw new Error(`${name}: ${decoded.error.message}`);
  const { headers, payload } = decoded.frame;
  expect(encodeFrame(headers, payload).bytes.equals(bytes), name).toBe(true);
  return decoded.frame;
}

describeWithShared("fixtures of others", () => {
  it("of smithy-typescript decode and encode to the same bytes, or are refused", () => {
    const [positive, negative] = ["positive", "negative"].map((kind) =>
      readdirSync(sharedPath(`${smithy}/encoded/${kind}`)),
    ) as [string[], string[]];
    expect(positive.length + negative.length).toBe(9);
    for (const name of positive) {
      const wanted = readJson(`${smithy}/decoded/positive/${name}`) as {
        headers: { name: string }[];
        payload: string;
      };
      const frame = decodedBothWays(readBytes(`${smithy}/encoded/positive/${name}`), name);
      const names = wanted.headers.map((header) => header.name);
      expect([...frame.headers.keys()], name).toEqual(names);
      expect(frame.payload.toString("base64"), name).toBe(wanted.payload);
    }
    for (const name of negative)
      expect(decodeFrame(readBytes(`${smithy}/encoded/negative/${name}`)).ok, name).toBe(false);
  });

  it("of botocore decode and encode to the same bytes, or are refused", () => {
    const { positive, negative } = readJson(`${folder}/botocore-eventstream.json`) as {
      positive: BotocoreCase[];
      negative: BotocoreCase[];
    };
    expect(positive.length + negative.length).toBe(16);
    for (const { name, encodedBase64 = "", payloadBase64 = "", headers = {} } of positive) {
      const frame = decodedBothWays(Buffer.from(encodedBase64, "base64"), name);
      expect(frame.payload.toString("base64"), name).toBe(payloadBase64);
      expect([...frame.headers.keys()], name).toEqual(Object.keys(headers));
    }
    for (const vector of negative) expect(decodeFrame(bytesOf(vector)).ok, vector.name).toBe(false);
  });

  it("of smithy's restJson1 decode and encode to the same bytes", () => {
    const { cases } = readJson(`${folder}/smithy-restJson1-event-stream.json`) as {
      cases: { id: string; events?: { bytes?: string }[] }[];
    };
    const frames = cases.flatMap(({ id, events = [] }) =>
      events.flatMap(({ bytes }, index) =>
        bytes === undefined ? [] : [[`${id} ${index}`, bytes] as const],
      ),
    );
    expect(frames.length).toBe(92);
    for (const [name, base64] of frames) decodedBothWays(Buffer.from(base64, "base64"), name);
  });

  it("decodes all 3,206 recorded frames", () => {
    let frames = 0;
    for (const name of ["bedrock-recorded", "bedrock-recorded-openinference"]) {
      const lines = gunzipSync(readFileSync(sharedPath(`vectors/recorded/${name}.jsonl.gz`)))
        .toString()
        .trim()
        .split("\n");
      for (const line of lines) {
        const row = JSON.parse(line) as {
          responseHeaders?: { [name: string]: string };
          responseBodyBase64?: string;
          status?: number;
        };
        const body = Buffer.from(row.responseBodyBase64 ?? "", "base64");
        const isStream = body.length > 16 && body.readUInt32BE(0) <= body.length && body[0] === 0;
        if (!isStream) continue;
        const decoder = createFrameDecoder({ maxFrameBytes: 16 * 1024 * 1024 });
        const result = decoder.push(body);
        if (!result.ok) throw new Error(result.error.message);
        expect(decoder.pending).toBe(0);
        frames += result.frames.length;
      }
    }
    expect(frames).toBe(3206);
  });
});

const header: fc.Arbitrary<HeaderValue> = fc.oneof(
  fc.boolean().map((value): HeaderValue => ({ type: "boolean", value })),
  fc.integer({ min: -128, max: 127 }).map((value): HeaderValue => ({ type: "byte", value })),
  fc
    .bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
    .map((value): HeaderValue => ({ type: "long", value })),
  fc.string({ maxLength: 40 }).map((value): HeaderValue => ({ type: "string", value })),
  fc
    .uint8Array({ maxLength: 40 })
    .map((value): HeaderValue => ({ type: "binary", value: Buffer.from(value) })),
);
const frame = fc
  .tuple(
    fc.dictionary(fc.string({ minLength: 1, maxLength: 12, unit: "grapheme-ascii" }), header, {
      maxKeys: 5,
    }),
    fc.uint8Array({ maxLength: 200 }),
  )
  .map(([headers, payload]) => encodeFrame(new Map(Object.entries(headers)), payload).bytes);
const runs = Number(process.env["FUZZ_RUNS"] ?? 300);

describe("a stream of frames", () => {
  it("decodes the same however it is cut", () => {
    fc.assert(
      fc.property(
        fc.array(frame, { maxLength: 5 }),
        fc.array(fc.nat(1000), { maxLength: 20 }),
        (frames, places) => {
          const bytes = Buffer.concat(frames);
          const cuts = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort(
            (a, b) => a - b,
          );
          const decoder = createFrameDecoder({ maxFrameBytes: 1 << 20 });
          const got: Buffer[] = [];
          let last = 0;
          for (const cut of [...cuts, bytes.length]) {
            const result = decoder.push(bytes.subarray(last, cut));
            if (!result.ok) throw new Error(result.error.message);
            got.push(...result.frames.map((each) => each.bytes));
            last = cut;
          }
          expect(Buffer.concat(got).equals(bytes)).toBe(true);
          expect(got.length).toBe(frames.length);
        },
      ),
      { numRuns: runs },
    );
  });

  it("gives what came before a broken frame, however it is cut", () => {
    const bytes = encodeMessage({ ":event-type": "chunk" }, Buffer.from("{}")).bytes;
    const broken = Buffer.from(bytes);
    broken[broken.length - 1] = (broken.at(-1) as number) ^ 1;
    const whole = Buffer.concat([bytes, bytes, broken, bytes]);
    for (let size = 1; size <= whole.length; size += 1) {
      const decoder = createFrameDecoder({ maxFrameBytes: 1000 });
      let count = 0;
      let isOk = true;
      for (let at = 0; at < whole.length; at += size) {
        const result = decoder.push(whole.subarray(at, at + size));
        count += result.frames.length;
        isOk = result.ok;
      }
      expect([count, isOk]).toEqual([2, false]);
    }
  });

  it("never throws, and never accepts a frame with a bit flipped", () => {
    fc.assert(
      fc.property(frame, fc.nat(), fc.nat(7), (bytes, at, bit) => {
        const flipped = Buffer.from(bytes);
        const index = at % flipped.length;
        flipped[index] = (flipped[index] as number) ^ (1 << bit);
        expect(decodeFrame(flipped).ok).toBe(false);
      }),
      { numRuns: runs },
    );
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        (bytes) => typeof decodeFrame(Buffer.from(bytes)).ok === "boolean",
      ),
      { numRuns: runs },
    );
  });

  it("refuses a frame that says it is larger than is read, before it is there", () => {
    const bytes = encodeMessage({ ":event-type": "chunk" }, Buffer.alloc(5000)).bytes;
    expect(createFrameDecoder({ maxFrameBytes: 1000 }).push(bytes.subarray(0, 12))).toMatchObject({
      ok: false,
      error: { code: "too_large" },
    });
  });
});
