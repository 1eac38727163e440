// Streamed answers as a model might write them and as it should not, for both wires; and what a client makes of bytes.

import { createFrameDecoder } from "@writ/event-stream";
import { encodeEventFrame as encode } from "@writ/gateway-testing";
import fc from "fast-check";
import { classifier, type Wire } from "./answer-under-test.ts";

export const POLICY = `package p

allow := true

deny contains "secret" if "secret.aws_access_key" in input.labels

deny contains "over the cap" if {
	input.action.name == "refund"
	input.action.parameters.amount > 500
}

deny contains "too often" if {
	some f in input.findings
	f.label == "pii.email"
	f.count > 1
}

redact contains "pii.ssn"
`;
const DENIED = "secret.aws_access_key";
const MASKED = "pii.ssn";

export interface Block {
  readonly kind: "text" | "thinking" | "tool";
  readonly name: string;
  readonly text: string;
  readonly cuts: readonly number[];
}

const words = fc.constantFrom(
  "hello ",
  "the key: ",
  "AKIAQ3EGRJ",
  "7XV5ZT2MNB",
  " 536-90-",
  "4399 ",
  "jane@example.org ",
  ". ",
  "1",
);
const said = fc.array(words, { maxLength: 5 }).map((list) => list.join(""));
const parameters = fc
  .record({
    amount: fc.constantFrom("20", "900", "900.00000000000000001", "1e400", "500.0"),
    note: said,
  })
  .map(({ amount, note }) => `{"amount":${amount},"note":${JSON.stringify(note)}}`);
const cuts = fc.array(fc.nat({ max: 60 }), { maxLength: 4 });
const ofText = (kind: "text" | "thinking"): fc.Arbitrary<Block> =>
  fc.record({ kind: fc.constant(kind), name: fc.constant(""), text: said, cuts });
export const block: fc.Arbitrary<Block> = fc.oneof(
  { weight: 4, arbitrary: ofText("text") },
  { weight: 1, arbitrary: ofText("thinking") },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("tool" as const),
      name: fc.constantFrom("refund", "look"),
      text: parameters,
      cuts,
    }),
  },
);

/** One step of an answer, before it is written for a wire. */
export type Step =
  | { readonly step: "start" | "stop" | "ping" | "usage" }
  | { readonly step: "block-start" | "block-stop"; readonly index: number; readonly block: Block }
  | {
      readonly step: "delta";
      readonly index: number;
      readonly block: Block;
      readonly piece: string;
    };

function pieces({ text, cuts: places }: Block): readonly string[] {
  const at = [...new Set(places.map((place) => place % (text.length + 1)))].sort((a, b) => a - b);
  const ends = [...at, text.length];
  return ends.map((end, index) => text.slice(index === 0 ? 0 : ends[index - 1], end));
}

export function stepsOf(blocks: readonly Block[]): readonly Step[] {
  return [
    { step: "start" },
    ...blocks.flatMap((one, index): readonly Step[] => [
      { step: "block-start", index, block: one },
      ...pieces(one).map((piece): Step => ({ step: "delta", index, block: one, piece })),
      { step: "block-stop", index, block: one },
    ]),
    { step: "usage" },
    { step: "stop" },
  ];
}

/** What a model should not do to its steps; `key` writes a member twice, `index` gives a step to another block. */
export type Disorder = readonly [
  kind: "drop" | "repeat" | "swap" | "move" | "ping" | "index" | "key",
  at: number,
  to: number,
];
const place = fc.nat({ max: 40 });
export const disorder: fc.Arbitrary<Disorder> = fc.tuple(
  fc.constantFrom("drop", "repeat", "swap", "move", "ping", "index", "key"),
  place,
  place,
);

type Written = Step & { readonly isTwice?: boolean };

export function disturb(steps: readonly Step[], disorders: readonly Disorder[]): Written[] {
  const list: Written[] = [...steps];
  for (const [kind, one, other] of disorders) {
    const [at, to] = [one % Math.max(1, list.length), other % Math.max(1, list.length)];
    const step = list[at];
    if (step === undefined) continue;
    if (kind === "drop" || kind === "move") list.splice(at, 1);
    if (kind === "repeat" || kind === "move") list.splice(to, 0, step);
    if (kind === "ping") list.splice(at, 0, { step: "ping" });
    if (kind === "index" && "index" in step) list[at] = { ...step, index: other % 3 };
    if (kind === "key") list[at] = { ...step, isTwice: true };
    if (kind === "swap") {
      list[at] = list[to] as Written;
      list[to] = step;
    }
  }
  return list;
}

interface Json {
  readonly [key: string]: unknown;
}

function pieceOf(step: Step): string {
  return step.step === "delta" ? step.piece : "";
}

