// Which bodies are refused, and in what words; that the others are taken.

import { describe, expect, it } from "vitest";
import { bodyProblem, parseBody } from "./body.ts";
import type { Version } from "./routes.ts";
import type { Json } from "./shapes.ts";

const user = (content: unknown): Json => ({ role: "user", content });
const assistant = (content: unknown): Json => ({ role: "assistant", content });
const call = { type: "tool_use", id: "toolu_1", name: "get", input: {} };
const result = { type: "tool_result", tool_use_id: "toolu_1", content: "found" };
const text = { type: "text", text: "hi" };
const base: Json = { model: "claude-x", max_tokens: 10, messages: [user("hi")] };
const saying = (...messages: readonly unknown[]): Json => ({ ...base, messages });

function problem(body: Json, version: Version = "2023-06-01"): string | undefined {
  return bodyProblem(body, "messages", version);
}
const without = (field: string): Json =>
  Object.fromEntries(Object.entries(base).filter(([name]) => name !== field));

describe("a body", () => {
  it.each<[string, Json]>([
    ["model: Field required", without("model")],
    ["model: String should have at least 1 character", { ...base, model: "" }],
    ["max_tokens: Field required", without("max_tokens")],
    ["max_tokens: Input should be greater than or equal to 1", { ...base, max_tokens: 0 }],
    ["max_tokens: Input should be greater than or equal to 1", { ...base, max_tokens: 1.5 }],
    ["max_tokens: Input should be greater than or equal to 1", { ...base, max_tokens: "10" }],
    ["messages: Field required", without("messages")],
    ["messages: Input should be a valid list", { ...base, messages: {} }],
    ["messages: at least one message is required", saying()],
    ["stream: Input should be a valid boolean", { ...base, stream: "true" }],
    ["decision_id: Extra inputs are not permitted", { ...base, decision_id: "x" }],
    [
      "__proto__: Extra inputs are not permitted",
      JSON.parse(`{"__proto__":1,${JSON.stringify(base).slice(1)}`) as Json,
    ],
    [
      "system.0: text content blocks must be non-empty",
      { ...base, system: [{ ...text, text: "" }] },
    ],
    [
      "system.0: `image` blocks are not permitted in system messages",
      { ...base, system: [{ type: "image", source: {} }] },
    ],
  ])("is refused: %s", (message, body) => {
    expect(problem(body)).toBe(message);
  });

  it("is refused when it is not UTF-8, not JSON or not an object", () => {
    for (const bytes of [Buffer.from([0x22, 0xff, 0x22]), Buffer.from("{"), Buffer.from("[]")])
      expect(parseBody(bytes)).toBeUndefined();
    expect(parseBody(Buffer.from(JSON.stringify(base)))).toEqual(base);
  });

  it("has sampling until October 2026, and no longer", () => {
    for (const field of ["temperature", "top_k", "top_p"]) {
      expect(problem({ ...base, [field]: 1 }, "2023-06-01")).toBeUndefined();
      expect(problem({ ...base, [field]: 1 }, "2026-10-21")).toBe(
        `${field}: Extra inputs are not permitted`,
      );
    }
  });

  it("that is to be counted has no limit", () => {
    expect(bodyProblem(without("max_tokens"), "count_tokens", "2026-10-21")).toBeUndefined();
    expect(bodyProblem(base, "count_tokens", "2026-10-21")).toBe(
      "max_tokens: Extra inputs are not permitted",
    );
  });
});

