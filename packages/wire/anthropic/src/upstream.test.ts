import { createHash } from "node:crypto";
import { emptyContent, type ReadRequest, readJson } from "@writ/surface";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { operations } from "./operations.ts";
import { anthropicHost, bedrockHost, readCredentials } from "./upstream.ts";

const MODELS = { "claude-a": "us.anthropic.claude-a-v1:0" };
const OPTIONS = {
  region: "us-east-1",
  models: MODELS,
  upstream: { url: "https://bedrock-runtime.us-east-1.amazonaws.com" },
  credentials: () =>
    '{"accessKeyId":"AKIDEXAMPLE0000000000","secretAccessKey":"s","sessionToken":"t"}',
};
const host = bedrockHost(OPTIONS);

function requestOf(headers: Readonly<Record<string, string>> = {}, stream = false): ReadRequest {
  const model = { id: "claude-a", provider: "anthropic", family: "claude" };
  return { model, stream, content: emptyContent(), headers };
}

const translate = (body: string, headers = {}): string =>
  host.body(requestOf(headers), Buffer.from(body, "utf8")).toString("utf8");

const ADDED = '"anthropic_version":"bedrock-2023-05-31"';

describe("a body for Bedrock", () => {
  it.each<[string, string, object, string]>([
    ["has no model", '{"model":"claude-a","max_tokens":1}', {}, `{"max_tokens":1,${ADDED}}`],
    [
      "has no model, wherever it is",
      '{"max_tokens":1,"model":"claude-a"}',
      {},
      `{"max_tokens":1,${ADDED}}`,
    ],
    ["has no stream", '{"stream":true,"max_tokens":1}', {}, `{"max_tokens":1,${ADDED}}`],
    [
      "keeps numbers as they are spelt",
      '{"temperature": 1.0, "x":1e2}',
      {},
      `{"temperature": 1.0,"x":1e2,${ADDED}}`,
    ],
    [
      "keeps texts as they are spelt",
      '{ "system" : "h\\u00e9\\/" }',
      {},
      `{"system" : "h\\u00e9\\/",${ADDED}}`,
    ],
    [
      "keeps what is deeper",
      '{"metadata":{"model":"m","stream":1}}',
      {},
      `{"metadata":{"model":"m","stream":1},${ADDED}}`,
    ],
    ["has nothing but the version", '{"model":"claude-a"}', {}, `{${ADDED}}`],
    [
      "has betas",
      '{"a":1}',
      { "anthropic-beta": "b-1, c-2" },
      `{"a":1,${ADDED},"anthropic_beta":["b-1","c-2"]}`,
    ],
    ["has its own version once", '{"anthropic_version":"x","a":1}', {}, `{"a":1,${ADDED}}`],
    [
      "keeps betas of its own where no header has any",
      '{"anthropic_beta":["z"]}',
      {},
      `{"anthropic_beta":["z"],${ADDED}}`,
    ],
    [
      "knows a member however its name is spelt",
      '{"mod\\u0065l":"claude-a","a":1}',
      {},
      `{"a":1,${ADDED}}`,
    ],
  ])("%s", (_name, body, headers, expected) => {
    expect(translate(body, headers)).toBe(expected);
  });

  const space = fc.constantFrom("", " ", "\n  ", "\t");
  const value = fc.oneof(
    fc.constantFrom(
      "1.0",
      "1E+2",
      "-0",
      "null",
      '"\\u0041\\n"',
      '"é😀"',
      "[ 1 ,2]",
      '{ "model" : 1 }',
    ),
    fc.json(),
  );
  const names = fc.uniqueArray(
    fc.oneof(fc.constantFrom("model", "stream", "messages", "system", "é"), fc.string()),
    { maxLength: 8 },
  );
  it("has every other member to the byte, in its order", () => {
    fc.assert(
      fc.property(
        names,
        fc.array(value, { minLength: 8, maxLength: 8 }),
        space,
        (all, values, gap) => {
          const members = all.map((name, index) => ({
            name,
            text: `${JSON.stringify(name)}${gap}:${gap}${values[index]}`,
          }));
          const body = `{${gap}${members.map(({ text }) => text).join(`${gap},${gap}`)}${gap}}`;
          // What cannot be read in one way (a key twice within a value) is refused before.
          fc.pre(readJson(Buffer.from(body)).ok);
          const dropped = new Set(["model", "stream", "anthropic_version"]);
          const kept = members.filter(({ name }) => !dropped.has(name)).map(({ text }) => text);
          expect(translate(body)).toBe(`{${[...kept, ADDED].join(",")}}`);
        },
      ),
    );
  });
});

