// Anthropic's own client library believes it speaks to Anthropic.

import Anthropic from "@anthropic-ai/sdk";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ERROR_STATUS, type ErrorType } from "./errors.ts";
import { type AnthropicSim, startAnthropicSim } from "./sim.ts";

let sim: AnthropicSim;
let client: Anthropic;
beforeAll(async () => {
  sim = await startAnthropicSim({ apiKeys: ["sk-test"] });
  client = new Anthropic({ apiKey: "sk-test", baseURL: sim.url, maxRetries: 0 });
});
afterAll(async () => await sim.close());
// The simulator of one test is the next one's: what it was to answer must have been asked for.
beforeEach(async () => {
  expect((await client.messages.create(ask("are you there?"))).content).toEqual([
    { type: "text", text: "You said: are you there?" },
  ]);
});

const ask = (content: string): Anthropic.MessageCreateParamsNonStreaming => ({
  model: "claude-opus-5-5",
  max_tokens: 100,
  messages: [{ role: "user", content }],
});
const tools: Anthropic.Tool[] = [
  { name: "get", description: "Gets it", input_schema: { type: "object", properties: {} } },
];

describe("messages.create", () => {
  it("has every field of an answer", async () => {
    const { data, request_id } = await client.messages.create(ask("hello")).withResponse();
    expect(data).toMatchObject({
      id: expect.stringMatching(/^msg_/),
      type: "message",
      role: "assistant",
      model: "claude-opus-5-5",
      content: [{ type: "text", text: "You said: hello" }],
      stop_reason: "end_turn",
      stop_sequence: null,
      usage: {
        input_tokens: expect.any(Number),
        output_tokens: 24,
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 0,
      },
    });
    expect(request_id).toMatch(/^req_/);
  });

  it("streams the same", async () => {
    const types: string[] = [];
    let text = "";
    for await (const event of await client.messages.create({ ...ask("hello"), stream: true })) {
      if (types.at(-1) !== event.type) types.push(event.type);
      if (event.type === "content_block_delta" && event.delta.type === "text_delta")
        text += event.delta.text;
    }
    expect(text).toBe("You said: hello");
    expect(types).toEqual([
      "message_start",
      "content_block_start",
      "content_block_delta",
      "content_block_stop",
      "message_delta",
      "message_stop",
    ]);
  });
});

describe("messages.stream", () => {
  it("ends in the message that create has", async () => {
    const asked = { ...ask('[[think:why]] [[tool:get {"city":"A","n":[1,2]}]]'), tools };
    const whole = await client.messages.create(asked);
    const streamed = await client.messages.stream(asked).finalMessage();
    const unlike = { id: "", _request_id: "", parsed_output: null };
    expect({ ...streamed, ...unlike }).toEqual({ ...whole, ...unlike });
    expect(whole.stop_reason).toBe("tool_use");
    expect(whole.content.map(({ type }) => type)).toEqual(["thinking", "text", "tool_use"]);
  });

  it("raises what comes as an event in the middle", async () => {
    const stream = client.messages.stream(ask("[[exception:overloaded_error]]"));
    await expect(stream.finalMessage()).rejects.toMatchObject({ type: "overloaded_error" });
  });

  it.each(["[[cut]]", "[[reset]]"])("fails when the stream ends early: %s", async (directive) => {
    const stream = client.messages.stream(ask(directive));
    await expect(stream.finalMessage()).rejects.toBeInstanceOf(Anthropic.AnthropicError);
  });

  it("has a refusal with its reason", async () => {
    const stopDetails = { type: "refusal", category: null, explanation: "no" };
    const reply = { kind: "message", content: [], stopReason: "refusal", stopDetails } as const;
    sim.reply(reply, reply);
    const whole = await client.messages.create(ask("x"));
    const streamed = await client.messages.stream(ask("x")).finalMessage();
    for (const message of [whole, streamed])
      expect(message).toMatchObject({ stop_reason: "refusal", stop_details: stopDetails });
  });
});

