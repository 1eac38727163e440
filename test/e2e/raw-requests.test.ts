// Requests as no client library writes them, on raw sockets: what can be read in two ways, or not at all, is
// refused in the API's own form, once, on record, and the connection ends.

import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect as connectNet, type Socket } from "node:net";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { type Gateway, loadConfig, startGateway } from "@writ/gateway";
import { createSigner } from "@writ/sigv4";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { logOf, type RunningGateway, runGateway } from "./running-gateway.ts";

let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await runGateway();
});
afterAll(async () => {
  await gateway.stop();
  gateway.remove();
});

const PATH = "/model/anthropic.claude-3-haiku-20240307-v1%3A0/converse";
const NO_HOST = "content-length: 2";
const LONG = "a".repeat(40_000);

/** A request of these header lines, with a body of two bytes. */
const post = (headers: string, { version = "1.1", body = "{}", target = PATH } = {}): string =>
  `POST ${target} HTTP/${version}\r\n${headers.replaceAll("\n", "\r\n")}\r\n\r\n${body}`;
const chunked = (body: string): string => post("host: a\ntransfer-encoding: chunked", { body });

const VALIDATION = "ValidationException";
const cases: readonly (readonly [
  name: string,
  bytes: string,
  status: number,
  type: string,
  says: RegExp,
])[] = [
  ["no host", post(NO_HOST), 400, VALIDATION, /names no host/],
  ["no host in HTTP/1.0", post(NO_HOST, { version: "1.0" }), 400, VALIDATION, /names no host/],
  ["an empty host", post(`host:\n${NO_HOST}`), 400, VALIDATION, /a host that is none/],
  ["a host with a path", post(`host: a/b\n${NO_HOST}`), 400, VALIDATION, /a host that is none/],
  ["a host with a user", post(`host: a@b\n${NO_HOST}`), 400, VALIDATION, /a host that is none/],
  ["two hosts", post(`host: a\nhost: b\n${NO_HOST}`), 400, VALIDATION, /its host twice/],
  ["one host twice", post(`host: a\nHost: a\n${NO_HOST}`), 400, VALIDATION, /its host twice/],
  [
    "an unknown expectation",
    post(`host: a\nexpect: 200-ok\n${NO_HOST}`),
    417,
    VALIDATION,
    /expects/,
  ],
  [
    "two expectations",
    post(`host: a\nexpect: 100-continue\nexpect: more\n${NO_HOST}`),
    417,
    VALIDATION,
    /expects/,
  ],
  [
    "a length, then chunks",
    post(`host: a\n${NO_HOST}\ntransfer-encoding: chunked`, { body: "0\r\n\r\n" }),
    400,
    VALIDATION,
    /not HTTP/,
  ],
  [
    "chunks, then a length",
    post(`host: a\ntransfer-encoding: chunked\n${NO_HOST}`, { body: "0\r\n\r\n" }),
    400,
    VALIDATION,
    /not HTTP/,
  ],
  ["two lengths", post(`host: a\n${NO_HOST}\ncontent-length: 3`), 400, VALIDATION, /not HTTP/],
  ["one length twice", post(`host: a\n${NO_HOST}\n${NO_HOST}`), 400, VALIDATION, /not HTTP/],
  ["a list of lengths", post("host: a\ncontent-length: 2, 2"), 400, VALIDATION, /not HTTP/],
  ["a length with a sign", post("host: a\ncontent-length: +2"), 400, VALIDATION, /not HTTP/],
  [
    "chunks last but one",
    post("host: a\ntransfer-encoding: chunked, gzip"),
    400,
    VALIDATION,
    /not HTTP/,
  ],
  [
    "chunks of what is packed",
    post("host: a\ntransfer-encoding: gzip, chunked", { body: "0\r\n\r\n" }),
    400,
    VALIDATION,
    /encoded for its transfer/,
  ],
  [
    "chunks in HTTP/1.0",
    post("host: a\ntransfer-encoding: chunked", { version: "1.0", body: "0\r\n\r\n" }),
    400,
    VALIDATION,
    /encoded for its transfer/,
  ],
  ["a chunk without a size", chunked("zz\r\n"), 400, VALIDATION, /not HTTP/],
  ["long headers", post(`host: a\nx: ${LONG}`), 431, VALIDATION, /larger than this gateway/],
  ["a long target", post("host: a", { target: `/${LONG}` }), 431, VALIDATION, /larger than this/],
  ["no request", "NONSENSE\r\n\r\n", 400, VALIDATION, /not HTTP/],
  ["no version", "GET /\r\n\r\n", 400, VALIDATION, /version of HTTP/],
  ["HTTP/2 in words", post("host: a", { version: "2.0" }), 400, VALIDATION, /version of HTTP/],
  ["HTTP/3 in words", post("host: a", { version: "3.0" }), 400, VALIDATION, /not HTTP/],
  [
    "bare line feeds",
    post(`host: a\n${NO_HOST}`).replaceAll("\r", ""),
    400,
    VALIDATION,
    /not HTTP/,
  ],
  ["a folded header", post(`host: a\nx: b\n c\n${NO_HOST}`), 400, VALIDATION, /not HTTP/],
  ["a space before the colon", post(`host : a\n${NO_HOST}`), 400, VALIDATION, /not HTTP/],
  ["a NUL", post(`host: a\nx: \0\n${NO_HOST}`), 400, VALIDATION, /not HTTP/],
  [
    "another host as target",
    post("host: a", { target: `http://b${PATH}` }),
    400,
    VALIDATION,
    /not a path/,
  ],
  ["an asterisk as target", post("host: a", { target: "*" }), 400, VALIDATION, /not a path/],
];

