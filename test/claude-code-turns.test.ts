// That the recorded turns of Claude Code are whole enough to be sent again.

import { type AnthropicSim, startAnthropicSim } from "@writ/simulators";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readClaudeCodeTurns } from "./claude-code-turns.ts";
import { describeWithShared } from "./shared-data.ts";

describeWithShared("the recorded turns of Claude Code", () => {
  let sim: AnthropicSim;
  beforeAll(async () => {
    sim = await startAnthropicSim({ apiKeys: ["sk-ant-fake", "eyJ.fake.jwt"] });
  });
  afterAll(async () => await sim.close());

  it("on the Messages API are all taken by its simulator, as they are", async () => {
    const turns = readClaudeCodeTurns("anthropic");
    expect(turns.length).toBeGreaterThan(20);
    for (const { method, target, headers, body } of turns) {
      const { connection: _, ...sent } = headers;
      const init = { method, headers: sent, body: JSON.stringify(body) };
      const response = await fetch(`${sim.url}${target}`, init);
      expect(sim.requests.at(-1)?.problem).toBeUndefined();
      expect(response.status).toBe(200);
      expect(response.headers.get("content-type")).toMatch(
        body?.["stream"] === true ? /^text\/event-stream/ : /^application\/json/,
      );
      expect(await response.text()).toContain('"end_turn"');
    }
  });

  it("in Bedrock mode ask for profiles, probe models whole, then stream", () => {
    const turns = readClaudeCodeTurns("bedrock");
    const ways = new Set(
      turns.map(
        ({ method, target }) => `${method} ${target.replace(/\/model\/[^/]+/, "/model/*")}`,
      ),
    );
    expect([...ways]).toEqual([
      "GET /inference-profiles?type=SYSTEM_DEFINED",
      "POST /model/*/invoke",
      "POST /model/*/invoke-with-response-stream",
    ]);
    for (const { method, body } of turns)
      expect(body?.["anthropic_version"]).toBe(method === "GET" ? undefined : "bedrock-2023-05-31");
  });

  it("have texts and lists of the lengths that were recorded", () => {
    const [turn] = readClaudeCodeTurns("anthropic");
    const { messages, system, tools } = (turn?.body ?? {}) as {
      readonly messages: readonly { readonly content: readonly { readonly text: string }[] }[];
      readonly system: readonly { readonly text: string }[];
      readonly tools: readonly { readonly name: string }[];
    };
    expect(messages.map(({ content }) => content.map(({ text }) => text.length))).toEqual([
      Array(10).fill(798),
    ]);
    expect(system.map(({ text }) => text.length)).toEqual(Array(4).fill(74));
    expect(new Set(tools.map(({ name }) => name)).size).toBe(13);
  });
});
