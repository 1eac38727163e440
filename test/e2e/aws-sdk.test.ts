// The AWS SDK for JavaScript with its defaults (HTTP/2 and all) through a running gateway: all four
// operations, allowed, denied and redacted, and the record of every call.

import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  type ConverseStreamOutput,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
} from "@aws-sdk/client-bedrock-runtime";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type LoggedRecord,
  logOf,
  type RunningGateway,
  runGateway,
  runWrit,
} from "./running-gateway.ts";

const HAIKU = "anthropic.claude-3-haiku-20240307-v1:0";
const LLAMA = "meta.llama3-1-70b-instruct-v1:0";
let gateway: RunningGateway;
let client: BedrockRuntimeClient;

beforeAll(async () => {
  gateway = await runGateway();
  const { endpoint, region, accessKeyId, secretAccessKey } = gateway.facts;
  client = new BedrockRuntimeClient({
    endpoint,
    region,
    credentials: { accessKeyId, secretAccessKey },
  });
});
afterAll(async () => {
  client.destroy();
  await gateway.stop();
  gateway.remove();
});

const messages = (text: string) => [{ role: "user" as const, content: [{ text }] }];

async function converse(text: string, modelId = HAIKU): Promise<string> {
  const { output } = await client.send(new ConverseCommand({ modelId, messages: messages(text) }));
  return output?.message?.content?.map((block) => block.text ?? "").join("") ?? "";
}

async function converseStream(text: string): Promise<{
  readonly text: string;
  readonly events: readonly ConverseStreamOutput[];
  readonly deltas: readonly string[];
}> {
  const { stream } = await client.send(
    new ConverseStreamCommand({ modelId: HAIKU, messages: messages(text) }),
  );
  const events: ConverseStreamOutput[] = [];
  for await (const event of stream ?? []) events.push(event);
  const deltas = events.flatMap((event) => event.contentBlockDelta?.delta?.text ?? []);
  return { text: deltas.join(""), events, deltas };
}

const decode = (bytes: Uint8Array | undefined): { readonly [key: string]: unknown } =>
  JSON.parse(Buffer.from(bytes ?? []).toString("utf8")) as { readonly [key: string]: unknown };

/** Bodies of InvokeModel by family, and where the answer's text is, whole and streamed. */
const families = [
  {
    modelId: HAIKU,
    body: (text: string) => ({
      anthropic_version: "bedrock-2023-05-31",
      max_tokens: 64,
      messages: [{ role: "user", content: text }],
    }),
    whole: (value: { readonly [key: string]: unknown }) =>
      (value["content"] as { text?: string }[]).map((block) => block.text ?? "").join(""),
    delta: (value: { readonly [key: string]: unknown }) =>
      (value["delta"] as { text?: string } | undefined)?.text ?? "",
  },
  {
    modelId: LLAMA,
    body: (text: string) => ({ prompt: text, max_gen_len: 64 }),
    whole: (value: { readonly [key: string]: unknown }) => String(value["generation"]),
    delta: (value: { readonly [key: string]: unknown }) => String(value["generation"] ?? ""),
  },
  {
    modelId: "amazon.titan-text-express-v1",
    body: (text: string) => ({ inputText: text }),
    whole: (value: { readonly [key: string]: unknown }) =>
      (value["results"] as { outputText: string }[])[0]?.outputText ?? "",
    delta: (value: { readonly [key: string]: unknown }) => String(value["outputText"] ?? ""),
  },
  {
    modelId: "amazon.nova-lite-v1:0",
    body: (text: string) => ({ messages: [{ role: "user", content: [{ text }] }] }),
    whole: (value: { readonly [key: string]: unknown }) =>
      (value["output"] as { message: { content: { text: string }[] } }).message.content[0]?.text ??
      "",
    delta: (value: { readonly [key: string]: unknown }) =>
      (value["contentBlockDelta"] as { delta: { text?: string } } | undefined)?.delta.text ?? "",
  },
];

async function invoke(family: (typeof families)[number], text: string): Promise<string> {
  const { body } = await client.send(
    new InvokeModelCommand({
      modelId: family.modelId,
      contentType: "application/json",
      body: JSON.stringify(family.body(text)),
    }),
  );
  return family.whole(decode(body));
}

