// Answers of a model that wants to get something past the policy: each is ended before it is whole.

import { expect, it } from "vitest";
import { AnswerUnderTest } from "./answer-under-test.ts";

const under = new AnswerUnderTest(`package p

allow := true

deny contains "secret" if "secret.aws_access_key" in input.labels

deny contains "deletes" if contains(input.action.parameters.command, "rm")
`);

interface Event {
  readonly type: string;
  readonly [member: string]: unknown;
}

const [FRONT, BACK] = ["AKIAQ3EGRJ", "7XV5ZT2MNB"];
const START: Event = { type: "message_start", message: { content: [], usage: {} } };
const tool = (name: string, index: number): Event => ({
  type: "content_block_start",
  index,
  content_block: { type: "tool_use", id: `t${index}`, name, input: {} },
});
const block = (type: "text" | "thinking", index = 0): Event => ({
  type: "content_block_start",
  index,
  content_block: { type, [type]: "" },
});
const delta = (index: number, members: object, beside: object = {}): Event => ({
  type: "content_block_delta",
  index,
  delta: members,
  ...beside,
});
const input = (index: number, text: string, beside: object = {}): Event =>
  delta(index, { type: "input_json_delta", partial_json: text }, beside);
const text = (said: string, beside: object = {}): Event =>
  delta(0, { type: "text_delta", text: said }, beside);
const thinking = (said: string, within: object = {}): Event =>
  delta(0, { type: "thinking_delta", thinking: said, ...within });
const stop = (index: number): Event => ({ type: "content_block_stop", index });
const reason = (stop_reason: string): Event => ({
  type: "message_delta",
  delta: { stop_reason },
  usage: { output_tokens: 1 },
});
const END: readonly Event[] = [reason("end_turn"), { type: "message_stop" }];

const cases: readonly (readonly [name: string, events: readonly Event[]])[] = [
  [
    "a name with a slash is no part of a tool's parameters",
    [
      tool("bash", 0),
      input(0, '{"command":"', { "delta/partial_json": 'ls","n":"' }),
      input(0, 'rm -rf /"}'),
      stop(0),
    ],
  ],
  [
    "a name with a slash is no part of a text",
    [block("text"), text(FRONT, { "delta/text": "-" }), text(BACK), stop(0)],
  ],
  [
    "what stands beside thinking is no part of it",
    [block("thinking"), thinking(FRONT, { note: "-filler-" }), thinking(BACK), stop(0)],
  ],
  [
    "an event between is no part of thinking",
    [block("thinking"), thinking(FRONT), { type: "zz", q: "-filler-" }, thinking(BACK), stop(0)],
  ],
  [
    "blocks that are counted otherwise",
    [tool("bash", 1), stop(1), tool("look", 0), input(0, '{"command":"ls"}'), stop(0)],
  ],
  ["a first block that is not the first", [tool("bash", 5), input(5, "{}"), stop(5)]],
  [
    "a cut call and then more",
    [
      tool("x", 0),
      input(0, '{"a":'),
      stop(0),
      reason("max_tokens"),
      tool("bash", 1),
      input(1, "{}"),
      stop(1),
    ],
  ],
  [
    "a cut call of an answer that another event says to be cut",
    [
      tool("x", 0),
      input(0, '{"a":'),
      stop(0),
      { type: "foo", delta: { stop_reason: "max_tokens" } },
    ],
  ],
  [
    "a text in the delta of another event",
    [
      block("text"),
      text(FRONT),
      { type: "message_delta", delta: { text: BACK }, usage: { output_tokens: 1 } },
      stop(0),
    ],
  ],
  ["an event whose name would have to be trimmed", [{ type: " content_block_start", index: 0 }]],
  ["an event whose name is content", [{ type: "jane.roe@example.org" }]],
];

const encode = (events: readonly Event[]): Buffer =>
  Buffer.from(
    events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join(""),
  );

const ended = async (bytes: Buffer): Promise<unknown> => {
  const { records } = await under.stream("anthropic", [bytes]);
  return (records.at(-1) as { readonly ending?: string } | undefined)?.ending;
};

it.each(cases)("%s", async (_name, events) => {
  expect(await ended(encode([START, ...events, ...END]))).toMatch(
    /^(denied|refused|upstream_error)$/,
  );
});

it("a secret in two comments is one", async () => {
  const comments = Buffer.from(`: ${FRONT}\n\n: ${BACK}\n\n`);
  const bytes = Buffer.concat([encode([START]), comments, encode(END)]);
  expect(await ended(bytes)).toBe("denied");
});

it("and honest answers of the same kinds are whole", async () => {
  const honest = [block("text"), text("hello"), stop(0), tool("bash", 1)];
  const calls = [input(1, '{"command":"'), input(1, 'ls"}'), stop(1)];
  expect(await ended(encode([START, ...honest, ...calls, ...END]))).toBe("complete");
});