interface Answer {
  readonly status: number;
  readonly headers: string;
  readonly body: { readonly message?: string; readonly decisionId?: string };
}

/** Everything that comes back until the connection ends. */
async function exchange(socket: Socket, bytes: string): Promise<readonly Answer[]> {
  let received = "";
  socket.on("data", (chunk: Buffer) => {
    received += chunk.toString();
  });
  // A connection that was ended with bytes unread is reset once the answer is there.
  socket.on("error", () => undefined);
  socket.write(bytes);
  await new Promise((resolve) => socket.once("close", resolve));
  return received
    .split(/(?=HTTP\/1\.1 \d{3} )/)
    .filter((answer) => /^HTTP\/1\.1 [^1]/.test(answer))
    .map((answer) => {
      const [headers = "", body = ""] = answer.split("\r\n\r\n");
      return { status: Number(headers.slice(9, 12)), headers, body: JSON.parse(body) };
    });
}

function dial(endpoint: "endpoint" | "tlsEndpoint"): Socket {
  const { hostname, port } = new URL(gateway.facts[endpoint]);
  if (endpoint === "endpoint") return connectNet(Number(port), hostname);
  const ca = readFileSync(gateway.facts.caFile);
  return connectTls({ port: Number(port), host: hostname, ca, ALPNProtocols: ["http/1.1"] });
}

describe.each(["endpoint", "tlsEndpoint"] as const)("at the %s", (endpoint) => {
  it.each(cases)("%s", async (_name, bytes, status, type, says) => {
    const answers = await exchange(dial(endpoint), bytes);
    expect(answers).toMatchObject([{ status, body: { message: expect.stringMatching(says) } }]);
    const [{ headers = "", body } = {}] = answers;
    expect(headers).toMatch(new RegExp(`^x-amzn-errortype: ${type}\\r?$`, "im"));
    expect(headers).toMatch(/^connection: close\r?$/im);
    const records = await logOf(gateway.facts.auditDir);
    expect(records.filter(({ id }) => id === body?.decisionId)).toMatchObject([
      { type: "refusal", refusal: { status, code: type }, sourceIp: expect.stringMatching(/./) },
    ]);
  });
});

/** The head of a request that its sender's key signed, for a body that is still to come. */
async function signedHead(headers: string): Promise<string> {
  const { accessKeyId, secretAccessKey, region } = gateway.facts;
  const signer = createSigner({
    credentials: { accessKeyId, secretAccessKey },
    region,
    service: "bedrock",
  });
  const signed = await signer.sign({
    method: "POST",
    path: PATH,
    headers: {},
    body: Buffer.from("{}"),
    host: "a",
    now: new Date(),
  });
  const lines = Object.entries(signed).map(([name, value]) => `${name}: ${value}`);
  return post(
    [...lines.filter((line) => !line.startsWith("host:")), "host: a", headers].join("\n"),
    {
      body: "",
    },
  );
}

