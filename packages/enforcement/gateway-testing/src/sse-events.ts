// Server-sent events in the notation of the cases: an object is the event of its `type`, as APIs send it; a text is
// what it is, its empty line included.

import { differences } from "./differences.ts";

/** The bytes of an event. */
export function encodeSseEvent(event: unknown): Buffer {
  if (typeof event === "string") return Buffer.from(event, "utf8");
  const { type } = event as { readonly type: string };
  return Buffer.from(`event: ${type}\ndata: ${JSON.stringify(event)}\n\n`, "utf8");
}

/** The event that a chunk of an event stream is to clients that read server-sent events. */
export function sseOfFrame(frame: unknown): Buffer {
  const { chunk } = frame as { readonly chunk?: unknown };
  return chunk === undefined ? Buffer.alloc(0) : encodeSseEvent(chunk);
}

/** What of the events that a client got is not as expected; `sent` are those of the upstream. */
export function sseDifferences(
  received: Buffer,
  expected: "same" | readonly unknown[],
  sent: readonly Buffer[],
): readonly string[] {
  const text = received.toString("utf8");
  if (expected === "same") return differences(Buffer.concat(sent).toString("utf8"), text, "events");
  // A number of the upstream's may be several blocks of lines, or none.
  let rest = text;
  for (const [index, one] of expected.entries()) {
    const exact = typeof one === "number" ? (sent[one] ?? Buffer.alloc(0)).toString("utf8") : one;
    const found = typeof exact === "string" ? takeExact(rest, exact) : takeEvent(rest, exact);
    if (typeof found === "string") return [`events[${index}]: ${found}`];
    rest = found.rest;
  }
  return rest === "" ? [] : [`events: nothing more is expected, and there is ${rest}`];
}

type Taken = { readonly rest: string } | string;

function takeExact(text: string, exact: string): Taken {
  return text.startsWith(exact)
    ? { rest: text.slice(exact.length) }
    : `${JSON.stringify(text)} does not begin with ${JSON.stringify(exact)}`;
}

const EVENT = /^event: (.*)\r?\ndata: (.*)\r?\n\r?\n/;

function takeEvent(text: string, expected: unknown): Taken {
  const [whole, name, data] = EVENT.exec(text) ?? [];
  if (whole === undefined || data === undefined)
    return `${JSON.stringify(text)} does not begin with an event`;
  const value = JSON.parse(data) as { readonly type?: unknown };
  if (value.type !== name) return `an event named ${name} is of type ${String(value.type)}`;
  const found = differences(expected, value, "event");
  return found.length === 0 ? { rest: text.slice(whole.length) } : found.join("; ");
}
