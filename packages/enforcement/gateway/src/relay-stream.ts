// A streamed response: frames from the upstream go through the inspector and on to the client, in order
// and with back-pressure. What the inspector lets go has a durable record behind it.

import { createFrameDecoder, createStreamReader, passedHeaders } from "@writ/protocol";
import { type Call, fact, type Refused, whyGivenUp } from "./call.ts";
import { write } from "./client.ts";
import type { Ending } from "./records.ts";
import type { Services } from "./services.ts";
import { StreamInspector } from "./stream/inspector.ts";
import { describeUpstream, type UpstreamResponse } from "./upstream.ts";

export async function relayStream(
  call: Call,
  services: Services,
  response: UpstreamResponse,
): Promise<Refused | "answered"> {
  const reader = createStreamReader(fact(call, "operation"), fact(call, "model"));
  const inspector = new StreamInspector(call, services, describeUpstream(response), reader);
  try {
    // The first decision comes before the first byte: until then a refusal can still be a plain answer.
    const refused = await inspector.open();
    if (refused !== undefined) return refused;
    for (const [name, value] of Object.entries(passedHeaders(response.headers)))
      call.outgoing.setHeader(name, value);
    const ending = await relay(call, services, response, inspector);
    if (ending !== undefined && !inspector.isOver) {
      const bytes = await inspector.fail(ending);
      if (ending === "upstream_error") await send(call, services, bytes).catch(() => undefined);
    }
  } finally {
    response.body.destroy();
  }
  call.outgoing.end();
  return "answered";
}

/** Undefined once the answer has come to an end of its own; else how it was broken off. */
async function relay(
  call: Call,
  services: Services,
  response: UpstreamResponse,
  inspector: StreamInspector,
): Promise<Ending | undefined> {
  const decoder = createFrameDecoder({ maxFrameBytes: services.config.limits.frameBytes });
  try {
    for await (const chunk of response.body as AsyncIterable<Buffer>) {
      const decoded = decoder.push(chunk);
      if (!decoded.ok) return "upstream_error";
      for (const frame of decoded.frames) {
        await send(call, services, await inspector.push(frame));
        if (inspector.isOver) return undefined;
      }
    }
    await send(call, services, await inspector.end());
    return undefined;
  } catch (error) {
    if (whyGivenUp(call) !== undefined) return "client_gone";
    if (isBug(error)) throw error;
    return "upstream_error";
  }
}

/** What the network does has a code; what this program does wrong has none. */
function isBug(error: unknown): boolean {
  return (error as { readonly code?: unknown }).code === undefined;
}

async function send(call: Call, services: Services, bytes: Buffer): Promise<void> {
  const { outgoing } = call;
  if (bytes.length === 0) return;
  if (!outgoing.headersSent) {
    const operation = fact(call, "operation");
    outgoing.statusCode = 200;
    outgoing.setHeader("content-type", "application/vnd.amazon.eventstream");
    outgoing.setHeader("x-amzn-requestid", call.id);
    if (operation.name === "InvokeModelWithResponseStream") {
      outgoing.setHeader("x-amzn-bedrock-content-type", "application/json");
    }
  }
  await write(call, bytes, services.config.limits.writeTimeoutMs);
}