function bedrockEvent(step: Step): Json | undefined {
  if (step.step === "start") return { messageStart: { role: "assistant" } };
  if (step.step === "stop") return { messageStop: { stopReason: "end_turn" } };
  if (!("index" in step)) return undefined;
  const { block: one, index: contentBlockIndex } = step;
  if (step.step === "block-start") {
    if (one.kind !== "tool") return undefined;
    const start = { toolUse: { toolUseId: `t${contentBlockIndex}`, name: one.name } };
    return { contentBlockStart: { contentBlockIndex, start } };
  }
  if (step.step === "block-stop") return { contentBlockStop: { contentBlockIndex } };
  const piece = pieceOf(step);
  const delta = {
    text: { text: piece },
    thinking: { reasoningContent: { text: piece } },
    tool: { toolUse: { input: piece } },
  }[one.kind];
  return { contentBlockDelta: { contentBlockIndex, delta } };
}

const PLAIN: { readonly [step: string]: Json } = {
  start: {
    type: "message_start",
    message: { id: "msg_1", role: "assistant", content: [], usage: { output_tokens: 1 } },
  },
  usage: {
    type: "message_delta",
    delta: { stop_reason: "end_turn" },
    usage: { output_tokens: 9 },
  },
  stop: { type: "message_stop" },
  ping: { type: "ping" },
};

function anthropicEvent(step: Step): Json {
  if (!("index" in step)) return PLAIN[step.step] ?? {};
  const { block: one, index } = step;
  if (step.step === "block-stop") return { type: "content_block_stop", index };
  if (step.step === "block-start") {
    const content_block = {
      text: { type: "text", text: "" },
      thinking: { type: "thinking", thinking: "" },
      tool: { type: "tool_use", id: `t${index}`, name: one.name, input: {} },
    }[one.kind];
    return { type: "content_block_start", index, content_block };
  }
  const piece = pieceOf(step);
  const delta = {
    text: { type: "text_delta", text: piece },
    thinking: { type: "thinking_delta", thinking: piece },
    tool: { type: "input_json_delta", partial_json: piece },
  }[one.kind];
  return { type: "content_block_delta", index, delta };
}

/** A member that is there twice: readers keep one or the other. */
function twice(text: string): string {
  const [first = ""] = /"[^"]+":(?:"[^"]*"|\d+)/.exec(text) ?? [];
  return first === "" ? text : text.replace(first, `${first},${first}`);
}

export function write(wire: Wire, steps: readonly Written[]): readonly Buffer[] {
  return steps.flatMap((step) => {
    if (wire === "bedrock") {
      const event = bedrockEvent(step);
      return event === undefined ? [] : [encode(event)];
    }
    const event = anthropicEvent(step);
    const data = JSON.stringify(event);
    return [Buffer.from(`event: ${event["type"]}\ndata: ${step.isTwice ? twice(data) : data}\n\n`)];
  });
}

/** Bytes in pieces of these lengths, by turns. */
export function chunk(bytes: Buffer, lengths: readonly number[]): readonly Buffer[] {
  if (lengths.length === 0) return [bytes];
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = lengths[chunks.length % lengths.length] ?? 1;
    chunks.push(bytes.subarray(at, at + length));
    at += length;
  }
  return chunks;
}

export interface Assembled {
  readonly texts: Map<string, string>;
  /** All of a kind, in the order it came. */
  readonly said: { text: string; thinking: string };
  readonly tools: { readonly name: string; input: string; isWhole: boolean }[];
  isComplete: boolean;
  reason: string;
}

interface Read {
  readonly type: "tool" | "text" | "thinking" | "input" | "block-stop" | "reason" | "stop";
  readonly index: number;
  readonly text: string;
}

function readBedrock(bytes: Buffer): readonly Read[] {
  const decoded = createFrameDecoder({ maxFrameBytes: 1 << 24 }).push(bytes);
  if (!decoded.ok) throw new Error(decoded.error.message);
  return decoded.frames.flatMap((frame): readonly Read[] => {
    const type = String(frame.headers.get(":event-type")?.value ?? "exception");
    const value = JSON.parse(frame.payload.toString());
    const index = value.contentBlockIndex as number;
    const read = (kind: Read["type"], text: string | undefined): readonly Read[] =>
      text === undefined ? [] : [{ type: kind, index, text }];
    const { delta } = value;
    switch (type) {
      case "contentBlockStart":
        return read("tool", value.start?.toolUse?.name);
      case "contentBlockDelta":
        return [
          ...read("text", delta.text),
          ...read("thinking", delta.reasoningContent?.text),
          ...read("input", delta.toolUse?.input),
        ];
      case "contentBlockStop":
        return read("block-stop", "");
      case "messageStop":
        return [...read("reason", value.stopReason), ...read("stop", "")];
      default:
        return [];
    }
  });
}