describe("tools", () => {
  it("go round: a call, its result, an answer", async () => {
    const question = { role: "user", content: '[[tool:get {"city":"A"}]]' } as const;
    const { content } = await client.messages.create({ ...ask(""), messages: [question], tools });
    const call = content.find((block) => block.type === "tool_use");
    expect(call).toMatchObject({ name: "get", input: { city: "A" } });
    const result = { type: "tool_result", tool_use_id: call?.id ?? "", content: "sunny" } as const;
    const answer = await client.messages.create({
      ...ask(""),
      tools,
      messages: [
        question,
        { role: "assistant", content },
        { role: "user", content: [result, { type: "text", text: "[[say:It is sunny.]]" }] },
      ],
    });
    expect(answer.content).toEqual([{ type: "text", text: "It is sunny." }]);
  });
});

describe("the rest of the API", () => {
  it("counts tokens: more of them for more text", async () => {
    const count = async (text: string): Promise<number> => {
      const { model, messages } = ask(text);
      return (await client.messages.countTokens({ model, messages })).input_tokens;
    };
    expect(await count("a much longer text than the other")).toBeGreaterThan(await count("short"));
  });

  it("lists models a page at a time, and has each alone", async () => {
    const ids: string[] = [];
    for await (const { id } of client.models.list({ limit: 2 })) ids.push(id);
    expect(ids).toEqual(["claude-opus-5-5", "claude-opus-5", "claude-haiku-4-5-20251001"]);
    for (const id of ids) expect(await client.models.retrieve(id)).toMatchObject({ id });
    await expect(client.models.retrieve("claude-none")).rejects.toBeInstanceOf(
      Anthropic.NotFoundError,
    );
  });

  it("has an older caller's way in: x-api-key, the version of 2023, ?beta=true", async () => {
    const older = new Anthropic({
      apiKey: null,
      authToken: null,
      baseURL: sim.url,
      defaultHeaders: { "x-api-key": "sk-test", "anthropic-version": "2023-06-01" },
      defaultQuery: { beta: "true" },
    });
    expect(await older.messages.create(ask("hello"))).toMatchObject({ type: "message" });
    const { headers, target } = sim.requests.at(-1) ?? {};
    expect(target).toBe("/v1/messages?beta=true");
    expect(headers).toMatchObject({ "x-api-key": "sk-test", "anthropic-version": "2023-06-01" });
    expect(headers).not.toHaveProperty("authorization");
  });
});

describe("errors", () => {
  const classes: { readonly [type in ErrorType]: new (...args: never[]) => Error } = {
    invalid_request_error: Anthropic.BadRequestError,
    authentication_error: Anthropic.AuthenticationError,
    billing_error: Anthropic.PaymentRequiredError,
    permission_error: Anthropic.PermissionDeniedError,
    not_found_error: Anthropic.NotFoundError,
    conflict_error: Anthropic.ConflictError,
    request_too_large: Anthropic.ContentTooLargeError,
    rate_limit_error: Anthropic.RateLimitError,
    api_error: Anthropic.InternalServerError,
    timeout_error: Anthropic.GatewayTimeoutError,
    overloaded_error: Anthropic.OverloadedError,
  };

  it.each(Object.entries(classes))("are raised as their own class: %s", async (name, raised) => {
    const type = name as ErrorType;
    sim.reply({ kind: "error", type, message: "as scripted" });
    const error: unknown = await client.messages.create(ask("x")).catch((reason) => reason);
    expect(error).toBeInstanceOf(raised);
    expect(error).toMatchObject({
      status: ERROR_STATUS[type],
      type,
      apiMessage: "as scripted",
      requestID: expect.stringMatching(/^req_/),
    });
  });

  it("are raised for a key that is not known", async () => {
    const stranger = new Anthropic({ apiKey: "sk-other", baseURL: sim.url });
    await expect(stranger.messages.create(ask("x"))).rejects.toBeInstanceOf(
      Anthropic.AuthenticationError,
    );
  });

  it("that pass are tried again when they say so", async () => {
    const headers = { "retry-after-ms": "10" };
    sim.reply(
      { kind: "error", type: "rate_limit_error", message: "slow down", headers },
      { kind: "error", type: "overloaded_error", message: "Overloaded", headers },
    );
    const patient = new Anthropic({ apiKey: "sk-test", baseURL: sim.url, maxRetries: 2 });
    expect(await patient.messages.create(ask("x"))).toMatchObject({ type: "message" });
    expect(
      sim.requests.slice(-3).map((request) => request.headers["x-stainless-retry-count"]),
    ).toEqual(["0", "1", "2"]);
  });
});
