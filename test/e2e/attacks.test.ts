// What a hostile or broken client does to a running gateway: each attempt gets a clear native error, leaves
// one record where one is due, and gets nothing past the policy.

import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { type IncomingHttpHeaders, request } from "node:http";
import { connect as connectHttp2 } from "node:http2";
import { request as requestTls } from "node:https";
import { connect } from "node:net";
import { join } from "node:path";
import { buffer, json } from "node:stream/consumers";
import { createSigner } from "@writ/sigv4";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { logOf, type RunningGateway, runGateway, runWrit } from "./running-gateway.ts";

let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await runGateway();
});
afterAll(async () => {
  await gateway.stop();
  gateway.remove();
});

const MODEL = "anthropic.claude-3-haiku-20240307-v1:0";
const CONVERSE = `/model/${encodeURIComponent(MODEL)}/converse`;
const hello = JSON.stringify({ messages: [{ role: "user", content: [{ text: "hello" }] }] });

interface Attempt {
  readonly path?: string;
  readonly method?: string;
  /** What is sent; `signedBody` is what is signed, when another. */
  readonly body?: string | Buffer;
  readonly signedBody?: string;
  readonly headers?: Record<string, string>;
  readonly unsigned?: Record<string, string>;
  readonly at?: Date;
  readonly secret?: string;
  readonly region?: string;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: {
    readonly message?: string;
    readonly decisionId?: string;
    readonly [key: string]: unknown;
  };
}

async function sign(attempt: Attempt): Promise<Record<string, string>> {
  const { facts } = gateway;
  const {
    path = CONVERSE,
    method = "POST",
    body = hello,
    signedBody,
    headers = {},
    at = new Date(),
    secret,
    region,
  } = attempt;
  const credentials = {
    accessKeyId: facts.accessKeyId,
    secretAccessKey: secret ?? facts.secretAccessKey,
  };
  const signer = createSigner({ credentials, region: region ?? facts.region, service: "bedrock" });
  return signer.sign({
    method,
    path,
    headers: { "content-type": "application/json", ...headers },
    body: Buffer.from(signedBody ?? body),
    host: new URL(facts.endpoint).host,
    now: at,
  });
}

async function send(attempt: Attempt): Promise<Answer> {
  const headers = { ...(await sign(attempt)), ...attempt.unsigned };
  const { hostname, port } = new URL(gateway.facts.endpoint);
  const outgoing = request({
    hostname,
    port,
    method: attempt.method ?? "POST",
    path: attempt.path ?? CONVERSE,
    headers,
  });
  outgoing.end(attempt.body ?? hello);
  const [incoming] = (await once(outgoing, "response")) as [import("node:http").IncomingMessage];
  return {
    status: incoming.statusCode ?? 0,
    headers: incoming.headers,
    body: (await json(incoming)) as Answer["body"],
  };
}

function text(content: unknown): string {
  return JSON.stringify({ messages: [{ role: "user", content }] });
}

const deep = `{"messages":[{"role":"user","content":[{"text":"x"}]}],"a":${"[".repeat(100)}${"]".repeat(100)}}`;

