// What must hold whatever a caller or an upstream sends: the process goes on, memory and work stay in proportion to
// what is sent, nobody is kept out by strangers, and the log holds no content.

import { createHash } from "node:crypto";
import { connect as connectHttp2 } from "node:http2";
import { connect as connectNet } from "node:net";
import {
  CLAUDE,
  callGateway,
  encodeEventFrame as encode,
  type GatewayUnderTest,
  signedHeaders,
} from "@writ/gateway-testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startUnderTest } from "./start.ts";

const ALLOW = "package p\n\nallow := true\n";
const HELLO = Buffer.from('{"messages":[{"role":"user","content":[{"text":"hello"}]}]}');
const ANSWER = JSON.stringify({
  output: { message: { role: "assistant", content: [{ text: "ok" }] } },
});
const SECRET = "AKIAQ3EGRJ7XV5ZT2MNB";
const EVENTS = { "content-type": "application/vnd.amazon.eventstream" };
const START = { messageStart: { role: "assistant" } };
const END = { messageStop: { stopReason: "end_turn" } };
const PATH = `/model/${encodeURIComponent(CLAUDE)}/converse`;

let under: GatewayUnderTest;
beforeAll(async () => {
  under = await startUnderTest({ policy: ALLOW });
});
afterAll(() => under.close());

function answerFrames(frames: readonly unknown[]): void {
  under.answer = (_body, outgoing) => {
    outgoing.writeHead(200, EVENTS);
    for (const frame of frames) outgoing.write(encode(frame));
    outgoing.end();
  };
}

async function recordsOf(call: unknown): Promise<readonly { readonly [key: string]: unknown }[]> {
  return (await under.records()).filter((record) => record.call === call);
}

describe("the process goes on", () => {
  it("after a deny at the response stage before the first byte of a stream", async () => {
    const denying = await startUnderTest({
      policy: 'package p\n\nallow if input.stage == "request"\n',
    });
    const uncaught: unknown[] = [];
    const note = (error: unknown): number => uncaught.push(error);
    process.on("uncaughtException", note);
    try {
      denying.answer = (_body, outgoing) => {
        outgoing.writeHead(200, EVENTS);
        outgoing.end(Buffer.concat([encode(START), encode(END)]));
      };
      for (let count = 0; count < 10; count += 1) {
        const { status } = await callGateway(denying.port, { operation: "converse-stream" }, HELLO);
        expect(status).toBe(403);
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect(uncaught.map(String)).toEqual([]);
    } finally {
      process.off("uncaughtException", note);
      await denying.close();
    }
  });

  it("after members beside a chunk that come before and after the end", async () => {
    const chunk = (value: unknown, extra?: string): unknown => ({
      raw: {
        headers: {
          ":event-type": "chunk",
          ":content-type": "application/json",
          ":message-type": "event",
        },
        payload: { bytes: Buffer.from(JSON.stringify(value)).toString("base64"), extra },
      },
    });
    answerFrames([
      chunk(START),
      chunk({ contentBlockDelta: { contentBlockIndex: 0, delta: { text: "hi" } } }, "x AKIA"),
      chunk({ contentBlockStop: { contentBlockIndex: 0 } }),
      chunk(END),
      chunk({ metadata: { usage: {} } }, "y AKIA"),
    ]);
    const request = { operation: "invoke-with-response-stream", model: "amazon.nova-lite-v1:0" };
    const got = await callGateway(under.port, request as never, HELLO);
    expect(got.isBroken).toBe(false);
    const records = await recordsOf(got.headers["x-amzn-requestid"]);
    expect(records.at(-1)).toMatchObject({ type: "decision", stage: "response" });
  });
});

describe("memory and work stay in proportion", () => {
  it("for many values under one long name in a request", async () => {
    under.answer = (_body, outgoing) => void outgoing.end(ANSWER);
    const name = "k".repeat(200_000);
    const body = JSON.stringify({
      messages: [{ role: "user", content: [{ text: "x" }] }],
      additionalModelRequestFields: { [name]: Array.from({ length: 1_000 }, () => "ab") },
    });
    const before = process.memoryUsage().heapUsed;
    let peak = before;
    const watch = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage().heapUsed);
    }, 1);
    under.answer = (_body, outgoing) => {
      peak = Math.max(peak, process.memoryUsage().heapUsed);
      outgoing.end(ANSWER);
    };
    await callGateway(under.port, { operation: "converse" }, Buffer.from(body));
    clearInterval(watch);
    expect((peak - before) / body.length).toBeLessThan(200);
  });

  it("for an error of the upstream that never ends", async () => {
    const LIMIT = 32 * 1024 * 1024;
    let sent = 0;
    under.answer = async (_body, outgoing) => {
      outgoing.on("error", () => undefined);
      outgoing.writeHead(500, { "content-type": "application/json" });
      const piece = Buffer.alloc(1024 * 1024, "x");
      while (!outgoing.destroyed && sent < 2 * LIMIT) {
        sent += piece.length;
        if (!outgoing.write(piece))
          await new Promise<void>((resolve) => {
            outgoing.once("drain", resolve);
            outgoing.once("close", resolve);
          });
      }
      outgoing.end();
    };
    const { status } = await callGateway(under.port, { operation: "converse" }, HELLO);
    expect(status).toBe(500);
    expect(sent).toBeLessThan(LIMIT);
  });

  it("for many tool calls that are masked in one answer", async () => {
    const masking = await startUnderTest({ policy: `${ALLOW}\nredact contains "pii.email"\n` });
    const timeFor = async (count: number): Promise<number> => {
      const content = Array.from({ length: count }, (_unused, index) => ({
        toolUse: {
          toolUseId: `t${index}`,
          name: "x",
          input: { a: "mail jane@example.org", pad: "x".repeat(4_000) },
        },
      }));
      const body = JSON.stringify({ output: { message: { role: "assistant", content } } });
      masking.answer = (_body, outgoing) => void outgoing.end(body);
      const before = process.cpuUsage();
      const { status } = await callGateway(masking.port, { operation: "converse" }, HELLO);
      expect(status).toBe(200);
      const { user, system } = process.cpuUsage(before);
      return user + system;
    };
    try {
      await timeFor(50);
      const [few, many] = [await timeFor(50), await timeFor(400)];
      // Eight times as many: in proportion it would be 8, quadratic 64.
      expect(many / few).toBeLessThan(20);
    } finally {
      await masking.close();
    }
  });
});

