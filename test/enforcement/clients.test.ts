// Clients that leave, stop reading, or never come to the point, in both versions of HTTP: the upstream call ends, the
// closing record says so, and nobody else is kept waiting.

import { once } from "node:events";
import { request, type ServerResponse } from "node:http";
import { type ClientHttp2Stream, connect, constants } from "node:http2";
import { connect as connectNet } from "node:net";
import {
  CALLER,
  CLAUDE,
  callGateway,
  encodeEventFrame as encode,
  type GatewayUnderTest,
  type LoggedRecord,
  signedHeaders,
} from "@writ/gateway-testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startUnderTest } from "./start.ts";

const POLICY = "package p\n\nallow := true\n";
const HELLO = Buffer.from('{"messages":[{"role":"user","content":[{"text":"hello"}]}]}');
const ANSWER = JSON.stringify({
  output: { message: { role: "assistant", content: [{ text: "ok" }] } },
});
const START = encode({ messageStart: { role: "assistant" } });
const WORD = encode({ contentBlockDelta: { contentBlockIndex: 0, delta: { text: "word. " } } });
const LIMITS = { writeTimeoutMs: 400, callsPerCaller: 6, requestTimeoutMs: 5_000 };

let under: GatewayUnderTest;
beforeAll(async () => {
  under = await startUnderTest({
    policy: POLICY,
    limits: LIMITS,
    upstreamSettings: { timeoutMs: 2_000, connections: 4 },
  });
});
afterAll(() => under.close());

/** How the upstream behaves, and a promise of its call's end. */
function upstream(behave: (outgoing: ServerResponse) => void): Promise<void> {
  return new Promise((resolve) => {
    under.answer = (_body, outgoing) => {
      outgoing.once("close", () => resolve());
      behave(outgoing);
    };
  });
}

const silent = (): void => undefined;
const began = (outgoing: ServerResponse): void => {
  outgoing.writeHead(200, { "content-type": "application/vnd.amazon.eventstream" });
  outgoing.write(Buffer.concat([START, WORD]));
};
/** More than fits in any buffer on the way. */
const endless = (outgoing: ServerResponse): void => {
  began(outgoing);
  const flood = Buffer.concat(Array.from({ length: 2_000 }, () => WORD));
  const more = (): void => {
    while (!outgoing.destroyed && outgoing.write(flood));
  };
  outgoing.on("drain", more);
  more();
};

/** A client that can leave. */
interface Client {
  readonly answered: Promise<unknown>;
  leave(): void;
}

async function http1(operation: string): Promise<Client> {
  const path = `/model/${encodeURIComponent(CLAUDE)}/${operation}`;
  const headers = await signedHeaders(under.port, path, HELLO);
  const outgoing = request({ host: "127.0.0.1", port: under.port, method: "POST", path, headers });
  outgoing.on("error", () => undefined);
  outgoing.end(HELLO);
  const answered = new Promise((resolve) =>
    outgoing.once("response", (incoming) => {
      incoming.on("error", () => undefined);
      incoming.once("readable", resolve);
    }),
  );
  return { answered, leave: () => outgoing.destroy() };
}

async function http2(operation: string): Promise<Client> {
  const path = `/model/${encodeURIComponent(CLAUDE)}/${operation}`;
  const { host: _, ...headers } = await signedHeaders(under.port, path, HELLO);
  const session = connect(`http://127.0.0.1:${under.port}`);
  session.on("error", () => undefined);
  const stream: ClientHttp2Stream = session.request({
    ":method": "POST",
    ":path": path,
    host: `127.0.0.1:${under.port}`,
    ...headers,
  });
  stream.on("error", () => undefined);
  stream.end(HELLO);
  return {
    answered: once(stream, "readable"),
    leave: () => {
      stream.close(constants.NGHTTP2_CANCEL);
      setTimeout(() => session.destroy(), 50);
    },
  };
}

