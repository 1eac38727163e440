import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { describeWithShared, sharedPath } from "../../../../test/shared-data.ts";
import { canonicalRequest, stringToSign } from "./canonical.ts";
import { signature, signingKey } from "./keys.ts";
import { createSigner } from "./sign.ts";
import { type SignedRequest, type VerifyOptions, verifySignature } from "./verify.ts";

interface Vector {
  readonly method: string;
  readonly target: string;
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
}

/** The text of a request as the vectors have it: lines, folded headers, a body after an empty line. */
function parseRequest(text: string): Vector {
  const [head = "", ...rest] = text.replaceAll("\r\n", "\n").split("\n\n");
  const [first = "", ...lines] = head.split("\n");
  const [, method = "", target = ""] = /^(\S+) (.*) HTTP\/1\.1$/.exec(first) ?? [];
  const rawHeaders: string[] = [];
  for (const line of lines) {
    if (/^\s/.test(line) && rawHeaders.length > 0)
      rawHeaders.push(`${rawHeaders.pop() as string} ${line.trim()}`);
    else if (line !== "")
      rawHeaders.push(line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1));
  }
  return { method, target, rawHeaders, body: Buffer.from(rest.join("\n\n"), "utf8") };
}

const suite = "vectors/sigv4/aws-c-auth";

describeWithShared("the AWS signing test suite", () => {
  it("is signed as it says, case by case", () => {
    const cases = readdirSync(sharedPath(suite)).sort();
    expect(cases.length).toBe(38);
    for (const name of cases) checkCase(name);
  });

  function checkCase(name: string): void {
    const read = (file: string): string =>
      readFileSync(sharedPath(`${suite}/${name}/${file}`), "utf8");
    const context = JSON.parse(read("context.json")) as {
      readonly credentials: { readonly secret_access_key: string };
      readonly region: string;
      readonly service: string;
      readonly normalize: boolean;
    };
    const { method, target, rawHeaders, body } = parseRequest(read("header-signed-request.txt"));
    const authorization = rawHeaders[rawHeaders.indexOf("Authorization") + 1] ?? "";
    const signedHeaders = (/SignedHeaders=([^,]+)/.exec(authorization)?.[1] ?? "").split(";");
    const canonical = canonicalRequest({
      method,
      target: Buffer.from(target, "utf8").toString("latin1"),
      rawHeaders,
      signedHeaders,
      payloadHash: createHash("sha256").update(body).digest("hex"),
      normalize: context.normalize,
    });
    expect(canonical, name).toBe(read("header-canonical-request.txt").trimEnd());
    const amzDate = "20150830T123600Z";
    const scope = { date: "20150830", region: context.region, service: context.service };
    const text = stringToSign(
      amzDate,
      `20150830/${context.region}/${context.service}/aws4_request`,
      canonical,
    );
    expect(text, name).toBe(read("header-string-to-sign.txt").trimEnd());
    const key = signingKey(context.credentials.secret_access_key, scope);
    expect(signature(key, text).toString("hex"), name).toBe(read("header-signature.txt").trim());
  }

  it.each(["double-encode-path", "double-url-encode"])("%s (canonical path)", (name) => {
    const folder = sharedPath(`vectors/sigv4/smithy-rs-extra/${name}`);
    const request = parseRequest(readFileSync(`${folder}/request.txt`, "utf8"));
    const wanted = readFileSync(`${folder}/header-canonical-request.txt`, "utf8").split("\n")[1];
    const canonical = canonicalRequest({ ...request, signedHeaders: ["host"], payloadHash: "" });
    expect(canonical.split("\n")[1]).toBe(wanted);
  });
});

const credentials = { accessKeyId: "AKIDEXAMPLEEXAMPLE00", secretAccessKey: "s".repeat(40) };
const now = new Date("2026-11-20T09:30:00Z");
const options: VerifyOptions = {
  now,
  region: "us-east-1",
  services: ["bedrock"],
  lookup: (id) => (id === credentials.accessKeyId ? credentials : undefined),
};
const path = "/model/anthropic.claude-3-haiku-20240307-v1%3A0/converse";
const body = Buffer.from('{"messages":[]}');

