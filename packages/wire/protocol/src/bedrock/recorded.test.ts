// Recorded traffic of real Bedrock: every request and response of a supported operation is read, everything
// a person would see is among the segments, and what is written anew is what was there.

import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { describeWithShared, sharedPath } from "../../../../../test/shared-data.ts";
import { createFrameDecoder } from "../event-stream/frame.ts";
import { StreamMachine } from "../stream/machine.ts";
import { bodyFormat, readRequest, readResponse } from "./body.ts";
import { describeModel, type ModelDescription } from "./model.ts";
import { matchOperation, type OperationMatch } from "./operation.ts";
import { createStreamReader } from "./stream.ts";

interface Exchange {
  readonly method: string;
  readonly uri: string;
  readonly requestBody?: string;
  readonly status: number;
  readonly responseBodyBase64?: string;
  readonly file: string;
}

/** These suites shortened their recordings by hand: their streams end without an end. */
const EDITED = /^(otel-js-contrib\/|js:)/;

function exchanges(): readonly Exchange[] {
  return ["bedrock-recorded", "bedrock-recorded-openinference"].flatMap((name) =>
    gunzipSync(readFileSync(sharedPath(`vectors/recorded/${name}.jsonl.gz`)))
      .toString()
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Exchange),
  );
}

/** Those this package reads, with what the path says. */
function supported() {
  return exchanges().flatMap((exchange) => {
    const { pathname } = new URL(exchange.uri);
    const match = matchOperation(exchange.method, pathname);
    const model = match.ok ? describeModel(match.operation.modelId) : undefined;
    const isRead =
      match.ok && model !== undefined && bodyFormat(match.operation, model) !== undefined;
    if (!isRead || exchange.status !== 200 || EDITED.test(exchange.file)) return [];
    return [
      {
        exchange,
        operation: match.operation,
        model,
        body: Buffer.from(exchange.responseBodyBase64 ?? "", "base64"),
      },
    ];
  });
}

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
function readStream(operation: OperationMatch, model: ModelDescription, body: Buffer) {
  const reader = createStreamReader(operation, model);
  const machine = new StreamMachine(reader.machine);
  const decoded = createFrameDecoder({ maxFrameBytes: 1 << 24 }).push(body);
  if (!decoded.ok) throw new Error(decoded.error.message);
  const frames = decoded.frames.map((frame) => {
    const read = reader.read(frame);
    if (!read.ok) throw new Error(`${read.message}: ${frame.payload}`);
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
    for (const { exchange, operation, model } of supported()) {
      if (exchange.requestBody === undefined || exchange.requestBody === "") continue;
      const read = readRequest(operation, model, Buffer.from(exchange.requestBody));
      if (!read.ok) throw new Error(`${exchange.file}: ${read.refusal.message}`);
      const found = new Set(read.content.segments.map(({ text }) => text));
      for (const text of texts(JSON.parse(exchange.requestBody)))
        expect(found.has(text), exchange.file).toBe(true);
      expect(read.content.encode().toString()).toBe(exchange.requestBody);
      count += 1;
    }
    expect(count).toBeGreaterThan(80);
  });

  it("of whole responses is read whole and written as it was", () => {
    let count = 0;
    for (const { exchange, operation, model, body } of supported()) {
      if (operation.stream) continue;
      const read = readResponse(operation, model, body);
      if (!read.ok) throw new Error(`${exchange.file}: ${read.message}`);
      const value = JSON.parse(body.toString()) as unknown;
      const found = new Set(read.content.segments.map(({ text }) => text));
      for (const text of texts(value)) expect(found.has(text), exchange.file).toBe(true);
      expect(read.content.encode().equals(body)).toBe(true);
      count += 1;
    }
    expect(count).toBeGreaterThan(40);
  });

  it("of streams says when it is over, and nothing in it is unknown text", () => {
    let count = 0;
    for (const { exchange, operation, model, body } of supported()) {
      if (!operation.stream) continue;
      const { said, joined, isComplete } = readStream(operation, model, body);
      expect(joined, exchange.file).toEqual([]);
      expect(isComplete, exchange.file).toBe(true);
      expect(said.length, exchange.file).toBeGreaterThan(0);
      count += 1;
    }
    expect(count).toBeGreaterThan(20);
  });
});