async function recordsAfter(count: number, wanted: number): Promise<readonly LoggedRecord[]> {
  for (let tries = 0; tries < 200; tries += 1) {
    const records = (await under.records()).slice(count);
    if (records.length >= wanted) return records;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return (await under.records()).slice(count);
}

async function expectServed(): Promise<void> {
  const kept = under.answer;
  under.answer = (_body, outgoing) => {
    outgoing.writeHead(200, { "content-type": "application/json" });
    outgoing.end(ANSWER);
  };
  const { status } = await callGateway(under.port, { operation: "converse" }, HELLO);
  under.answer = kept;
  expect(status).toBe(200);
}

describe.each([
  ["HTTP/1.1", http1],
  ["HTTP/2", http2],
] as const)("a client over %s that leaves", (_version, dial) => {
  it("while the upstream is silent ends the upstream call, on record", async () => {
    const before = (await under.records()).length;
    const ended = upstream(silent);
    const calls = under.received.length;
    const client = await dial("converse");
    while (under.received.length === calls) await new Promise((resolve) => setTimeout(resolve, 5));
    client.leave();
    await ended;
    const [, closing] = await recordsAfter(before, 2);
    expect(closing).toMatchObject({
      type: "refusal",
      ending: "client_gone",
      operation: "Converse",
    });
    await expectServed();
  });

  it("in the middle of a stream ends the upstream call, on record", async () => {
    const before = (await under.records()).length;
    const ended = upstream(began);
    const client = await dial("converse-stream");
    await client.answered;
    client.leave();
    await ended;
    const records = await recordsAfter(before, 3);
    expect(records.at(-1)).toMatchObject({ stage: "response", ending: "client_gone" });
    expect(records.length).toBe(3);
    await expectServed();
  });

  it("in the middle of a flood ends the upstream call, on record", async () => {
    const before = (await under.records()).length;
    const ended = upstream(endless);
    const client = await dial("converse-stream");
    await client.answered;
    client.leave();
    await ended;
    const records = await recordsAfter(before, 3);
    expect(records.at(-1)).toMatchObject({ ending: "client_gone" });
    await expectServed();
  });

  it("that takes nothing of a flood is given up in time", async () => {
    const before = (await under.records()).length;
    const ended = upstream(endless);
    const client = await dial("converse-stream");
    await ended;
    const records = await recordsAfter(before, 3);
    expect(records.at(-1)).toMatchObject({ ending: "client_gone" });
    client.leave();
    await expectServed();
  });
});

describe("a caller with many calls", () => {
  it("has as many as it may have, and others are served", async () => {
    under.answer = () => undefined;
    const clients = await Promise.all(
      Array.from({ length: LIMITS.callsPerCaller }, () => http2("converse")),
    );
    await new Promise((resolve) => setTimeout(resolve, 100));
    const { status, body } = await callGateway(under.port, { operation: "converse" }, HELLO);
    expect(status).toBe(429);
    expect(body.toString()).toContain("as many calls under way as it may have");
    for (const client of clients) client.leave();
    await new Promise((resolve) => setTimeout(resolve, 200));
    await expectServed();
  });

  it("that waits for a place at the upstream too long is told so", async () => {
    under.answer = () => undefined;
    const waiting = await Promise.all(
      Array.from({ length: 5 }, () =>
        callGateway(under.port, { operation: "converse" }, HELLO).then(({ status }) => status),
      ),
    );
    expect(waiting).toEqual([408, 408, 408, 408, 408]);
    await expectServed();
  }, 20_000);
});

describe("bodies of nobody", () => {
  it("are not read: a hundred of them keep no caller waiting", async () => {
    const path = `/model/${encodeURIComponent(CLAUDE)}/converse`;
    const sockets = Array.from({ length: 100 }, () => {
      const socket = connectNet(under.port, "127.0.0.1");
      socket.on("error", () => undefined);
      socket.write(`POST ${path} HTTP/1.1\r\nhost: a\r\ncontent-length: 26000000\r\n\r\n{`);
      return socket;
    });
    await Promise.all(sockets.map((socket) => once(socket, "data")));
    await expectServed();
    for (const socket of sockets) socket.destroy();
  });

  it("behind the name of a key, without its secret, keep no proved caller waiting", async () => {
    const small = await startUnderTest({
      policy: POLICY,
      limits: { unverifiedBytes: 100_000, callsPerCaller: 100 },
    });
    try {
      const path = `/model/${encodeURIComponent(CLAUDE)}/converse`;
      const signed = await signedHeaders(small.port, path, HELLO);
      const { "x-amz-content-sha256": _hash, ...unproved } = signed;
      const authorization = String(unproved["authorization"]).replace("x-amz-content-sha256;", "");
      const sockets = Array.from({ length: 10 }, () => {
        const socket = connectNet(small.port, "127.0.0.1");
        socket.on("error", () => undefined);
        const lines = Object.entries({ ...unproved, authorization, "content-length": "900000" });
        socket.write(
          `POST ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`,
        );
        socket.write("x".repeat(50_000));
        return socket;
      });
      await new Promise((resolve) => setTimeout(resolve, 200));
      small.answer = (_body, outgoing) => void outgoing.end(ANSWER);
      const { status } = await callGateway(small.port, { operation: "converse" }, HELLO);
      expect(status).toBe(200);
      for (const socket of sockets) socket.destroy();
      const refused = (await small.records()).filter(
        (record) => record.refusal?.code === "ThrottlingException",
      );
      expect(refused.length).toBeGreaterThan(0);
    } finally {
      await small.close();
    }
  });

  it("with a wrong signature in the head are refused before they are read", async () => {
    const path = `/model/${encodeURIComponent(CLAUDE)}/converse`;
    const signed = await signedHeaders(under.port, path, HELLO);
    const socket = connectNet(under.port, "127.0.0.1");
    socket.on("error", () => undefined);
    const lines = Object.entries({
      ...signed,
      authorization: String(signed["authorization"]).replace(/.{8}$/, "00000000"),
      "content-length": "900000",
    });
    socket.write(
      `POST ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`,
    );
    const [answer] = (await once(socket, "data")) as [Buffer];
    expect(answer.toString()).toContain("InvalidSignatureException");
    expect(CALLER.accessKeyId).not.toBe("");
    socket.destroy();
  });
});