describe("strangers", () => {
  it("who know the name of a key, and not its secret, take none of its caller's places", async () => {
    const small = await startUnderTest({ policy: ALLOW, limits: { callsPerCaller: 4 } });
    small.answer = (_body, outgoing) => void outgoing.end(ANSWER);
    const { "x-amz-content-sha256": _hash, ...headers } = await signedHeaders(
      small.port,
      PATH,
      HELLO,
    );
    const authorization = String(headers["authorization"])
      .replace("x-amz-content-sha256;", "")
      .replace(/Signature=.*/, `Signature=${"0".repeat(64)}`);
    const lines = Object.entries({ ...headers, authorization, "content-length": "900000" })
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join("");
    const sockets = Array.from({ length: 4 }, () => {
      const socket = connectNet(small.port, "127.0.0.1");
      socket.on("error", () => undefined);
      socket.write(`POST ${PATH} HTTP/1.1\r\n${lines}\r\nx`);
      return socket;
    });
    try {
      await new Promise((resolve) => setTimeout(resolve, 300));
      const { status } = await callGateway(small.port, { operation: "converse" }, HELLO);
      expect(status).toBe(200);
    } finally {
      for (const socket of sockets) socket.destroy();
      await small.close();
    }
  });

  it("may have only so many streams of HTTP/2 at once", async () => {
    const session = connectHttp2(`http://127.0.0.1:${under.port}`);
    const settings = await new Promise<{ readonly maxConcurrentStreams?: number }>((resolve) =>
      session.once("remoteSettings", resolve),
    );
    session.destroy();
    expect(settings.maxConcurrentStreams).toBeLessThanOrEqual(1_000);
  });

  it("get an answer to CONNECT, on record", async () => {
    const before = (await under.records()).length;
    const socket = connectNet(under.port, "127.0.0.1");
    socket.on("error", () => undefined);
    let got = "";
    socket.on("data", (bytes: Buffer) => {
      got += bytes.toString();
    });
    socket.write("CONNECT a:443 HTTP/1.1\r\nhost: a\r\n\r\n");
    await new Promise((resolve) => setTimeout(resolve, 500));
    socket.destroy();
    expect(got).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect((await under.records()).length).toBe(before + 1);
  });
});

