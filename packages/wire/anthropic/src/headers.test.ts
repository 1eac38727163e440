import { describe, expect, it } from "vitest";
import { passedHeaders, readHeaders } from "./headers.ts";

const V = ["anthropic-version", "2023-06-01"];

describe("headers of a request", () => {
  it.each<[string, readonly string[], object]>([
    ["the version", V, { "anthropic-version": "2023-06-01" }],
    [
      "whatever its case",
      ["Anthropic-Version", " 2026-10-21 "],
      { "anthropic-version": "2026-10-21" },
    ],
    ["betas", [...V, "anthropic-beta", "a-1,b-2"], { "anthropic-beta": "a-1,b-2" }],
    [
      "betas in two",
      [...V, "anthropic-beta", "a-1", "anthropic-beta", "b-2"],
      { "anthropic-beta": "a-1,b-2" },
    ],
    ["no coding", [...V, "content-encoding", "identity"], { "anthropic-version": "2023-06-01" }],
  ])("go on: %s", (_name, rawHeaders, headers) => {
    expect(readHeaders(rawHeaders)).toMatchObject({ ok: true, headers });
  });

  it("and nothing else does", () => {
    const more = ["x-api-key", "k", "cookie", "c", "x-note", "n", "user-agent", "u", "accept", "a"];
    expect(readHeaders([...V, ...more])).toEqual({
      ok: true,
      headers: { "anthropic-version": "2023-06-01" },
    });
  });

  it.each<[string, readonly string[], RegExp]>([
    ["no version", [], /header is required/],
    ["two versions", [...V, ...V], /given twice/],
    ["no version of any kind", ["anthropic-version", "latest"], /is no version/],
    ["an empty version", ["anthropic-version", ""], /is no version/],
    ["a beta with a space", [...V, "anthropic-beta", "a b"], /no list/],
    ["a beta in capitals", [...V, "anthropic-beta", "AKIAQ3EGRJ7XV5ZT2MNB"], /no list/],
    ["an empty beta", [...V, "anthropic-beta", ""], /no list/],
    ["too many betas", [...V, "anthropic-beta", Array(33).fill("a").join(",")], /no list/],
    ["a coding", [...V, "content-encoding", "gzip"], /encoded body/],
    [
      "a second coding",
      [...V, "content-encoding", "identity", "Content-Encoding", "br"],
      /encoded body/,
    ],
  ])("are refused: %s", (_name, rawHeaders, message) => {
    expect(readHeaders(rawHeaders)).toMatchObject({
      ok: false,
      refusal: { code: "invalid_request", message: expect.stringMatching(message) },
    });
  });
});

describe("headers of an answer", () => {
  it.each<[string, string | string[], boolean]>([
    ["anthropic-ratelimit-requests-limit", "50", true],
    ["anthropic-ratelimit-input-tokens-remaining", "0", true],
    ["anthropic-ratelimit-output-tokens-reset", "2026-12-01T00:00:00Z", true],
    ["anthropic-ratelimit-tokens-reset", "soon", false],
    ["anthropic-ratelimit-tokens-limit", "AKIAQ3EGRJ7XV5ZT2MNB", false],
    ["anthropic-ratelimit-tokens-limit", ["1", "2"], false],
    ["anthropic-ratelimit-words-limit", "1", false],
    ["anthropic-organization-id", "o", false],
    ["set-cookie", "a=b", false],
  ])("%s: %j", (name, value, isPassed) => {
    expect(passedHeaders({ [name]: value })).toEqual(isPassed ? { [name]: value } : {});
  });
});