describe("a message", () => {
  it.each<[string, readonly unknown[]]>([
    ["messages.0: Input should be an object", ["… 9"]],
    [
      'messages: Unexpected role "tool". Allowed roles are "user", "assistant" and "system"',
      [{ role: "tool", content: "x" }],
    ],
    [
      'messages: Unexpected role "undefined". Allowed roles are "user", "assistant" and "system"',
      [{ content: "x" }],
    ],
    ["messages.0.content: Field required", [{ role: "user" }]],
    ["messages.0.id: Extra inputs are not permitted", [{ ...user("x"), id: "1" }]],
    [
      "messages.0: all messages must have non-empty content except for the optional final assistant message",
      [user("")],
    ],
    ["messages.0.content.0.type: Field required", [user([{ text: "x" }])]],
    [
      "messages.0.content.0: Input tag 'toString' found using 'type' does not match any of the expected tags",
      [user([{ type: "toString" }])],
    ],
    ["messages.0.content.0.text.text: Field required", [user([{ type: "text" }])]],
    [
      "messages.0.content.0: text content blocks must be non-empty",
      [user([{ type: "text", text: "" }])],
    ],
    [
      "messages.0.content.0.text.note: Extra inputs are not permitted",
      [user([{ ...text, note: 1 }])],
    ],
    ["messages.0.content.0: `tool_use` blocks are not permitted in user messages", [user([call])]],
    [
      "messages.0.content.0: `thinking` blocks are not permitted in user messages",
      [user([{ type: "thinking", thinking: "", signature: "s" }])],
    ],
    [
      "messages.1.content.0.thinking.signature: Field required",
      [user("x"), assistant([{ type: "thinking", thinking: "" }])],
    ],
    [
      "messages.1.content.0.tool_use.input: Input should be an object",
      [user("x"), assistant([{ ...call, input: "{}" }])],
    ],
    [
      "messages.1.content.0.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'",
      [user("x"), assistant([{ ...call, id: "a b" }])],
    ],
    [
      "messages.2.content.0.tool_result.tool_use_id: Field required",
      [user("x"), assistant([call]), user([{ type: "tool_result" }])],
    ],
    [
      "messages.2.content.0.tool_result.content.0: `tool_use` blocks are not permitted in user messages",
      [user("x"), assistant([call]), user([{ ...result, content: [call] }])],
    ],
  ])("is refused: %s", (message, messages) => {
    expect(problem(saying(...messages))).toBe(message);
  });

  it.each<[string, readonly unknown[]]>([
    [
      "blocks of every kind",
      [
        user([
          text,
          { type: "image", source: {} },
          { type: "document", source: {}, title: "t", context: null },
          { type: "search_result", source: "s", title: "t", content: [] },
        ]),
        assistant([
          { type: "thinking", thinking: "", signature: "s" },
          { type: "redacted_thinking", data: "d" },
          text,
          call,
        ]),
        user([
          {
            ...result,
            content: [text, { type: "tool_reference", tool_name: "x" }],
            is_error: true,
          },
        ]),
      ],
    ],
    ["two messages of one role", [user("a"), user("b")]],
    ["an answer that is begun", [user("a"), assistant("")]],
    [
      "a word of the system",
      [user("a"), { role: "system", content: "b" }, assistant("c"), user("d")],
    ],
    [
      "results over two messages",
      [
        user("a"),
        assistant([call, { ...call, id: "toolu_2" }]),
        user([result]),
        user([{ ...result, tool_use_id: "toolu_2" }]),
      ],
    ],
    ["a call that is not answered yet", [user("a"), assistant([call])]],
    [
      "what a server's tool left",
      [user("a"), assistant([{ type: "server_tool_use", anything: 1 }])],
    ],
  ])("is taken: %s", (_, messages) => {
    expect(problem(saying(...messages))).toBeUndefined();
  });
});

describe("tool calls", () => {
  it.each<[string, readonly unknown[]]>([
    ["a result without its call", [user("x"), assistant("y"), user([result])]],
    [
      "a result of an earlier call",
      [user("x"), assistant([call]), user([result]), assistant("y"), user([result])],
    ],
    ["a first result", [user([result])]],
  ])("are refused: %s", (_, messages) => {
    expect(problem(saying(...messages))).toContain("unexpected `tool_use_id` found");
  });

  it.each<[string, readonly unknown[]]>([
    ["a call passed over", [user("x"), assistant([call]), user("y")]],
    [
      "one of two answered",
      [user("x"), assistant([call, { ...call, id: "toolu_2" }]), user([result])],
    ],
  ])("are refused: %s", (_, messages) => {
    expect(problem(saying(...messages))).toContain("were found without `tool_result` blocks");
  });
});

describe("tools", () => {
  const tool = { name: "get", input_schema: { type: "object" } };

  it.each<[string, readonly unknown[]]>([
    ["tools.0: Input should be an object", ["get"]],
    ["tools.0.custom.input_schema: Field required", [{ name: "get" }]],
    [
      "tools.0.custom.name: String should match pattern '^[a-zA-Z0-9_-]+$'",
      [{ ...tool, name: "a.b" }],
    ],
    ["tools.0.custom.parameters: Extra inputs are not permitted", [{ ...tool, parameters: {} }]],
    ["tools: Tool names must be unique.", [tool, { ...tool, description: "again" }]],
  ])("are refused: %s", (message, tools) => {
    expect(problem({ ...base, tools })).toBe(message);
  });

  it("are taken: a caller's, and Anthropic's own", () => {
    const own = [{ type: "bash_20250124", name: "bash" }, { type: "browser_toolset_20260801" }];
    expect(problem({ ...base, tools: [tool, ...own] })).toBeUndefined();
  });
});