async function invokeStream(family: (typeof families)[number], text: string): Promise<string> {
  const { body } = await client.send(
    new InvokeModelWithResponseStreamCommand({
      modelId: family.modelId,
      contentType: "application/json",
      body: JSON.stringify(family.body(text)),
    }),
  );
  let out = "";
  for await (const event of body ?? []) out += family.delta(decode(event.chunk?.bytes));
  return out;
}

describe("allowed", () => {
  it("Converse", async () => {
    expect(await converse("hello")).toBe("You said: hello");
    expect(await converse("hello", LLAMA)).toBe("You said: hello");
  });

  it("ConverseStream, in as many deltas as the model sent", async () => {
    const { text, events, deltas } = await converseStream("tell me a story about a lighthouse");
    expect(text).toBe("You said: tell me a story about a lighthouse");
    expect(deltas.length).toBeGreaterThan(3);
    expect(events.at(-1)?.metadata?.usage?.totalTokens).toBe(36);
    expect(events.find((event) => event.messageStop)?.messageStop?.stopReason).toBe("end_turn");
  });

  it.each(families)("InvokeModel $modelId", async (family) => {
    expect(await invoke(family, "hello")).toBe("You said: hello");
  });

  it.each(families)("InvokeModelWithResponseStream $modelId", async (family) => {
    expect(await invokeStream(family, "hello there, model")).toBe("You said: hello there, model");
  });
});

const SECRET = "my key is AKIAQ3EGRJ7XV5ZT2MNB";

describe("denied", () => {
  it.each([
    ["Converse", () => converse(SECRET)],
    ["ConverseStream", () => converseStream(SECRET)],
    ["InvokeModel", () => invoke(families[0] as (typeof families)[number], SECRET)],
    [
      "InvokeModelWithResponseStream",
      () => invokeStream(families[0] as (typeof families)[number], SECRET),
    ],
    ["a model no group may use", () => converse("hello", "anthropic.claude-3-opus-20240229-v1:0")],
    ["a health record", () => converse("patient MRN: 00483920")],
    ["a refund over the cap", () => converse('[[tool:issue_refund {"amount":900}]]')],
    ["a refund without an amount", () => converse('[[tool:issue_refund {"order":"A-1"}]]')],
    [
      "a secret in the answer",
      () =>
        converse("[[say:the key is AKIAQ3EG[[x]]RJ7XV5ZT2MNB]]").then(() =>
          converse('[[tool:x {"key":"AKIAQ3EGRJ7XV5ZT2MNB"}]]'),
        ),
    ],
  ])("%s raises AccessDeniedException with the decision's id, once", async (_name, call) => {
    const error = await call().then(
      () => undefined,
      (caught: unknown) =>
        caught as Error & {
          $metadata: { httpStatusCode: number; attempts: number };
          decisionId?: string;
        },
    );
    expect(error?.name).toBe("AccessDeniedException");
    expect(error?.$metadata.httpStatusCode).toBe(403);
    expect(error?.$metadata.attempts).toBe(1);
    expect(error?.message).toMatch(/decision [0-9a-f-]{36}/);
  });
});

describe("redacted", () => {
  it("in the request: the model never sees it", async () => {
    expect(await converse("my SSN is 536-90-4399, ok?")).toBe(
      "You said: my SSN is [REDACTED:pii.ssn], ok?",
    );
    for (const family of families) {
      expect(await invoke(family, "my SSN is 536-90-4399")).toBe(
        "You said: my SSN is [REDACTED:pii.ssn]",
      );
    }
  });

  it("in a response", async () => {
    expect(await converse("[[pii]]")).toBe(
      "Jane Roe's SSN is [REDACTED:pii.ssn] and her e-mail is [REDACTED:pii.email].",
    );
  });

  it.each([1, 2, 3, 4, 5, 9])(
    "in a streamed response, split over frames of %d characters",
    async (size) => {
      const { text, events } = await converseStream(`[[pii]][[chunks:${size}]]`);
      expect(text).toBe(
        "Jane Roe's SSN is [REDACTED:pii.ssn] and her e-mail is [REDACTED:pii.email].",
      );
      expect(JSON.stringify(events)).not.toMatch(/536|4399|roe@/);
      expect(events.at(-1)?.metadata).toBeDefined();
    },
  );

  it.each(families)("in a streamed response of $modelId", async (family) => {
    expect(await invokeStream(family, "[[pii]][[chunks:3]]")).toBe(
      "Jane Roe's SSN is [REDACTED:pii.ssn] and her e-mail is [REDACTED:pii.email].",
    );
  });
});