const attempts: readonly (readonly [
  name: string,
  attempt: Attempt,
  status: number,
  type: string,
  says: RegExp,
])[] = [
  [
    "a wrong secret",
    { secret: "x".repeat(40) },
    403,
    "InvalidSignatureException",
    /does not match/,
  ],
  [
    "an altered body",
    { body: text([{ text: "other" }]), signedBody: hello },
    403,
    "InvalidSignatureException",
    /does not match/,
  ],
  [
    "a signature of ten minutes ago",
    { at: new Date(Date.now() - 600_000) },
    403,
    "InvalidSignatureException",
    /Signature expired/,
  ],
  [
    "a signature of ten minutes ahead",
    { at: new Date(Date.now() + 600_000) },
    403,
    "InvalidSignatureException",
    /not yet current/,
  ],
  ["another region", { region: "eu-west-1" }, 403, "InvalidSignatureException", /scoped/],
  [
    "an unsigned identity header",
    { unsigned: { "x-writ-groups": "clinicians" } },
    403,
    "AccessDeniedException",
    /not covered by the request's signature/,
  ],
  [
    "an empty signed identity header",
    { headers: { "x-writ-groups": "" } },
    403,
    "AccessDeniedException",
    /malformed/,
  ],
  ["a body that is not JSON", { body: "{nope" }, 400, "ValidationException", /not JSON/],
  [
    "a body that is not UTF-8",
    { body: Buffer.from([0x7b, 0xff, 0x7d]), signedBody: hello },
    403,
    "InvalidSignatureException",
    /./,
  ],
  ["a body that is a list", { body: "[]" }, 400, "ValidationException", /not a JSON object/],
  ["a body without messages", { body: "{}" }, 400, "ValidationException", /`messages`/],
  ["a body nested too deep", { body: deep }, 400, "ValidationException", /nested/],
  [
    "a path with dot segments",
    { path: "/model/x/../anthropic.claude-3-haiku-20240307-v1%3A0/converse" },
    400,
    "ValidationException",
    /dot segments/,
  ],
  [
    "a path with encoded dot segments",
    { path: "/model/x/%2e%2e/y/converse" },
    400,
    "ValidationException",
    /dot segments/,
  ],
  [
    "a path with an empty segment",
    { path: "/model//converse" },
    400,
    "ValidationException",
    /empty segment/,
  ],
  [
    "a path it does not know",
    { path: "/something/else" },
    404,
    "UnknownOperationException",
    /no such operation/,
  ],
  [
    "CountTokens",
    { path: `/model/${encodeURIComponent(MODEL)}/count-tokens` },
    403,
    "AccessDeniedException",
    /CountTokens is not enabled/,
  ],
  [
    "the OpenAI path",
    { path: "/openai/v1/chat/completions" },
    403,
    "AccessDeniedException",
    /OpenAI Chat Completions API is not enabled/,
  ],
  [
    "InvokeAgent",
    { path: "/agents/a/agentAliases/b/sessions/c/text" },
    403,
    "AccessDeniedException",
    /InvokeAgent is not enabled/,
  ],
  [
    "a model family it does not know",
    { path: "/model/acme.model-1/invoke", body: "{}" },
    400,
    "ValidationException",
    /not inspected for acme.model-1/,
  ],
  [
    "an opaque model ARN",
    {
      path: `/model/${encodeURIComponent("arn:aws:bedrock:us-east-1:000000000000:application-inference-profile/abc")}/converse`,
    },
    400,
    "ValidationException",
    /no family/,
  ],
  [
    "a family that InvokeModel is not read of",
    { path: "/model/mistral.mistral-large-2407-v1%3A0/invoke", body: '{"prompt":"x"}' },
    400,
    "ValidationException",
    /not inspected/,
  ],
  [
    "an image",
    {
      body: text([
        { image: { format: "png", source: { bytes: "iVBORw0KGgo=" } } },
        { text: "what is this" },
      ]),
    },
    403,
    "AccessDeniedException",
    /cannot be inspected/,
  ],
  [
    "a secret in a tool result",
    {
      body: text([
        { toolResult: { toolUseId: "t", content: [{ json: { key: "AKIAQ3EGRJ7XV5ZT2MNB" } }] } },
      ]),
    },
    403,
    "AccessDeniedException",
    /secret/,
  ],
  [
    "a secret as a key of free JSON",
    {
      body: text([
        { toolResult: { toolUseId: "t", content: [{ json: { AKIAQ3EGRJ7XV5ZT2MNB: 1 } }] } },
      ]),
    },
    403,
    "AccessDeniedException",
    /secret/,
  ],
  [
    "a secret where nothing is expected",
    {
      body: JSON.stringify({
        ...JSON.parse(hello),
        somethingNew: { deeper: ["AKIAQ3EGRJ7XV5ZT2MNB"] },
      }),
    },
    403,
    "AccessDeniedException",
    /secret/,
  ],
  [
    "a secret hidden by a duplicate key",
    {
      body: `{"messages":[{"role":"user","content":[{"text":"AKIAQ3EGRJ7XV5ZT2MNB"}]}],"messages":[{"role":"user","content":[{"text":"AKIAQ3EGRJ7XV5ZT2MNB"}]}]}`,
    },
    400,
    "ValidationException",
    /a key occurs twice/,
  ],
  [
    "an SSN as a key, which cannot be masked",
    { body: text([{ toolResult: { toolUseId: "t", content: [{ json: { "536-90-4399": 1 } }] } }]) },
    403,
    "AccessDeniedException",
    /cannot be rewritten/,
  ],
  [
    "more tokens than the policy allows",
    { body: JSON.stringify({ ...JSON.parse(hello), inferenceConfig: { maxTokens: 100_000 } }) },
    403,
    "AccessDeniedException",
    /4096/,
  ],
  ...["1e5", "1E5", "100000.0", "9e9"].map((limit): (typeof attempts)[number] => [
    `a token limit spelled ${limit}`,
    {
      body: `{"messages":[{"role":"user","content":[{"text":"hi"}]}],"inferenceConfig":{"maxTokens":${limit}}}`,
    },
    403,
    "AccessDeniedException",
    /4096/,
  ]),
  ...["4097.5", '"100000"', "-1", "99999999999999999999"].map(
    (limit): (typeof attempts)[number] => [
      `a token limit that is none: ${limit}`,
      {
        body: `{"messages":[{"role":"user","content":[{"text":"hi"}]}],"inferenceConfig":{"maxTokens":${limit}}}`,
      },
      400,
      "ValidationException",
      /not a whole number/,
    ],
  ),
  [
    "a token limit under another name",
    {
      body: JSON.stringify({
        ...JSON.parse(hello),
        additionalModelRequestFields: { max_tokens: 100_000 },
      }),
    },
    403,
    "AccessDeniedException",
    /4096/,
  ],
  [
    "a secret key under its name in JSON",
    {
      body: text([
        {
          toolResult: {
            toolUseId: "t",
            content: [{ json: { SecretAccessKey: "vZ8kQ2mN4pR7tX1cB9sD3fG6hJ0lW5yE8uA2iO4q" } }],
          },
        },
      ]),
    },
    403,
    "AccessDeniedException",
    /secret/,
  ],
  [
    "health data under its name in JSON",
    { body: text([{ toolResult: { toolUseId: "t", content: [{ json: { mrn: "12345678" } }] } }]) },
    403,
    "AccessDeniedException",
    /health/i,
  ],
  [
    "a secret split over text blocks",
    { body: text([{ text: "key AKIAQ3EGRJ" }, { text: "7XV5ZT2MNB" }]) },
    403,
    "AccessDeniedException",
    /secret/,
  ],
  [
    "a secret in a text document in UTF-16",
    {
      body: text([
        {
          document: {
            name: "d",
            format: "txt",
            source: { bytes: Buffer.from("AKIAQ3EGRJ7XV5ZT2MNB", "utf16le").toString("base64") },
          },
        },
        { text: "read" },
      ]),
    },
    403,
    "AccessDeniedException",
    /cannot be inspected/,
  ],
  [
    "a secret as a key of the settings",
    {
      body: JSON.stringify({
        ...JSON.parse(hello),
        inferenceConfig: { maxTokens: 5, AKIAQ3EGRJ7XV5ZT2MNB: 1 },
      }),
    },
    403,
    "AccessDeniedException",
    /secret/,
  ],
  [
    "a profile of another geography",
    { path: `/model/${encodeURIComponent(`apac.${MODEL}`)}/converse` },
    403,
    "AccessDeniedException",
    /profile/,
  ],
  [
    "a model ARN of another region",
    {
      path: `/model/${encodeURIComponent(`arn:aws:bedrock:ap-south-1::foundation-model/${MODEL}`)}/converse`,
    },
    403,
    "AccessDeniedException",
    /ap-south-1/,
  ],
  [
    "a global profile",
    { path: `/model/${encodeURIComponent(`global.${MODEL}`)}/converse` },
    403,
    "AccessDeniedException",
    /global/,
  ],
];