async function signed(
  more: {
    at?: Date;
    headers?: Record<string, string>;
    service?: string;
    region?: string;
    secret?: string;
  } = {},
): Promise<SignedRequest> {
  const {
    at = now,
    headers = {},
    service = "bedrock",
    region = "us-east-1",
    secret = credentials.secretAccessKey,
  } = more;
  const signer = createSigner({
    credentials: { ...credentials, secretAccessKey: secret },
    region,
    service,
  });
  const all = await signer.sign({
    method: "POST",
    path,
    headers: { "content-type": "application/json", ...headers },
    body,
    host: "gateway.example:8443",
    now: at,
  });
  return { method: "POST", target: path, rawHeaders: Object.entries(all).flat(), body };
}

function change(
  request: SignedRequest,
  name: string,
  to: (value: string) => string,
): SignedRequest {
  const rawHeaders = request.rawHeaders.map((value, index) =>
    index % 2 === 1 && request.rawHeaders[index - 1]?.toLowerCase() === name ? to(value) : value,
  );
  return { ...request, rawHeaders };
}

describe("createSigner", () => {
  it("signs the same with a hash of the body that is known", async () => {
    const signer = createSigner({ credentials, region: "us-east-1", service: "bedrock" });
    const unsigned = { method: "POST", path, headers: {}, body, host: "a", now };
    const payloadHash = createHash("sha256").update(body).digest("hex");
    expect(await signer.sign({ ...unsigned, payloadHash })).toEqual(await signer.sign(unsigned));
  });

  it.each([
    "?type=SYSTEM_DEFINED",
    "?type=SYSTEM_DEFINED&maxResults=10",
    "?b=2&a=1&b=1",
    "?nextToken=a%2Fb%3D%3D%25",
    "?flag",
    "?flag=",
    "?a=b=c",
    "?",
  ])("signs the query %s for what it is", async (query) => {
    const signer = createSigner({ credentials, region: "us-east-1", service: "bedrock" });
    const target = `/inference-profiles${query}`;
    const unsigned = { method: "GET", path: target, headers: {}, body: Buffer.alloc(0) };
    const all = await signer.sign({ ...unsigned, host: "gateway.example:8443", now });
    const rawHeaders = Object.entries(all).flat();
    const request = { method: "GET", target, rawHeaders, body: Buffer.alloc(0) };
    expect(verifySignature(request, options)).toMatchObject({ ok: true });
    const other = { ...request, target: "/inference-profiles?type=APPLICATION" };
    expect(verifySignature(other, options)).toMatchObject({ ok: false });
  });
});