describe("tool calls", () => {
  it("within the policy reach the client whole", async () => {
    const { events } = await converseStream(
      '[[tool:issue_refund {"amount":120,"order":"A-1"}]][[chunks:5]]',
    );
    const input = events
      .flatMap((event) => event.contentBlockDelta?.delta?.toolUse?.input ?? [])
      .join("");
    expect(JSON.parse(input)).toEqual({ amount: 120, order: "A-1" });
    expect(
      events.find((event) => event.contentBlockStart)?.contentBlockStart?.start?.toolUse?.name,
    ).toBe("issue_refund");
  });

  it("that are denied end the stream as guardrails do, without a byte of the call", async () => {
    const { text, events } = await converseStream('[[tool:issue_refund {"amount":900}]]');
    expect(text).toBe("Let me do that.");
    expect(events.some((event) => event.contentBlockStart !== undefined)).toBe(false);
    expect(events.find((event) => event.messageStop)?.messageStop?.stopReason).toBe(
      "guardrail_intervened",
    );
  });

  it("that are denied end an invoke stream with an exception the SDK types", async () => {
    const call = invokeStream(
      families[0] as (typeof families)[number],
      '[[tool:issue_refund {"amount":900}]]',
    );
    await expect(call).rejects.toMatchObject({ name: "ValidationException" });
  });
});

describe("an upstream that fails", () => {
  it("by ending a stream early is an error, not an end", async () => {
    await expect(converseStream("[[cut]]")).rejects.toMatchObject({
      name: "ModelStreamErrorException",
    });
    await expect(
      invokeStream(families[1] as (typeof families)[number], "[[cut]]"),
    ).rejects.toMatchObject({ name: "ModelStreamErrorException" });
  });

  it("by breaking a stream off is an error", async () => {
    await expect(
      converseStream("[[reset]][[slow:5]] some longer text to be sent"),
    ).rejects.toThrow();
  });

  it("with an exception of its own passes it on", async () => {
    await expect(converseStream("[[exception:throttlingException]]")).rejects.toMatchObject({
      name: "ThrottlingException",
    });
  });

  it("by refusing the connection is ServiceUnavailableException", async () => {
    await expect(converse("[[refuse]]")).rejects.toMatchObject({
      name: "ServiceUnavailableException",
    });
  });

  it("by throttling stays ThrottlingException", async () => {
    const { endpoint, region, accessKeyId, secretAccessKey } = gateway.facts;
    const once = new BedrockRuntimeClient({
      endpoint,
      region,
      credentials: { accessKeyId, secretAccessKey },
      maxAttempts: 1,
    });
    await expect(
      once.send(new ConverseCommand({ modelId: HAIKU, messages: messages("[[throttle]]") })),
    ).rejects.toMatchObject({ name: "ThrottlingException" });
  });
});

describe("the audit log", () => {
  it("has the records of a call, under the hash that `writ build` prints, and verifies", async () => {
    const response = await client.send(
      new ConverseCommand({ modelId: HAIKU, messages: messages("on the record") }),
    );
    const call = response.$metadata.requestId;
    const records = (await logOf(gateway.facts.auditDir)).filter((record) => record.call === call);
    expect(records.map(({ stage }) => stage)).toEqual(["request", "response"]);
    const built = runWrit(["build", "policies/bedrock", "-o", `${gateway.home}/built.tar.gz`]);
    expect(built.stdout.trim()).toBe(gateway.facts.policyHash);
    for (const record of records) expect(record.policy?.hash).toBe(gateway.facts.policyHash);
    expect(runWrit(["audit", "verify", gateway.facts.auditDir]).status).toBe(0);
  });

  it("has a record for every refusal, and no content in any", async () => {
    const records: readonly LoggedRecord[] = await logOf(gateway.facts.auditDir);
    expect(records.some(({ refusal }) => refusal?.code === "AccessDeniedException")).toBe(true);
    const text = JSON.stringify(records);
    for (const content of [
      "536-90-4399",
      "AKIAQ3EG",
      "lighthouse",
      "jane.roe",
      gateway.facts.secretAccessKey,
    ])
      expect(text).not.toContain(content);
  });
});
