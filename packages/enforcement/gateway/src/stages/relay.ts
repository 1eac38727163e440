// A streamed answer: frames from the upstream go through the inspector and on to the client, in order and with
// back-pressure. What the inspector lets go has a durable record behind it. A whole answer goes on to the next stage.

import type { AnswerStream } from "@writ/surface";
import { type Answered, whyGivenUp } from "../call.ts";
import { write } from "../client.ts";
import type { Ending } from "../ending.ts";
import type { Services } from "../services.ts";
import type { Stage } from "../stage.ts";
import { StreamInspector } from "../stream/inspector.ts";

export const relay: Stage<Answered, Answered> = async (call, services) => {
  const { request, response, surface, target } = call;
  if (!request.stream) return call;
  const stream = surface.openStream(target, request, services.config.limits.frameBytes);
  const inspector = new StreamInspector(call, services, stream);
  try {
    // The first decision comes before the first byte: until then a refusal can still be a plain answer.
    const refused = await inspector.open();
    if (refused !== undefined) return refused;
    const ending = await pump(call, services, stream, inspector);
    if (ending !== undefined && !inspector.isOver) {
      const bytes = await inspector.fail(ending);
      if (ending === "upstream_error") await send(call, services, bytes).catch(() => undefined);
    }
  } finally {
    response.body.destroy();
  }
  call.outgoing.end();
  return "answered";
};

/** Undefined once the answer has come to an end of its own; else how it was broken off. */
async function pump(
  call: Answered,
  services: Services,
  stream: AnswerStream,
  inspector: StreamInspector,
): Promise<Ending | undefined> {
  try {
    for await (const chunk of call.response.body as AsyncIterable<Buffer>) {
      const received = stream.push(chunk);
      for (const frame of received.frames) {
        await send(call, services, await inspector.push(frame));
        if (inspector.isOver) return undefined;
      }
      if (received.ok) continue;
      await send(call, services, await inspector.breakOff(received.message));
      return undefined;
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

async function send(call: Answered, services: Services, bytes: Buffer): Promise<void> {
  const { id: requestId, outgoing, request, response, surface, target } = call;
  if (bytes.length === 0) return;
  if (!outgoing.headersSent) {
    outgoing.statusCode = 200;
    const upstream = response.headers;
    const headers = surface.answerHeaders(target, request, { requestId, upstream });
    for (const [name, value] of Object.entries(headers)) outgoing.setHeader(name, value);
  }
  await write(call, bytes, services.config.limits.writeTimeoutMs);
}