describe("a policy", () => {
  it("that was built without a label the classifier finds is not run", async () => {
    const dictionaries = [{ label: "custom.codename", terms: ["zeus"] }];
    await expect(
      startUnderTest({ policy: ALLOW, dictionaries }, { vocabulary: [] }),
    ).rejects.toThrow(/custom\.codename/);
  });
});

describe("a deny that comes with time", () => {
  it("withholds the end of an answer that began before it", async () => {
    const limit = Math.floor(Date.now() / 1_000) + 2;
    const late = await startUnderTest({
      policy: `${ALLOW}\ndeny contains "too late" if {\n\tinput.stage == "response"\n\tinput.time.unix_seconds > ${limit}\n}\n`,
    });
    try {
      late.answer = async (_body, outgoing) => {
        outgoing.writeHead(200, EVENTS);
        outgoing.write(encode(START));
        while (Date.now() < (limit + 1) * 1_000 + 50)
          await new Promise((resolve) => setTimeout(resolve, 50));
        outgoing.end(encode(END));
      };
      const got = await callGateway(late.port, { operation: "converse-stream" }, HELLO);
      expect(got.body.toString("latin1")).toContain("guardrail_intervened");
      expect(got.body.toString("latin1")).not.toContain("end_turn");
      expect((await late.records()).at(-1)).toMatchObject({
        stage: "response",
        ending: "denied",
        decision: { effect: "deny" },
      });
    } finally {
      await late.close();
    }
  });
});

describe("headers carry nothing past inspection", () => {
  it("to the upstream", async () => {
    let accept: unknown;
    under.answer = (_body, outgoing, incoming) => {
      accept = incoming.headers.accept;
      outgoing.end(ANSWER);
    };
    const headers = { accept: `application/json; ${SECRET}` };
    await callGateway(under.port, { operation: "converse", headers }, HELLO);
    expect(String(accept)).not.toContain(SECRET);
  });

  it("to the client", async () => {
    under.answer = (_body, outgoing) => {
      outgoing.writeHead(200, {
        "content-type": "application/json",
        "x-amzn-bedrock-note": SECRET,
      });
      outgoing.end(ANSWER);
    };
    const got = await callGateway(under.port, { operation: "converse" }, HELLO);
    expect(JSON.stringify(got.headers)).not.toContain(SECRET);
  });
});

describe("records", () => {
  it("hold no content that a model writes into the name of a tool", async () => {
    answerFrames([
      START,
      {
        contentBlockStart: {
          contentBlockIndex: 0,
          start: { toolUse: { toolUseId: "t", name: SECRET } },
        },
      },
      { contentBlockStop: { contentBlockIndex: 0 } },
      END,
    ]);
    const got = await callGateway(under.port, { operation: "converse-stream" }, HELLO);
    const records = await recordsOf(got.headers["x-amzn-requestid"]);
    expect(JSON.stringify(records)).not.toContain(SECRET);
  });

  it("hold no content that stands in place of the upstream's request id", async () => {
    under.answer = (_body, outgoing) => {
      outgoing.writeHead(200, { "content-type": "application/json", "x-amzn-requestid": SECRET });
      outgoing.end(ANSWER);
    };
    const got = await callGateway(under.port, { operation: "converse" }, HELLO);
    const records = await recordsOf(got.headers["x-amzn-requestid"]);
    expect(JSON.stringify(records)).not.toContain(SECRET);
  });

  it("of an answer that fails have the digest of what the client got", async () => {
    answerFrames([
      START,
      { contentBlockDelta: { contentBlockIndex: 0, delta: { text: "hello AKIA" } } },
      { exception: { type: "throttlingException", message: "slow down" } },
    ]);
    const got = await callGateway(under.port, { operation: "converse-stream" }, HELLO);
    const records = await recordsOf(got.headers["x-amzn-requestid"]);
    const released = `sha256:${createHash("sha256").update(got.body).digest("hex")}`;
    expect(records.at(-1)).toMatchObject({ ending: "upstream_error", digests: { released } });
  });
});
