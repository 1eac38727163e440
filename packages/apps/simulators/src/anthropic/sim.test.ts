// What the simulator refuses, what it can be told to do, and what it tells.

import { request as httpRequest } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RawReply } from "./script.ts";
import { type AnthropicSim, startAnthropicSim } from "./sim.ts";

let sim: AnthropicSim;
beforeAll(async () => {
  sim = await startAnthropicSim({ apiKeys: ["sk-test", "sk-second"] });
});
afterAll(async () => await sim.close());

const HEADERS = {
  "x-api-key": "sk-test",
  "anthropic-version": "2023-06-01",
  "content-type": "application/json",
};
const BODY = {
  model: "claude-x",
  max_tokens: 10,
  messages: [{ role: "user", content: "hello" }] as readonly unknown[],
};

interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: { readonly [name: string]: string | undefined };
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

async function send({
  method = "POST",
  path = "/v1/messages",
  headers = {},
  body = BODY,
  signal,
}: Sent): Promise<Response> {
  const all = Object.entries({ ...HEADERS, ...headers }).filter(([, value]) => value !== undefined);
  return await fetch(`${sim.url}${path}`, {
    method,
    headers: Object.fromEntries(all) as Record<string, string>,
    ...(method === "GET" ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  });
}

async function expectRefused(sent: Sent, status: number, type: string): Promise<void> {
  const response = await send(sent);
  const requestId = response.headers.get("request-id");
  expect(requestId).toMatch(/^req_/);
  expect(await response.json()).toEqual({
    type: "error",
    error: { type, message: expect.any(String) },
    request_id: requestId,
  });
  expect(response.status).toBe(status);
  expect(sim.requests.at(-1)?.problem).toMatchObject({ type });
}

describe("a key", () => {
  it.each<[string, NonNullable<Sent["headers"]>]>([
    ["none", { "x-api-key": undefined }],
    ["unknown", { "x-api-key": "sk-other" }],
    ["unknown, of a bearer", { "x-api-key": undefined, authorization: "Bearer sk-other" }],
    ["no bearer's", { "x-api-key": undefined, authorization: "Basic sk-test" }],
    ["empty", { "x-api-key": "" }],
    ["known beside an unknown one", { authorization: "Bearer the-caller's-own" }],
  ])("that is refused: %s", async (_, headers) => {
    await expectRefused({ headers }, 401, "authentication_error");
  });

  it.each<[string, NonNullable<Sent["headers"]>]>([
    ["x-api-key", {}],
    ["another", { "x-api-key": "sk-second" }],
    ["a bearer's", { "x-api-key": undefined, authorization: "Bearer sk-test" }],
    ["both", { authorization: "bearer sk-second" }],
  ])("that is taken: %s", async (_, headers) => {
    expect((await send({ headers })).status).toBe(200);
  });
});

describe("a head", () => {
  it.each<[string, Sent, number, string]>([
    ["an unknown path", { path: "/v1/complete" }, 404, "not_found_error"],
    ["a path that is not normal", { path: "//v1/messages" }, 404, "not_found_error"],
    ["another method", { method: "PUT" }, 405, "invalid_request_error"],
    ["an unknown query", { path: "/v1/messages?x=1" }, 400, "invalid_request_error"],
    ["no version", { headers: { "anthropic-version": undefined } }, 400, "invalid_request_error"],
    [
      "an unknown version",
      { headers: { "anthropic-version": "2024-01-01" } },
      400,
      "invalid_request_error",
    ],
    ["a foreign type", { headers: { "content-type": "text/plain" } }, 400, "invalid_request_error"],
    ["no JSON", { body: "{" }, 400, "invalid_request_error"],
    ["no object", { body: "[]" }, 400, "invalid_request_error"],
    ["a page of none", { method: "GET", path: "/v1/models?limit=0" }, 400, "invalid_request_error"],
  ])("that is refused: %s", async (_, sent, status, type) => {
    await expectRefused(sent, status, type);
  });

  it("that is larger than the API takes is refused", async () => {
    const body = JSON.stringify({ ...BODY, system: "x".repeat(32 * 1024 * 1024) });
    await expectRefused({ body }, 413, "request_too_large");
  });

  it.each(["2023-06-01", "2026-10-21"])(
    "of version %s is taken, with ?beta=true",
    async (version) => {
      const headers = { "anthropic-version": version };
      expect((await send({ headers, path: "/v1/messages?beta=true" })).status).toBe(200);
    },
  );
});

describe("a page of models", () => {
  it.each([
    ["limit=1", ["claude-opus-5-5"], true],
    ["limit=1&after_id=claude-opus-5-5", ["claude-opus-5"], true],
    ["after_id=claude-opus-5", ["claude-haiku-4-5-20251001"], false],
    ["limit=1&before_id=claude-haiku-4-5-20251001", ["claude-opus-5"], true],
    ["before_id=claude-opus-5", ["claude-opus-5-5"], false],
    ["after_id=claude-haiku-4-5-20251001", [], false],
  ])("is where the query says: %s", async (query, ids, has_more) => {
    const response = await send({ method: "GET", path: `/v1/models?${query}` });
    const page = (await response.json()) as { readonly data: readonly { readonly id: string }[] };
    expect(page.data.map(({ id }) => id)).toEqual(ids);
    expect(page).toMatchObject({ has_more, first_id: ids[0] ?? null, last_id: ids.at(-1) ?? null });
  });
});

describe("a script", () => {
  const frames = ["event: message_start\ndata: {", '"type":"nonsense"}\r\n\r\n', ": end"];
  const raw = (end: NonNullable<RawReply["end"]>, given: RawReply["frames"]): RawReply => ({
    kind: "raw",
    frames: given,
    end,
  });

  it("is followed by echoes, and is for messages unless it says otherwise", async () => {
    const scripted = await startAnthropicSim({
      apiKeys: ["sk-test"],
      script: [
        { kind: "error", type: "overloaded_error", message: "Overloaded" },
        { kind: "error", type: "permission_error", message: "No", operation: "models" },
      ],
    });
    const status = async (path: string, init: RequestInit): Promise<number> =>
      (await fetch(`${scripted.url}${path}`, { ...init, headers: HEADERS })).status;
    const post = { method: "POST", body: JSON.stringify(BODY) };
    expect(await status("/v1/models", {})).toBe(403);
    expect(await status("/v1/messages", post)).toBe(529);
    expect(await status("/v1/messages", post)).toBe(200);
    expect(await status("/v1/models", {})).toBe(200);
    await scripted.close();
  });

  it("is not spent on a request that is refused", async () => {
    sim.reply({ kind: "error", type: "overloaded_error", message: "Overloaded" });
    await expectRefused({ body: {} }, 400, "invalid_request_error");
    expect((await send({})).status).toBe(529);
  });

  it("has status and headers of an error", async () => {
    const headers = { "retry-after": "7", "x-should-retry": "false" };
    sim.reply({ kind: "error", type: "rate_limit_error", message: "m", status: 430, headers });
    const response = await send({});
    expect(response.status).toBe(430);
    expect(response.headers.get("retry-after")).toBe("7");
    expect(response.headers.get("x-should-retry")).toBe("false");
  });

  it("has exact bytes, a frame a write, after their pauses", async () => {
    sim.reply(raw("finish", ["", ...frames.map((bytes) => ({ bytes, delayMs: 30 }))]));
    const start = performance.now();
    const response = await send({});
    const headMs = performance.now() - start;
    expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    const decoder = new TextDecoder();
    const seen: string[] = [];
    for await (const chunk of response.body ?? []) seen.push(decoder.decode(chunk as Uint8Array));
    expect(seen).toEqual(frames);
    // The head came with the first, empty frame, before the pauses.
    expect(performance.now() - start - headMs).toBeGreaterThan(60);
    expect(await sim.requests.at(-1)?.outcome).toBe("answered");
  });

  it("has bytes of any status and type", async () => {
    const headers = { "content-type": "text/html" };
    sim.reply({ kind: "raw", status: 502, headers, frames: [new Uint8Array([255, 0])] });
    const response = await send({});
    expect([response.status, response.headers.get("content-type")]).toEqual([502, "text/html"]);
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(new Uint8Array([255, 0]));
  });

  it("cuts the connection, after some frames or before any", async () => {
    sim.reply(raw("cut", frames.slice(0, 1)), raw("cut", []));
    const response = await send({});
    const reader = response.body?.getReader();
    expect(new TextDecoder().decode((await reader?.read())?.value as Uint8Array)).toBe(frames[0]);
    await expect(reader?.read()).rejects.toThrow();
    await expect(send({})).rejects.toThrow();
    for (const { outcome } of sim.requests.slice(-2)) expect(await outcome).toBe("cut");
  });

  it.each([
    ["after some frames", frames],
    ["before any", []],
  ])("stalls until whoever asked goes away: %s", async (_, given) => {
    sim.reply(raw("stall", given));
    const before = sim.requests.length;
    const aborted = send({ signal: AbortSignal.timeout(200) }).then((response) => response.text());
    await expect(aborted).rejects.toThrow();
    expect(sim.requests.length).toBe(before + 1);
    expect(await sim.requests.at(-1)?.outcome).toBe("aborted");
  });

  it("does not keep a server that stalls from being closed", async () => {
    const stalled = await startAnthropicSim({ apiKeys: ["sk-test"], script: [raw("stall", [""])] });
    const init = { method: "POST", headers: HEADERS, body: JSON.stringify(BODY) };
    const response = await fetch(`${stalled.url}/v1/messages`, init);
    await stalled.close();
    await expect(response.text()).rejects.toThrow();
    expect(await stalled.requests[0]?.outcome).toBe("cut");
  });
});

describe("the requests that came", () => {
  it("are there byte by byte, headers as they were spelt", async () => {
    const body = ` ${JSON.stringify(BODY)}\n`;
    await send({ body, headers: { "X-Own": "Ä" } });
    const request = sim.requests.at(-1);
    expect(request?.body.toString()).toBe(body);
    expect(request).toMatchObject({ operation: "messages", method: "POST", problem: undefined });
    expect(request?.headers["x-own"]).toBe("Ä");
  });

  it("are there also when the body broke off", async () => {
    const before = sim.requests.length;
    const options = { method: "POST", headers: { ...HEADERS, "content-length": "1000" } };
    const outgoing = httpRequest(`${sim.url}/v1/messages`, options);
    outgoing.on("error", () => undefined);
    outgoing.write("half", () => setTimeout(() => outgoing.destroy(), 50));
    await expect.poll(() => sim.requests.length).toBe(before + 1);
    expect(sim.requests.at(-1)?.body.toString()).toBe("half");
    expect(await sim.requests.at(-1)?.outcome).toBe("aborted");
  });
});

describe("a prompt", () => {
  const prompt = (content: string): Sent => ({
    body: { ...BODY, messages: [{ role: "user", content }] },
  });

  it.each([
    ["[[throttle]]", 429],
    ["[[error]]", 500],
  ])("asks for an error: %s", async (content, status) => {
    expect((await send(prompt(content))).status).toBe(status);
  });

  it("asks for no answer, or half of one", async () => {
    await expect(send(prompt("[[refuse]]"))).rejects.toThrow();
    const half = await send(prompt("[[reset]]"));
    await expect(half.text()).rejects.toThrow();
    const hanging = send({ ...prompt("[[hang]]"), signal: AbortSignal.timeout(200) });
    await expect(hanging).rejects.toThrow();
    expect(await sim.requests.at(-1)?.outcome).toBe("aborted");
  });
});