function readAnthropic(bytes: Buffer): readonly Read[] {
  return bytes
    .toString()
    .split("\n\n")
    .filter((event) => event !== "")
    .flatMap((event): readonly Read[] => {
      const value = JSON.parse(/^data: (.*)$/m.exec(event)?.[1] ?? "{}");
      const index = value.index as number;
      const read = (kind: Read["type"], text: string | undefined): readonly Read[] =>
        text === undefined ? [] : [{ type: kind, index, text }];
      switch (value.type) {
        case "content_block_start":
          return value.content_block.type === "tool_use"
            ? read("tool", value.content_block.name)
            : [];
        case "content_block_delta":
          return [
            ...read("text", value.delta.text),
            ...read("thinking", value.delta.thinking),
            ...read("input", value.delta.partial_json),
          ];
        case "content_block_stop":
          return read("block-stop", "");
        case "message_delta":
          return read("reason", value.delta.stop_reason);
        case "message_stop":
          return read("stop", "");
        default:
          return [];
      }
    });
}

/** As clients do it: by index, whatever the order. */
export function assemble(wire: Wire, bytes: Buffer): Assembled {
  const out: Assembled = {
    texts: new Map(),
    said: { text: "", thinking: "" },
    tools: [],
    isComplete: false,
    reason: "",
  };
  const open = new Map<number, Assembled["tools"][number]>();
  for (const { type, index, text } of wire === "bedrock"
    ? readBedrock(bytes)
    : readAnthropic(bytes)) {
    if (type === "tool") {
      const tool = { name: text, input: "", isWhole: false };
      open.set(index, tool);
      out.tools.push(tool);
    }
    const tool = open.get(index);
    if (type === "input" && tool !== undefined) tool.input += text;
    if (type === "block-stop" && tool !== undefined) tool.isWhole = true;
    if (type === "reason") out.reason = text;
    if (type === "stop") out.isComplete = true;
    const key = `${type} ${index}`;
    if (type !== "text" && type !== "thinking") continue;
    out.said[type] += text;
    out.texts.set(key, (out.texts.get(key) ?? "") + text);
  }
  return out;
}

/** As a reader joins them: each text by itself, and all of a kind. */
function readingsOf({ said: inOrder, texts, tools }: Assembled): readonly string[] {
  const kinds = ["text", "thinking"].map((kind) =>
    [...texts].filter(([key]) => key.startsWith(kind)).map(([, text]) => text),
  );
  return [
    inOrder.text,
    inOrder.thinking,
    ...kinds.flat(),
    ...kinds.map((list) => list.join("")),
    ...tools.map(({ input }) => input),
  ];
}

/**
 * Everything that must not be in what a client got. Where an answer ends in the middle of a word that the model went on
 * with, what the client has of the word is no word: it is found in nothing that the model said.
 */
export function leaks(client: Assembled, upstream: Assembled): readonly string[] {
  const wholes = readingsOf(upstream);
  return readingsOf(client).filter((text) => {
    // Its end, since what is before it may be masked.
    const end = text.slice(-20);
    const isMidWord = wholes.some((whole) => {
      const at = whole.indexOf(end);
      return at >= 0 && /\w$/.test(end) && /\w/.test(whole[at + end.length] ?? "");
    });
    return classifier
      .classify(text)
      .some(
        ({ label, end: to }) =>
          (label === DENIED || label === MASKED) && !(isMidWord && to === text.length),
      );
  });
}

/** The same answer, whole. */
export function wholeOf(wire: Wire, blocks: readonly Block[]): string {
  const content = blocks.map(({ kind, name, text }, index) => {
    const id = `t${index}`;
    if (wire === "bedrock") {
      if (kind === "text") return JSON.stringify({ text });
      if (kind === "thinking")
        return JSON.stringify({ reasoningContent: { reasoningText: { text } } });
      return `{"toolUse":{"toolUseId":"${id}","name":"${name}","input":${text}}}`;
    }
    if (kind === "text") return JSON.stringify({ type: "text", text });
    if (kind === "thinking") return JSON.stringify({ type: "thinking", thinking: text });
    return `{"type":"tool_use","id":"${id}","name":"${name}","input":${text}}`;
  });
  return wire === "bedrock"
    ? `{"output":{"message":{"role":"assistant","content":[${content.join(",")}]}},"stopReason":"end_turn"}`
    : `{"id":"msg_1","type":"message","role":"assistant","content":[${content.join(",")}],"stop_reason":"end_turn"}`;
}

interface WholeBlock {
  readonly text?: string;
  readonly type?: string;
  readonly toolUse?: object;
}

/** The texts and the number of tool calls of a whole answer. */
export function readWhole(
  wire: Wire,
  body: string,
): { readonly texts: readonly string[]; readonly tools: number } {
  const value = JSON.parse(body);
  const content: readonly WholeBlock[] =
    wire === "bedrock" ? value.output.message.content : value.content;
  return {
    texts: content.flatMap(({ text }) => text ?? []),
    tools: content.filter(({ toolUse, type }) => toolUse !== undefined || type === "tool_use")
      .length,
  };
}