describe("verifySignature", () => {
  it("accepts what our signer signs", async () => {
    const result = verifySignature(await signed({ headers: { "x-writ-groups": "a, b" } }), options);
    expect(result).toMatchObject({
      ok: true,
      accessKeyId: credentials.accessKeyId,
      service: "bedrock",
    });
    expect(result.ok && result.signedHeaders.has("x-writ-groups")).toBe(true);
  });

  it("does not count a header added after signing among the signed", async () => {
    const request = await signed();
    const result = verifySignature(
      { ...request, rawHeaders: [...request.rawHeaders, "x-writ-groups", "admins"] },
      options,
    );
    expect(result.ok && result.signedHeaders.has("x-writ-groups")).toBe(false);
  });

  it("takes :authority for host, as HTTP/2 clients sign it", async () => {
    const request = await signed();
    const text = change(request, "host", (value) => value);
    // The signature is over `host`; under another name it is another request.
    const renamed = {
      ...text,
      rawHeaders: text.rawHeaders.map((value, index) =>
        index % 2 === 0 && value === "host" ? ":authority" : value,
      ),
    };
    expect(verifySignature(renamed, options)).toMatchObject({
      ok: false,
      refusal: { code: "InvalidSignatureException" },
    });
  });

  const attacks: readonly (readonly [string, () => Promise<SignedRequest>, string])[] = [
    [
      "no signature",
      async () => ({ ...(await signed()), rawHeaders: ["host", "x"] }),
      "MissingAuthenticationTokenException",
    ],
    [
      "a swapped body under the old hash",
      async () => ({ ...(await signed()), body: Buffer.from('{"messages":[1]}') }),
      "InvalidSignatureException",
    ],
    [
      "another path",
      async () => ({ ...(await signed()), target: path.replace("haiku", "opus") }),
      "InvalidSignatureException",
    ],
    [
      "another method",
      async () => ({ ...(await signed()), method: "PUT" }),
      "InvalidSignatureException",
    ],
    ["a wrong secret", () => signed({ secret: "t".repeat(40) }), "InvalidSignatureException"],
    [
      "an unknown key",
      async () =>
        change(await signed(), "authorization", (value) =>
          value.replace("AKIDEXAMPLEEXAMPLE00", "AKIDEXAMPLEEXAMPLE01"),
        ),
      "UnrecognizedClientException",
    ],
    [
      "a signature of six minutes ago",
      () => signed({ at: new Date(now.getTime() - 360_000) }),
      "InvalidSignatureException",
    ],
    [
      "a signature of six minutes ahead",
      () => signed({ at: new Date(now.getTime() + 360_000) }),
      "InvalidSignatureException",
    ],
    ["another region", () => signed({ region: "eu-west-1" }), "InvalidSignatureException"],
    ["another service", () => signed({ service: "s3" }), "InvalidSignatureException"],
    [
      "a scope of another day",
      async () =>
        change(await signed(), "authorization", (value) =>
          value.replace("/20261120/", "/20261119/"),
        ),
      "InvalidSignatureException",
    ],
    [
      "a signature cut short",
      async () => change(await signed(), "authorization", (value) => value.slice(0, -1)),
      "InvalidSignatureException",
    ],
    [
      "two authorization headers",
      async () => {
        const request = await signed();
        return { ...request, rawHeaders: [...request.rawHeaders, "authorization", "x"] };
      },
      "IncompleteSignatureException",
    ],
    [
      "two dates",
      async () => {
        const request = await signed();
        return {
          ...request,
          rawHeaders: [...request.rawHeaders, "X-Amz-Date", "20261120T093000Z"],
        };
      },
      "IncompleteSignatureException",
    ],
    [
      "an unsigned guardrail header",
      async () => {
        const request = await signed();
        return {
          ...request,
          rawHeaders: [...request.rawHeaders, "X-Amzn-Bedrock-GuardrailIdentifier", "none"],
        };
      },
      "InvalidSignatureException",
    ],
    [
      "an unsigned payload",
      () => signed({ headers: { "x-amz-content-sha256": "UNSIGNED-PAYLOAD" } }),
      "InvalidSignatureException",
    ],
    [
      "a bearer key",
      async () => change(await signed(), "authorization", () => "Bearer ABSKabc"),
      "UnrecognizedClientException",
    ],
    [
      "a credential of four parts",
      async () =>
        change(await signed(), "authorization", (value) => value.replace("/aws4_request", "")),
      "IncompleteSignatureException",
    ],
    [
      "no signed host",
      async () => change(await signed(), "authorization", (value) => value.replace(";host", "")),
      "InvalidSignatureException",
    ],
    [
      "nonsense",
      async () => change(await signed(), "authorization", () => "AWS4-HMAC-SHA256 ,,,"),
      "IncompleteSignatureException",
    ],
  ];
  it.each(attacks)("refuses %s", async (_name, make, code) => {
    expect(verifySignature(await make(), options)).toMatchObject({
      ok: false,
      refusal: { status: 403, code },
    });
  });

  it("says nothing of the canonical request or the secret", async () => {
    const result = verifySignature(await signed({ secret: "t".repeat(40) }), options);
    expect(JSON.stringify(result)).not.toContain("haiku");
  });
});