describe("refused", () => {
  it.each(attempts)("%s", async (_name, attempt, status, type, says) => {
    const before = (await logOf(gateway.facts.auditDir)).length;
    const answer = await send(attempt);
    expect({ status: answer.status, type: answer.headers["x-amzn-errortype"] }).toEqual({
      status,
      type,
    });
    expect(answer.body.message).toMatch(says);
    expect(answer.body.decisionId).toMatch(/^[0-9a-f-]{36}$/);
    expect(JSON.stringify(answer.body)).not.toMatch(/\.ts:|at \w+ \(|536-90-4399|AKIAQ3EG/);
    const records = (await logOf(gateway.facts.auditDir)).slice(before);
    expect(records.filter(({ id }) => id === answer.body.decisionId).length).toBe(1);
  });

  it("a text full of findings, in time, and the next call is answered", async () => {
    const startedAt = performance.now();
    const answer = await send({
      body: text([{ text: "jane@example.org 536-90-4399 ".repeat(20_000) }]),
    });
    expect(answer.status).toBe(200);
    expect(performance.now() - startedAt).toBeLessThan(15_000);
    expect((await send({})).status).toBe(200);
  });

  it("a connection that says one byte keeps nobody waiting", async () => {
    const socket = connect(Number(new URL(gateway.facts.endpoint).port), "127.0.0.1");
    await once(socket, "connect");
    socket.write("P");
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect((await send({})).status).toBe(200);
    socket.destroy();
  });

  it("a duplicate key does not show the model what was not inspected", async () => {
    const body = `{"messages":[{"role":"user","content":[{"text":"AKIAQ3EGRJ7XV5ZT2MNB"}]}],"messages":[{"role":"user","content":[{"text":"clean"}]}]}`;
    const { status, body: answer } = await send({ body });
    expect(status).toBe(400);
    expect(answer.message).toContain("a key occurs twice in one object");
  });

  it("a number too long for a double reaches the model as it was written", async () => {
    const body = text([{ text: "[[echo]]" }]).replace(
      "}]}]}",
      '}]}],"additionalModelRequestFields":{"n":12345678901234567890.5}}',
    );
    expect((await send({ body })).status).toBe(200);
  });
});

describe("identity", () => {
  it("asserted in a signed header counts", async () => {
    const body = text([{ text: "patient MRN: 00483920" }]);
    expect((await send({ body })).status).toBe(403);
    const { status } = await send({
      body,
      headers: { "x-writ-groups": "clinicians", "x-writ-subject": "dr@example.org" },
    });
    expect(status).toBe(200);
    const record = (await logOf(gateway.facts.auditDir)).findLast(
      ({ stage }) => stage === "request",
    );
    expect(record?.["identity"]).toMatchObject({
      subject: "dr@example.org",
      groups: ["clinicians"],
      assurance: "asserted",
    });
  });
});

describe("the port", () => {
  it("speaks HTTP/1.1 over TLS", async () => {
    const headers = await sign({});
    const { hostname, port } = new URL(gateway.facts.tlsEndpoint);
    const outgoing = requestTls({
      hostname,
      port,
      method: "POST",
      path: CONVERSE,
      headers,
      ca: readFileSync(gateway.facts.caFile),
    });
    outgoing.end(hello);
    const [incoming] = (await once(outgoing, "response")) as [import("node:http").IncomingMessage];
    expect(incoming.statusCode).toBe(200);
    await buffer(incoming);
  });

  it.each(["endpoint", "tlsEndpoint"] as const)("speaks HTTP/2 at its %s", async (name) => {
    const session = connectHttp2(gateway.facts[name], { ca: readFileSync(gateway.facts.caFile) });
    const headers = await sign({});
    const { host, ...rest } = headers;
    // Signed as `host` and sent as `:authority` alone it is another request; sent as both it is the same.
    const stream = session.request({
      ":method": "POST",
      ":path": CONVERSE,
      ":authority": host,
      host,
      ...rest,
    });
    stream.end(hello);
    const [answer] = (await once(stream, "response")) as [{ ":status": number }];
    expect(answer[":status"]).toBe(200);
    stream.resume();
    await once(stream, "end");
    session.close();
  });

  it("answers a malformed request and oversized headers in the API's form", async () => {
    const { hostname, port } = new URL(gateway.facts.endpoint);
    const raw = async (bytes: string): Promise<string> => {
      const socket = connect({ host: hostname, port: Number(port) });
      socket.write(bytes);
      return (await buffer(socket)).toString();
    };
    expect(await raw("NONSENSE\r\n\r\n")).toMatch(
      /^HTTP\/1\.1 400 [\s\S]*x-amzn-errortype: ValidationException/,
    );
    expect(await raw(`POST / HTTP/1.1\r\nhost: x\r\nx-big: ${"a".repeat(40_000)}\r\n\r\n`)).toMatch(
      /^HTTP\/1\.1 431 [\s\S]*x-amzn-errortype: ValidationException/,
    );
  });

  it("refuses a body over the limit before it is there, and survives an upload that stops", async () => {
    const { hostname, port } = new URL(gateway.facts.endpoint);
    const outgoing = request({
      hostname,
      port,
      method: "POST",
      path: CONVERSE,
      headers: { ...(await sign({})), "content-length": "99999999" },
    });
    outgoing.on("error", () => undefined);
    outgoing.write("x");
    const [incoming] = (await once(outgoing, "response")) as [import("node:http").IncomingMessage];
    expect(incoming.headers["x-amzn-errortype"]).toBe("ValidationException");
    outgoing.destroy();
    const socket = connect({ host: hostname, port: Number(port) });
    socket.write(`POST ${CONVERSE} HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n{"mess`);
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket.destroy();
    expect((await send({})).status).toBe(200);
  });
});

describe("the log of a stopped gateway", () => {
  it("is found again by the next start, verifies, and does not with a byte of any file flipped", async () => {
    const { facts, home } = gateway;
    expect(await gateway.stop()).toBe(0);
    const size = (await logOf(facts.auditDir)).length;
    gateway = await runGateway(home);
    expect(gateway.facts.accessKeyId).toBe(facts.accessKeyId);
    expect((await send({})).status).toBe(200);
    expect((await logOf(facts.auditDir)).length).toBeGreaterThan(size);
    await gateway.stop();
    expect(runWrit(["audit", "verify", facts.auditDir]).status).toBe(0);
    for (const name of readdirSync(facts.auditDir).filter((file) => file !== "lock")) {
      const path = join(facts.auditDir, name);
      const bytes = readFileSync(path);
      for (const at of [0, bytes.length >> 1, bytes.length - 1]) {
        const flipped = Buffer.from(bytes);
        flipped[at] = (flipped[at] as number) ^ 1;
        writeFileSync(path, flipped);
        expect(runWrit(["audit", "verify", facts.auditDir]).status, `${name} byte ${at}`).toBe(3);
      }
      writeFileSync(path, bytes);
    }
  });
});
