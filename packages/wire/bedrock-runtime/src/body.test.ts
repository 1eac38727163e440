import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type BedrockCall,
  callOf,
  readRequest,
  readResponse,
} from "../../../../test/bedrock-call.ts";
import { describeModel } from "./model.ts";

function target(path: string): BedrockCall {
  const call = callOf("POST", path);
  if (call === undefined) throw new Error("no call of a model");
  return call;
}
const converse = target("/model/anthropic.claude-3-haiku-20240307-v1%3A0/converse");
const invoke = target("/model/anthropic.claude-3-haiku-20240307-v1:0/invoke");
const read = (value: unknown, call = converse) =>
  readRequest(call, Buffer.from(typeof value === "string" ? value : JSON.stringify(value)));
const runs = Number(process.env["FUZZ_RUNS"] ?? 300);

describe("models", () => {
  it.each([
    [
      "anthropic.claude-3-haiku-20240307-v1:0",
      {
        id: "anthropic.claude-3-haiku-20240307-v1:0",
        provider: "anthropic",
        family: "claude",
        version: "v1:0",
      },
    ],
    [
      "us.meta.llama3-1-70b-instruct-v1:0",
      {
        id: "meta.llama3-1-70b-instruct-v1:0",
        provider: "meta",
        family: "llama",
        version: "v1:0",
        profile: "us",
      },
    ],
    [
      "arn:aws:bedrock:eu-west-1::foundation-model/amazon.titan-text-express-v1",
      {
        id: "amazon.titan-text-express-v1",
        provider: "amazon",
        family: "titan-text",
        version: "v1",
        arn: "arn:aws:bedrock:eu-west-1::foundation-model/amazon.titan-text-express-v1",
        region: "eu-west-1",
      },
    ],
    [
      "arn:aws:bedrock:us-east-1:000000000001:inference-profile/eu.amazon.nova-lite-v1:0",
      {
        id: "amazon.nova-lite-v1:0",
        provider: "amazon",
        family: "nova",
        version: "v1:0",
        profile: "eu",
        arn: "arn:aws:bedrock:us-east-1:000000000001:inference-profile/eu.amazon.nova-lite-v1:0",
        region: "us-east-1",
      },
    ],
  ])("%s", (id, description) => {
    expect(describeModel(id)).toEqual(description);
  });

  it.each([
    "claude-3",
    "Acme.model-1",
    "arn:other:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0",
    "arn:aws:s3:us-east-1::foundation-model/amazon.nova-lite-v1:0",
    "arn:aws:bedrock:::foundation-model/amazon.nova-lite-v1:0",
    "arn:aws:bedrock:us-east-1:12:foundation-model/amazon.nova-lite-v1:0",
    "arn:aws:bedrock:us-east-1:000000000001:application-inference-profile/x",
    "arn:aws:sagemaker:us-east-1:1:endpoint/x",
    "__proto__.x",
    "us.us.us",
  ])("%s is not known", (id) => {
    expect(describeModel(id)).toBeUndefined();
  });

  it("an opaque ARN is what it is configured to be", () => {
    const arn = "arn:aws:bedrock:us-east-1:000000000001:application-inference-profile/x";
    expect(
      describeModel(arn, { models: { [arn]: "meta.llama3-1-70b-instruct-v1:0" } }),
    ).toMatchObject({ family: "llama", arn });
  });
});