describe("behind a signed head", () => {
  it.each(["endpoint", "tlsEndpoint"] as const)(
    "at the %s a chunk longer than it says is refused",
    async (endpoint) => {
      const head = await signedHead("transfer-encoding: chunked");
      const answers = await exchange(dial(endpoint), `${head}1\r\n{}\r\n0\r\n\r\n`);
      expect(answers).toMatchObject([
        { status: 400, body: { message: expect.stringMatching(/not HTTP/) } },
      ]);
    },
  );
});

describe("without a signature", () => {
  it("a body is not waited for", async () => {
    const answers = await exchange(dial("endpoint"), post("host: a\ncontent-length: 99999999"));
    expect(answers).toMatchObject([
      {
        status: 403,
        body: { message: expect.stringMatching(/^Missing Authentication Token \(decision /) },
      },
    ]);
  });
});

describe("after a whole request", () => {
  it.each([
    ["what is no request", "NONSENSE\r\n\r\n"],
    [
      "a request smuggled behind two lengths",
      post("host: a\ncontent-length: 1\ncontent-length: 2"),
    ],
  ])("%s ends the connection, and only the first is answered", async (_name, next) => {
    const answers = await exchange(dial("endpoint"), post(`host: a\n${NO_HOST}`) + next);
    expect(answers).toMatchObject([
      {
        status: 403,
        body: { message: expect.stringMatching(/^Missing Authentication Token \(decision /) },
      },
    ]);
  });
});

describe("what does not come in time", () => {
  let impatient: Gateway;
  beforeAll(async () => {
    await gateway.stop();
    const loaded = loadConfig(join(gateway.home, ".writ", "gateway.json"));
    if (!loaded.ok) throw new Error(loaded.problems.join("; "));
    const { limits } = loaded.config;
    const config = {
      ...loaded.config,
      limits: { ...limits, requestTimeoutMs: 200, keepAliveMs: 1_000, connections: 40 },
    };
    const started = await startGateway(config);
    if (!started.ok) throw new Error(started.problem);
    impatient = started.gateway;
  });
  afterAll(() => impatient.close());

  it.each<readonly [name: string, bytes: () => string | Promise<string>]>([
    ["a head", () => "POST / HTTP/1.1\r\nhost: a\r\n"],
    ["a body", async () => `${await signedHead("content-length: 100")}{}`],
    ["a chunk", async () => `${await signedHead("transfer-encoding: chunked")}5\r\n{`],
  ])("%s is refused and the connection ended", async (_name, request) => {
    const bytes = await request();
    const answers = await exchange(connectNet(impatient.port, "127.0.0.1"), bytes);
    expect(answers).toMatchObject([
      { status: 408, body: { message: expect.stringMatching(/time/) } },
    ]);
    expect(answers[0]?.headers).toContain("x-amzn-errortype: RequestTimeoutException");
    const records = await logOf(gateway.facts.auditDir);
    const id = answers[0]?.body.decisionId;
    expect(records.filter((record) => record.id === id).length).toBe(1);
  });

  it("a next request is not waited for", async () => {
    const socket = connectNet(impatient.port, "127.0.0.1");
    socket.write("GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n");
    await once(socket, "data");
    const since = Date.now();
    await once(socket.resume(), "close");
    expect(Date.now() - since).toBeGreaterThan(500);
  });

  it("nobody can open more connections than there may be", async () => {
    const sockets = Array.from({ length: 60 }, () => connectNet(impatient.port, "127.0.0.1"));
    const closed = sockets.map((socket) =>
      Promise.race([
        once(
          socket.on("error", () => undefined),
          "close",
        ).then(() => 1),
        new Promise<number>((resolve) => setTimeout(resolve, 500, 0)),
      ]),
    );
    const refused = (await Promise.all(closed)).reduce((sum, one) => sum + one, 0);
    for (const socket of sockets) socket.destroy();
    expect(refused).toBeGreaterThanOrEqual(20);
  });
});
