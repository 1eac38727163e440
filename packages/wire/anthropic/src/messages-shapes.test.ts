// What is read of bodies of the Messages API: each text with its role, and each kind of content that nobody reads.

import { readAnswerBody, readRequestBody } from "@writ/surface";
import { describe, expect, it } from "vitest";
import { messagesFormat } from "./messages-format.ts";

function readMessage(content: unknown, more: object = {}, role = "user") {
  const body = { model: "m", max_tokens: 10, messages: [{ role, content }], ...more };
  const read = readRequestBody(messagesFormat, Buffer.from(JSON.stringify(body)), () => undefined);
  if (!read.ok) throw new Error(read.refusal.message);
  const { segments, opaque, tools, maxTokens } = read.content;
  const texts = segments
    .filter(({ role: of }) => of !== "control")
    .map(({ role: of, text, rewritable }) => `${of}${rewritable ? "" : " (kept)"}: ${text}`);
  return { texts, opaque, tools, maxTokens };
}

const base64 = (media_type: string, data: string): object => ({
  type: "base64",
  media_type,
  data: Buffer.from(data).toString("base64"),
});

describe("texts of a request", () => {
  it.each<[string, unknown, readonly string[]]>([
    ["a text", "hello", ["user: hello"]],
    ["blocks", [{ type: "text", text: "a" }], ["user: a"]],
    [
      "thinking, which is signed",
      [{ type: "thinking", thinking: "so", signature: "c2ln" }],
      ["thinking (kept): so"],
    ],
    [
      "a tool call, whose parameters can be rewritten and whose name cannot",
      [{ type: "tool_use", id: "t1", name: "find", input: { q: "x y" } }],
      [
        "tool_use (kept): tool_use",
        "tool_use (kept): t1",
        "tool_use (kept): find",
        "tool_use: x y",
      ],
    ],
    [
      "a tool result",
      [{ type: "tool_result", tool_use_id: "t", content: "found" }],
      ["tool_result: found"],
    ],
    [
      "a tool result in blocks",
      [{ type: "tool_result", tool_use_id: "t", content: [{ type: "text", text: "found" }] }],
      ["tool_result: found"],
    ],
    [
      "a document of plain text in base64",
      [{ type: "document", title: "T", source: base64("text/plain", "said") }],
      ["document: T", "document: said"],
    ],
    [
      "a document of blocks",
      [{ type: "document", source: { type: "content", content: [{ type: "text", text: "a" }] } }],
      ["document: a"],
    ],
    [
      "a search result",
      [{ type: "search_result", source: "S", title: "T", content: [{ type: "text", text: "a" }] }],
      ["document: S", "document: T", "document: a"],
    ],
  ])("%s", (_name, content, texts) => {
    const read = readMessage(content);
    expect(read.texts.filter((text) => !/: (?:q|id|name)$/.test(text))).toEqual(texts);
    expect(read.opaque).toEqual([]);
  });

  it("of who speaks", () => {
    expect(readMessage("a", { system: "s" }).texts).toEqual(["user: a", "system: s"]);
    expect(readMessage("a", {}, "assistant").texts).toEqual(["assistant: a"]);
    expect(readMessage("a", {}, "system").texts).toEqual(["system: a"]);
    const blocks = { system: [{ type: "text", text: "s", cache_control: { type: "ephemeral" } }] };
    expect(readMessage("a", blocks).texts).toEqual(["user: a", "system: s"]);
  });
});