describe("a request", () => {
  it("says what each text is", () => {
    const result = read({
      system: [{ text: "be brief" }],
      messages: [
        {
          role: "user",
          content: [
            { text: "hi" },
            {
              document: {
                format: "txt",
                name: "doc",
                source: { bytes: Buffer.from("in a file").toString("base64") },
              },
            },
          ],
        },
        {
          role: "assistant",
          content: [
            { toolUse: { toolUseId: "t", name: "look", input: { q: "what", n: 12345678 } } },
          ],
        },
        {
          role: "user",
          content: [{ toolResult: { toolUseId: "t", content: [{ text: "found" }] } }],
        },
      ],
      toolConfig: {
        tools: [{ toolSpec: { name: "look", description: "looks", inputSchema: { json: {} } } }],
      },
      surprise: { deep: ["unknown"] },
    });
    if (!result.ok) throw new Error(result.refusal.message);
    const roles = Object.fromEntries(result.content.segments.map(({ text, role }) => [text, role]));
    expect(roles).toMatchObject({
      "be brief": "system",
      hi: "user",
      "in a file": "document",
      what: "tool_use",
      "12345678": "tool_use",
      found: "tool_result",
      looks: "tool_definition",
      unknown: "other",
    });
    expect(result.content.tools).toEqual(["look"]);
  });

  it("is rewritten exactly where it is asked to be", () => {
    fc.assert(
      fc.property(
        fc.array(fc.string(), { minLength: 1, maxLength: 6 }),
        fc.nat(),
        fc.string(),
        (texts, pick, to) => {
          const body = { messages: texts.map((text) => ({ role: "user", content: [{ text }] })) };
          const result = read(body);
          if (!result.ok) throw new Error(result.refusal.message);
          const at = pick % texts.length;
          const segment = result.content.segments.find(
            ({ key, text }) => key === "text" && text === texts[at],
          );
          const text = texts[at] ?? "";
          // Nothing is looked for in a text without characters.
          expect(segment === undefined).toBe(text === "");
          if (segment === undefined) return;
          const edits = new Map([[segment.index, [{ start: 0, end: text.length, text: to }]]]);
          (body.messages[at] as { content: { text: string }[] }).content[0] = { text: to };
          expect(result.content.encode(edits).toString()).toBe(JSON.stringify(body));
        },
      ),
      { numRuns: runs },
    );
  });

  it("keeps numbers that a double cannot hold", () => {
    const result = read(
      '{"messages":[{"role":"user","content":[]}],"n":[12345678901234567890,1e400,0.1,-0,1.50]}',
    );
    expect(result.ok && result.content.encode().toString()).toContain(
      "[12345678901234567890,1e400,0.1,-0,1.50]",
    );
  });

  it("with the key __proto__ is only a request with that key", () => {
    const result = read(
      '{"messages":[{"role":"user","content":[{"text":"x"}]}],"__proto__":{"role":"secret text"}}',
    );
    if (!result.ok) throw new Error(result.refusal.message);
    expect(result.content.segments.some(({ text }) => text === "secret text")).toBe(true);
    expect(result.content.encode().toString()).toContain('"__proto__":{"role":"secret text"}');
  });

  it.each([
    ["not JSON", "{", converse],
    ["a list", "[]", converse],
    ["without messages", {}, converse],
    ["with messages that are no list", { messages: "x" }, converse],
    ["that names another model", { messages: [{}], model: "other" }, invoke],
    ["that streams where the operation does not", { messages: [{}], stream: true }, invoke],
    ["nested too deep", `{"messages":[{}],"a":${"[".repeat(70)}${"]".repeat(70)}}`, converse],
    [
      "of too many parts",
      { messages: [{ content: Array.from({ length: 250_001 }, () => "x") }] },
      converse,
    ],
  ])("%s is refused", (_name, body, at) => {
    expect(read(body, at)).toMatchObject({
      ok: false,
      refusal: { code: "invalid_request" },
    });
  });

  it("of any bytes is read or refused, never thrown at", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => typeof readRequest(converse, bytes).ok === "boolean"),
      { numRuns: runs },
    );
    fc.assert(
      fc.property(
        fc.json(),
        (text) => typeof readResponse(invoke, Buffer.from(text)).ok === "boolean",
      ),
      { numRuns: runs },
    );
  });
});

describe("operations", () => {
  it("take model ids however they are encoded, and name them one way", () => {
    for (const path of [
      "/model/ab.c-v1:0/converse",
      "/model/ab.c-v1%3A0/converse",
      "/model/ab.c-v1%3a0/converse",
    ]) {
      expect(callOf("POST", path)?.modelId).toBe("ab.c-v1:0");
    }
    const arn = "arn:aws:bedrock:us-east-1::foundation-model/ab.c";
    expect(callOf("POST", `/model/${arn}/converse`)?.modelId).toBe(arn);
  });

  it.each([
    ["GET", "/model/a.b/converse"],
    ["POST", "/model/a.b/converse?x=1"],
    ["POST", "/model/a%25252F/converse"],
    ["POST", "/model/a.b/invoke-with-bidirectional-stream"],
    ["POST", "/v1/chat/completions"],
    ["POST", "/"],
  ])("%s %s is none on a model that is let through", (method, path) => {
    expect(callOf(method, path)).toBeUndefined();
  });
});
