// Recorded traffic of real Bedrock: every request and response of a supported operation is read, everything
// a person would see is among the segments, and what is written anew is what was there.

import { StreamMachine } from "@writ/surface";
import { expect, it } from "vitest";
import {
  type BedrockCall,
  openStream,
  readRequest,
  readResponse,
} from "../../../../test/bedrock-call.ts";
import { readRecorded } from "../../../../test/recorded-traffic.ts";
import { describeWithShared } from "../../../../test/shared-data.ts";

const supported = () => readRecorded().filter(({ isEdited }) => !isEdited);

/** Every string that a person reads or writes, wherever it stands. */
function texts(value: unknown, key = ""): readonly string[] {
  if (typeof value === "string")
    return [
      "text",
      "content",
      "generation",
      "outputText",
      "inputText",
      "prompt",
      "completion",
      "description",
    ].includes(key)
      ? [value]
      : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, item]) =>
    texts(item, Array.isArray(value) ? key : name),
  );
}

/** All that a stream says to a person, and the names of the tools it calls. */
function readStream(call: BedrockCall, body: Buffer) {
  const stream = openStream(call);
  const machine = new StreamMachine(stream.machine);
  const decoded = stream.push(body);
  if (!decoded.ok) throw new Error(decoded.message);
  const frames = decoded.frames.map((frame) => {
    const read = frame.read();
    if (!read.ok) throw new Error(`${read.message}: ${frame.bytes}`);
    expect(read.frame.edit(new Map()).equals(frame.bytes)).toBe(true);
    return read.frame;
  });
  const steps = frames.flatMap((frame) => frame.steps);
  expect(steps.flatMap((step) => machine.take(step) ?? [])).toEqual([]);
  const pieces = frames.flatMap((frame) => frame.pieces);
  const joined = pieces.filter(({ kind }) => kind === "joined").map(({ place }) => place);
  const said = [
    ...steps.map((step) => (step.kind === "block-start" ? (step.tool?.name ?? "") : "")),
    ...pieces.filter(({ kind }) => kind === "text" || kind === "thinking").map(({ text }) => text),
  ].join("");
  return { said, joined, isComplete: machine.isComplete };
}

describeWithShared("recorded traffic", () => {
  it("of requests is read whole and written as it was", () => {
    let count = 0;
    for (const { call, file, request } of supported()) {
      if (request === undefined) continue;
      const read = readRequest(call, Buffer.from(request));
      if (!read.ok) throw new Error(`${file}: ${read.refusal.message}`);
      const found = new Set(read.content.segments.map(({ text }) => text));
      for (const text of texts(JSON.parse(request))) expect(found.has(text), file).toBe(true);
      expect(read.content.encode().toString()).toBe(request);
      count += 1;
    }
    expect(count).toBeGreaterThan(80);
  });

  it("of whole responses is read whole and written as it was", () => {
    let count = 0;
    for (const { call, file, response: body } of supported()) {
      if (call.stream) continue;
      const read = readResponse(call, body);
      if (!read.ok) throw new Error(`${file}: ${read.message}`);
      const value = JSON.parse(body.toString()) as unknown;
      const found = new Set(read.content.segments.map(({ text }) => text));
      for (const text of texts(value)) expect(found.has(text), file).toBe(true);
      expect(read.content.encode().equals(body)).toBe(true);
      count += 1;
    }
    expect(count).toBeGreaterThan(40);
  });

  it("of streams says when it is over, and nothing in it is unknown text", () => {
    let count = 0;
    for (const { call, file, response: body } of supported()) {
      if (!call.stream) continue;
      const { said, joined, isComplete } = readStream(call, body);
      expect(joined, file).toEqual([]);
      expect(isComplete, file).toBe(true);
      expect(said.length, file).toBeGreaterThan(0);
      count += 1;
    }
    expect(count).toBeGreaterThan(20);
  });
});
