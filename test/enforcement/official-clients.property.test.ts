// What the official client library of each API makes of the bytes that leave is what the policy was asked about and
// what is on record: the same texts, and the same tool calls under the same names with the same parameters.

import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import Anthropic from "@anthropic-ai/sdk";
import { BedrockRuntimeClient, ConverseStreamCommand } from "@aws-sdk/client-bedrock-runtime";
import { parseJson } from "@writ/evaluator";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AnswerOutcome, AnswerUnderTest, type Wire } from "./answer-under-test.ts";
import { block, chunk, disorder, disturb, POLICY, stepsOf, write } from "./stream-model.ts";

const under = new AnswerUnderTest(POLICY);
const runs = Number(process.env["FUZZ_RUNS"] ?? 100);

interface Parsed {
  readonly text: string;
  /** With the parameters as the library hands them to a program. */
  readonly tools: readonly { readonly name: string; readonly input: unknown }[];
}

/** Undefined where the library raises an error. */
type Parse = (bytes: Buffer) => Promise<Parsed | undefined>;

const parseAnthropic: Parse = async (bytes) => {
  const client = new Anthropic({
    apiKey: "k",
    maxRetries: 0,
    fetch: async () =>
      new Response(new Uint8Array(bytes), { headers: { "content-type": "text/event-stream" } }),
  });
  const body = { model: "m", max_tokens: 9, messages: [{ role: "user" as const, content: "a" }] };
  try {
    const { content } = await client.messages.stream(body).finalMessage();
    return {
      text: content.map((one) => (one.type === "text" ? one.text : "")).join(""),
      tools: content.flatMap((one) =>
        one.type === "tool_use" ? [{ name: one.name, input: one.input }] : [],
      ),
    };
  } catch {
    return undefined;
  }
};

const parseBedrock: Parse = async (bytes) => {
  const client = new BedrockRuntimeClient({
    region: "us-east-1",
    credentials: { accessKeyId: "a", secretAccessKey: "b" },
    maxAttempts: 1,
    requestHandler: {
      handle: async () => ({
        response: {
          statusCode: 200,
          headers: { "content-type": "application/vnd.amazon.eventstream" },
          body: Readable.from([bytes]),
        },
      }),
    } as never,
  });
  const messages = [{ role: "user" as const, content: [{ text: "a" }] }];
  const tools = new Map<number, { name: string; input: string }>();
  let text = "";
  try {
    const { stream } = await client.send(new ConverseStreamCommand({ modelId: "m", messages }));
    for await (const event of stream ?? []) {
      const index = event.contentBlockStart?.contentBlockIndex ?? 0;
      const name = event.contentBlockStart?.start?.toolUse?.name;
      if (name !== undefined) tools.set(index, { name, input: "" });
      const { delta, contentBlockIndex = 0 } = event.contentBlockDelta ?? {};
      text += delta?.text ?? "";
      const tool = tools.get(contentBlockIndex);
      if (tool !== undefined) tool.input += delta?.toolUse?.input ?? "";
    }
  } catch {
    return undefined;
  }
  const called = [...tools.values()].map(({ name, input }) => ({
    name,
    input: JSON.parse(input || "{}"),
  }));
  return { text, tools: called };
};

interface ActionRecord {
  readonly stage?: string;
  readonly action?: { readonly name: string; readonly parameters: string };
  readonly decision?: { readonly effect: string };
}

function digestOf(input: unknown): string {
  const text = JSON.stringify(parseJson(JSON.stringify(input)));
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}

/** Of the amounts that are tried, the one that every language holds as it is written. */
function isExact(input: unknown): boolean {
  return (input as { readonly amount?: unknown }).amount === 20;
}

function expectOnRecord({ records }: AnswerOutcome, { tools }: Parsed): void {
  const actions = (records as readonly ActionRecord[]).filter(({ stage }) => stage === "action");
  for (const [at, { name, input }] of tools.entries()) {
    expect(actions[at]).toMatchObject({ action: { name }, decision: { effect: "allow" } });
    if (isExact(input)) expect(actions[at]?.action?.parameters).toBe(digestOf(input));
  }
}

describe.each<readonly [Wire, Parse]>([
  ["anthropic", parseAnthropic],
  ["bedrock", parseBedrock],
])("the official library of %s", (wire, parse) => {
  it("gets the tool calls that are on record, whatever the model sends", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(block, { maxLength: 4 }),
        fc.array(disorder, { maxLength: 2 }),
        async (blocks, disorders) => {
          const frames = write(wire, disturb(stepsOf(blocks), disorders));
          const outcome = await under.stream(wire, frames);
          const parsed = outcome.bytes.length === 0 ? undefined : await parse(outcome.bytes);
          if (parsed !== undefined) expectOnRecord(outcome, parsed);
        },
      ),
      { numRuns: runs },
    );
  });

  it("gets every text of an answer that is allowed, with its masks", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(block, { minLength: 1, maxLength: 3 }),
        fc.array(fc.integer({ min: 1, max: 200 }), { maxLength: 2 }),
        async (blocks, sizes) => {
          const bytes = Buffer.concat(write(wire, stepsOf(blocks)));
          const outcome = await under.stream(wire, chunk(bytes, sizes));
          if (!outcome.bytes.includes("end_turn")) return;
          const parsed = await parse(outcome.bytes);
          const said = blocks.map(({ kind, text }) => (kind === "text" ? text : "")).join("");
          expect(parsed?.tools.map(({ name }) => name)).toEqual(
            blocks.filter(({ kind }) => kind === "tool").map(({ name }) => name),
          );
          if (!outcome.bytes.includes("REDACTED")) expect(parsed?.text).toBe(said);
          else expect(parsed?.text).not.toMatch(/536-90-4399/);
        },
      ),
      { numRuns: runs },
    );
  });
});
