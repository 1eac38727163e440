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
  type HeaderValue,
} from "./frame.ts";

const folder = "vectors/eventstream";
const list = (path: string): readonly string[] => {
  try {
    return readdirSync(sharedPath(path));
  } catch {
    return [];
  }
};
const readJson = (path: string): unknown => {
  try {
    return JSON.parse(readFileSync(sharedPath(path), "utf8"));
  } catch {
    return undefined;
  }
};

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
const botocore = readJson(`${folder}/botocore-eventstream.json`) as
  | { positive: BotocoreCase[]; negative: BotocoreCase[] }
  | undefined;
const protocolCases =
  (
    readJson(`${folder}/smithy-restJson1-event-stream.json`) as
      | { cases: { id: string; events?: { bytes?: string }[] }[] }
      | undefined
  )?.cases ?? [];
const protocolFrames = protocolCases.flatMap(({ id, events }) =>
  (events ?? []).flatMap(({ bytes }, index) =>
    bytes === undefined ? [] : [[`${id} ${index}`, bytes] as const],
  ),
);

describeWithShared("fixtures of others", () => {
  it("are all there", () => {
    expect(
      list(`${folder}/smithy-typescript/encoded/positive`).length +
        list(`${folder}/smithy-typescript/encoded/negative`).length,
    ).toBe(9);
    expect((botocore?.positive.length ?? 0) + (botocore?.negative.length ?? 0)).toBe(16);
    expect(protocolFrames.length).toBe(92);
  });

  it.each(list(`${folder}/smithy-typescript/encoded/positive`))(
    "smithy-typescript %s decodes and encodes to the same bytes",
    (name) => {
      const bytes = readFileSync(
        sharedPath(`${folder}/smithy-typescript/encoded/positive/${name}`),
      );
      const wanted = readJson(`${folder}/smithy-typescript/decoded/positive/${name}`) as {
        headers: { name: string }[];
        payload: string;
      };
      const decoded = decodeFrame(bytes);
      if (!decoded.ok) throw new Error(decoded.error.message);
      expect([...decoded.frame.headers.keys()]).toEqual(
        wanted.headers.map((header) => header.name),
      );
      expect(decoded.frame.payload.toString("base64")).toBe(wanted.payload);
      expect(encodeFrame(decoded.frame.headers, decoded.frame.payload).bytes.equals(bytes)).toBe(
        true,
      );
    },
  );

  it.each(list(`${folder}/smithy-typescript/encoded/negative`))(
    "smithy-typescript %s is refused",
    (name) => {
      expect(
        decodeFrame(
          readFileSync(sharedPath(`${folder}/smithy-typescript/encoded/negative/${name}`)),
        ).ok,
      ).toBe(false);
    },
  );

  it.each(botocore?.positive ?? [])(
    "botocore $name",
    ({ encodedBase64 = "", payloadBase64 = "", headers = {} }) => {
      const bytes = Buffer.from(encodedBase64, "base64");
      const decoded = decodeFrame(bytes);
      if (!decoded.ok) throw new Error(decoded.error.message);
      expect(decoded.frame.payload.toString("base64")).toBe(payloadBase64);
      expect([...decoded.frame.headers.keys()]).toEqual(Object.keys(headers));
      expect(encodeFrame(decoded.frame.headers, decoded.frame.payload).bytes.equals(bytes)).toBe(
        true,
      );
    },
  );

  it.each(botocore?.negative ?? [])("botocore $name is refused", (vector) => {
    expect(decodeFrame(bytesOf(vector)).ok).toBe(false);
  });

  it.each(protocolFrames)("smithy restJson1 %s", (_name, base64) => {
    const bytes = Buffer.from(base64, "base64");
    const decoded = decodeFrame(bytes);
    if (!decoded.ok) throw new Error(decoded.error.message);
    expect(encodeFrame(decoded.frame.headers, decoded.frame.payload).bytes.equals(bytes)).toBe(
      true,
    );
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