describe("a request of Bedrock", () => {
  const operation = operations.find(({ name }) => name === "CreateMessage");
  if (operation === undefined) throw new Error("there is no such operation");
  const body = Buffer.from("{}");
  const payloadHash = createHash("sha256").update(body).digest("hex");
  const call = { target: { operation }, rawTarget: "/v1/messages?beta=true", body, payloadHash };

  it.each([
    [false, "invoke"],
    [true, "invoke-with-response-stream"],
  ])("that streams (%s) is %s of the model", async (stream, suffix) => {
    const request = requestOf({ "anthropic-version": "2023-06-01", "anthropic-beta": "b" }, stream);
    const made = await host.request({ ...call, request, now: new Date() });
    expect(made).toMatchObject({
      origin: OPTIONS.upstream.url,
      method: "POST",
      path: `/model/us.anthropic.claude-a-v1%3A0/${suffix}`,
      headers: {
        "x-amz-content-sha256": payloadHash,
        "x-amz-security-token": "t",
        authorization: expect.stringContaining("AKIDEXAMPLE0000000000"),
      },
    });
    expect(Object.keys(made.headers).filter((name) => name.startsWith("anthropic"))).toEqual([]);
  });

  it("of Anthropic goes on under the gateway's key, below the path that is configured", async () => {
    const own = anthropicHost({
      ...OPTIONS,
      upstream: { url: "https://proxy.example/anthropic/" },
      credentials: () => '{"apiKey":"k"}',
    });
    const request = requestOf({ "anthropic-version": "2023-06-01" });
    expect(await own.request({ ...call, request, now: new Date() })).toEqual({
      origin: "https://proxy.example",
      method: "POST",
      path: "/anthropic/v1/messages?beta=true",
      headers: {
        "anthropic-version": "2023-06-01",
        "x-api-key": "k",
        accept: "application/json",
        "content-type": "application/json",
      },
      body,
    });
    expect(own.body(request, body)).toBe(body);
  });
});

it.each<[string, string | undefined, number | undefined]>([
  ["CreateMessage", "claude-a", undefined],
  ["CreateMessage", "claude-b", 404],
  ["CreateMessage", "toString", 404],
  ["CreateMessage", "__proto__", 404],
  ["CreateMessage", undefined, 404],
])("%s of %s at Bedrock", (name, model, status) => {
  expect(host.refuse(name, model)?.status).toBe(status);
});

it.each(["CountTokens", "ListModels", "GetModel"])("%s is not what Bedrock does", (name) => {
  expect(host.refuse(name, "claude-a")?.code).toBe("not_enabled");
});

describe("a credentials file", () => {
  it.each([
    ['{"apiKey":"k"}', true, false],
    ['{"accessKeyId":"a","secretAccessKey":"b"}', true, false],
    ['{"apiKey":"REPLACE_ME"}', true, true],
  ])("%s can be used", (text, ok, isPlaceholder) => {
    expect(readCredentials(text, "f")).toMatchObject({ ok, isPlaceholder });
  });

  it.each([
    "",
    "null",
    "[]",
    '"k"',
    "{}",
    '{"apiKey":""}',
    '{"apiKey":" k"}',
    '{"apiKey":1}',
    '{"accessKeyId":"a"}',
  ])("%s cannot", (text) => {
    const read = readCredentials(text, "f");
    expect(read.ok).toBe(false);
    expect(read.ok ? [] : read.problems).toMatchObject([expect.stringMatching(/^f /)]);
  });
});