describe("what nobody reads of a request", () => {
  const png = base64("image/png", "png");
  it.each<[string, object, readonly string[]]>([
    ["an image", { type: "image", source: png }, ["image"]],
    [
      "an image elsewhere",
      { type: "image", source: { type: "url", url: "u" } },
      ["file_reference"],
    ],
    [
      "a stored image",
      { type: "image", source: { type: "file", file_id: "f" } },
      ["file_reference"],
    ],
    ["an image from nobody knows where", { type: "image", source: { type: "s3" } }, ["unknown"]],
    ["an image without a source", { type: "image", source: "png" }, ["unknown"]],
    ["a PDF", { type: "document", source: base64("application/pdf", "%PDF-") }, ["pdf"]],
    [
      "another document",
      { type: "document", source: base64("application/x-a", "a") },
      ["document"],
    ],
    [
      "bytes that are not what they say",
      { type: "document", source: { type: "base64", media_type: "text/plain", data: "YQ==YQ==" } },
      ["document"],
    ],
    ["an upload", { type: "container_upload", file_id: "f" }, ["file_reference"]],
    ["encrypted reasoning", { type: "redacted_thinking", data: "ZW5j" }, ["encrypted_reasoning"]],
    ["a block of a new kind", { type: "hologram", data: "x" }, ["unknown"]],
    ["a block without a kind", { text: "x" }, ["unknown"]],
    ["a member of a new kind", { type: "text", text: "a", more: { b: "c" } }, ["unknown"]],
    [
      "an image in a result",
      { type: "tool_result", content: [{ type: "image", source: png }] },
      ["image"],
    ],
    [
      "an image in a document",
      { type: "document", source: { type: "content", content: [{ type: "image", source: png }] } },
      ["image"],
    ],
  ])("%s", (_name, block, opaque) => {
    expect(readMessage([block]).opaque).toEqual(opaque);
  });

  it.each<[string, unknown, readonly string[]]>([
    ["mcp_servers", [{ type: "url", url: "u", name: "m" }], ["remote_tools"]],
    ["container", "c", ["stored_conversation"]],
    ["container", { skills: [] }, ["stored_conversation"]],
    ["thread", { type: "continue" }, ["stored_conversation"]],
    ["user_profile_id", "u", ["stored_conversation"]],
    ["recall", { from: "elsewhere" }, ["unknown"]],
    ["service_tier", "auto", []],
    ["speed", "fast", []],
    ["inference_geo", "eu", []],
    ["a_flag", true, []],
    ["a_number", 1, []],
  ])("`%s`: %j", (member, value, opaque) => {
    expect(readMessage("a", { [member]: value }).opaque).toEqual(opaque);
  });
});

describe("what a policy may want to know", () => {
  it("is the name of each tool, or what it is", () => {
    const tools = [
      { name: "find" },
      { type: "web_search_20250305" },
      { type: "bash", name: "sh" },
      {},
    ];
    const servers = [{ type: "url", name: "git" }];
    expect(readMessage("a", { tools, mcp_servers: servers }).tools).toEqual([
      "find",
      "web_search_20250305",
      "sh",
      "unknown",
      "git",
    ]);
  });

  it.each<[object, number]>([
    [{ max_tokens: 10 }, 10],
    [{ max_tokens: 10, max_tokens_to_sample: 20 }, 20],
    [{ max_tokens: 10, thinking: { type: "enabled", budget_tokens: 4000 } }, 4000],
  ])("is the largest limit of %j", (limits, maxTokens) => {
    expect(readMessage("a", limits).maxTokens).toBe(maxTokens);
  });
});

describe("a whole answer", () => {
  const read = (content: unknown) =>
    readAnswerBody(messagesFormat, Buffer.from(JSON.stringify({ content, usage: USAGE })));
  const USAGE = { input_tokens: 1, output_tokens: 2, cache_creation_input_tokens: 3 };

  it("has its usage and its tool calls", () => {
    const answer = read([
      { type: "text", text: "a" },
      { type: "tool_use", id: "t", name: "find", input: { q: 1 } },
      { type: "server_tool_use", id: "s", name: "web_search", input: {} },
    ]);
    expect(answer).toMatchObject({
      ok: true,
      usage: { inputTokens: 1, outputTokens: 2, cacheWriteInputTokens: 3 },
      toolUses: [
        { id: "t", name: "find" },
        { id: "s", name: "web_search" },
      ],
    });
  });

  it.each([["a text"], [{ type: "text", text: "a" }], [["a"]], [[{ type: "tool_use", id: "t" }]]])(
    "with %j for its content cannot be read",
    (content) => expect(read(content).ok).toBe(false),
  );
});
