import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSseDecoder, encodeSse, type SseEvent } from "./sse.ts";

const MAX = 1_000;

interface Read {
  readonly events: readonly SseEvent[];
  /** Of the failure, where there was one. */
  readonly message: string | undefined;
}

/** What a decoder makes of bytes that arrive in these pieces. */
function read(pieces: readonly Uint8Array[], maxEventBytes = MAX): Read {
  const decoder = createSseDecoder({ maxEventBytes });
  const events: SseEvent[] = [];
  let message: string | undefined;
  for (const piece of pieces) {
    const result = decoder.push(Buffer.from(piece));
    events.push(...result.events);
    if (!result.ok) message ??= result.message;
    if (message !== undefined && result.ok) throw new Error("it goes on after a failure");
  }
  return { events, message };
}

const whole = (text: string): Read => read([Buffer.from(text, "utf8")]);

describe("an event", () => {
  it.each([
    ["as it is written", "event: a\ndata: {}\n\n", "a", "{}"],
    ["without spaces", "event:a\ndata:{}\n\n", "a", "{}"],
    ["with one space of its own", "event: a\ndata:  {}\n\n", "a", " {}"],
    ["with lines that end in CRLF", "event: a\r\ndata: {}\r\n\r\n", "a", "{}"],
    ["with lines that end in both", "event: a\r\ndata: {}\n\r\n", "a", "{}"],
    ["with its data first", "data: {}\nevent: a\n\n", "a", "{}"],
    ["without a name", "data: {}\n\n", undefined, "{}"],
    ["without data", "event: a\n\n", "a", undefined],
    ["with an empty name", "event\ndata: {}\n\n", "", "{}"],
    ["with empty data", "event: a\ndata:\n\n", "a", ""],
    ["with a colon in its data", 'event: a\ndata: {"a":"b: c"}\n\n', "a", '{"a":"b: c"}'],
    ["with text of every length of UTF-8", "event: a\ndata: é€😀\n\n", "a", "é€😀"],
    ["that is a comment", ": hello\n\n", undefined, undefined],
    ["that is comments", ":\n: a\r\n:b\n\n", undefined, undefined],
    ["that is an empty line", "\n", undefined, undefined],
    ["that is an empty line that ends in CRLF", "\r\n", undefined, undefined],
  ])("%s", (_name, text, event, data) => {
    const { events, message } = whole(text);
    expect(message).toBeUndefined();
    expect(events).toMatchObject([{ text, event, data }]);
    expect(events[0]?.bytes.toString("utf8")).toBe(text);
  });

  it.each([
    ["event: a\ndata: {}\n\n", "{}"],
    ["data:{}\r\nevent: a\r\n\r\n", "{}"],
    ["event: é\ndata: {€}\n\n", "{€}"],
  ])("says where its data are: %j", (text, data) => {
    const [event] = whole(text).events;
    expect(text.slice(event?.dataAt, (event?.dataAt ?? 0) + data.length)).toBe(data);
  });
});

describe("what clients take for different things is refused", () => {
  it.each([
    ["data over two lines", "event: a\ndata: {\ndata: }\n\n"],
    ["two names", "event: a\nevent: b\ndata: {}\n\n"],
    ["an id", "event: a\nid: 1\ndata: {}\n\n"],
    ["a time to wait", "retry: 1\n\n"],
    ["a member that nobody knows", "event: a\nnote: b\ndata: {}\n\n"],
    ["a name in capitals", "Event: a\ndata: {}\n\n"],
    ["a name with a space", "event : a\ndata: {}\n\n"],
    ["a comment before the event", ": c\nevent: a\ndata: {}\n\n"],
    ["a comment in the event", "event: a\n: c\ndata: {}\n\n"],
    ["a comment after the data", "event: a\ndata: {}\n: c\n\n"],
    ["a line that ends in CR", "event: a\rdata: {}\n\n"],
    ["an empty line that ends in CR", "event: a\ndata: {}\n\r\r\n\n"],
    ["a CR in the data", "event: a\ndata: {\r}\n\n"],
    ["a byte order mark", "\uFEFFevent: a\ndata: {}\n\n"],
    ["a byte order mark in a comment", "\uFEFF: a\n\n"],
    ["something else", '{"error":{}}\n\n'],
  ])("%s", (_name, text) => {
    const { events, message } = whole(text);
    expect(message).toMatch(/^an event /);
    expect(events).toEqual([]);
  });

  it("and so is what is not UTF-8", () => {
    for (const bytes of [[0xff], [0xc3], [0xed, 0xa0, 0x80], [0xc0, 0xaf]]) {
      const block = [Buffer.from("event: a\ndata: "), Buffer.from(bytes), Buffer.from("\n\n")];
      expect(read([Buffer.concat(block)])).toEqual({
        events: [],
        message: "an event is not UTF-8",
      });
    }
  });

  it("and nothing after it is read, whatever came before is", () => {
    const { events, message } = whole("event: a\ndata: 1\n\nid: 1\n\nevent: b\ndata: 2\n\n");
    expect(events.map(({ data }) => data)).toEqual(["1"]);
    expect(message).toBeDefined();
  });
});

describe("an event that is larger than what is inspected", () => {
  const text = `event: a\ndata: ${"x".repeat(MAX)}\n\n`;

  it("is refused when it is whole", () => {
    expect(whole(text).message).toBe("an event is larger than what is inspected");
  });

  it("is refused before it is whole", () => {
    const bytes = Buffer.from(text);
    expect(read([bytes.subarray(0, MAX)]).message).toBeUndefined();
    expect(read([bytes.subarray(0, MAX), bytes.subarray(MAX, MAX + 1)]).message).toBeDefined();
  });

  it("is not for those around it to fill up", () => {
    const events = Array.from({ length: 10 }, () => encodeSse("a", "x".repeat(MAX / 2)));
    expect(read([Buffer.concat(events)]).events.length).toBe(10);
  });
});

it("an event that is encoded is read as what it was", () => {
  const [event] = read([encodeSse("a", '{"b":"é"}')]).events;
  expect(event).toMatchObject({ event: "a", data: '{"b":"é"}' });
});

const line = fc.constantFrom(
  "event: a",
  "event:b",
  'data: {"x":"é"}',
  "data:",
  ": comment",
  "id: 1",
  "\uFEFFevent: a",
  "data: a\rb",
);
const block = fc
  .tuple(fc.array(line, { maxLength: 3 }), fc.constantFrom("\n", "\r\n"))
  .map(([lines, end]) => [...lines, ""].join(end) + end);
const runs = Number(process.env["FUZZ_RUNS"] ?? 500);

it("every cut of the bytes gives the same events, and the same failure", () => {
  fc.assert(
    fc.property(
      fc.array(block, { maxLength: 6 }),
      fc.array(fc.nat(400), { maxLength: 30 }),
      (blocks, places) => {
        const bytes = Buffer.from(blocks.join(""), "utf8");
        const cuts = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort(
          (a, b) => a - b,
        );
        const pieces = [...cuts, bytes.length].map((end, index) =>
          bytes.subarray(index === 0 ? 0 : cuts[index - 1], end),
        );
        const expected = read([bytes]);
        expect(read(pieces)).toEqual(expected);
        expect(read([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual(expected);
        const passed = Buffer.concat(expected.events.map((event) => event.bytes));
        expect(bytes.subarray(0, passed.length).equals(passed)).toBe(true);
        if (expected.message === undefined) expect(passed.length).toBe(bytes.length);
      },
    ),
    { numRuns: runs },
  );
});
