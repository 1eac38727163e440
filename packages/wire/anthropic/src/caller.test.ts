import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { checkCaller } from "./caller.ts";

const KEY = "a-key-that-was-issued-00000000001";
const OTHER = "another-key-that-was-issued-00002";
const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const ISSUED = new Map([
  [sha256(KEY), "one"],
  [sha256(OTHER), "two"],
]);
const keys = { signingSecret: () => "secret", issuedKey: (digest: string) => ISSUED.get(digest) };

function check(...rawHeaders: readonly string[]) {
  return checkCaller(
    { method: "POST", target: "/v1/messages", rawHeaders },
    { now: new Date(), keys },
  );
}

describe("a caller is known", () => {
  it.each<[string, readonly string[]]>([
    ["by x-api-key", ["x-api-key", KEY]],
    ["by X-Api-Key", ["X-Api-Key", ` ${KEY} `]],
    ["by a bearer", ["authorization", `Bearer ${KEY}`]],
    ["by a bearer in small letters", ["Authorization", `bearer  ${KEY}`]],
    ["by one key in both", ["x-api-key", KEY, "authorization", `Bearer ${KEY}`]],
    ["by one key twice", ["x-api-key", KEY, "x-api-key", KEY]],
  ])("%s", (_name, rawHeaders) => {
    expect(check(...rawHeaders)).toMatchObject({
      ok: true,
      proof: { keyId: "one", assurance: "key", isProved: true },
    });
  });

  it("and vouches for all of its request, over the bytes received", () => {
    const checked = check("x-api-key", KEY);
    const verified = checked.ok ? checked.proof.verify(Buffer.from("body")) : undefined;
    expect(verified).toMatchObject({ ok: true, payloadHash: sha256("body") });
    expect(verified?.ok === true && verified.covers("x-writ-subject")).toBe(true);
  });
});

describe("nobody is known", () => {
  it.each<[string, readonly string[], RegExp]>([
    ["without a key", [], /no key is given/],
    ["by an empty key", ["x-api-key", ""], /invalid/],
    ["by a key that was not issued", ["x-api-key", `${KEY}x`], /invalid/],
    ["by the digest of a key", ["x-api-key", sha256(KEY)], /invalid/],
    ["by the id of a key", ["x-api-key", "one"], /invalid/],
    ["by two keys", ["x-api-key", KEY, "authorization", `Bearer ${OTHER}`], /invalid/],
    ["by two keys of one header", ["x-api-key", KEY, "x-api-key", OTHER], /invalid/],
    ["by a key beside a password", ["x-api-key", KEY, "authorization", "Basic YTpi"], /invalid/],
    ["by a key beside an empty one", ["x-api-key", KEY, "x-api-key", ""], /invalid/],
    ["by a password", ["authorization", `Basic ${KEY}`], /invalid/],
    ["by two bearers in one", ["authorization", `Bearer ${KEY} ${KEY}`], /invalid/],
    ["by a key without a word", ["authorization", KEY], /invalid/],
    ["by a key without end", ["x-api-key", "x".repeat(2_000)], /invalid/],
  ])("%s", (_name, rawHeaders, message) => {
    expect(check(...rawHeaders)).toMatchObject({
      ok: false,
      refusal: { code: "unauthenticated", message: expect.stringMatching(message) },
    });
  });
});
