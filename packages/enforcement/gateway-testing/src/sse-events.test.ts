import { expect, it } from "vitest";
import { encodeSseEvent, sseDifferences } from "./sse-events.ts";

const A = { type: "a", text: "x", more: { n: 1 } };
const SENT = [encodeSseEvent(A), encodeSseEvent(": c\n\n"), encodeSseEvent({ type: "b" })];
const ALL = Buffer.concat(SENT);

it.each<[string, Buffer, "same" | readonly unknown[], boolean]>([
  ["the same", ALL, "same", true],
  ["less than the same", ALL.subarray(1), "same", false],
  ["by number", ALL, [0, 1, 2], true],
  ["by number, in another order", ALL, [1, 0, 2], false],
  ["by number, with more to come", ALL, [0, 1], false],
  ["by number, with less", ALL.subarray(0, SENT[0]?.length), [0, 1], false],
  ["by what it has", ALL, [{ type: "a", text: "/^x$/" }, 1, { type: "b" }], true],
  ["by what it has not", ALL, [{ type: "a", text: "y" }, 1, { type: "b" }], false],
  ["by its bytes", ALL, [0, ": c\n\n", 2], true],
  ["by other bytes", ALL, [0, ": d\n\n", 2], false],
  ["a name that is not the type", Buffer.from('event: a\ndata: {"type":"b"}\n\n'), [{}], false],
  ["no event", Buffer.from("{}"), [{}], false],
  ["nothing", Buffer.alloc(0), [], true],
  ["nothing where something is expected", Buffer.alloc(0), [0], false],
])("%s", (_name, received, expected, isSame) => {
  expect(sseDifferences(received, expected, SENT).length === 0).toBe(isSame);
});
