// A streamed response: frames from the upstream go through the inspector and on to the client, in order
// and with back-pressure. What the inspector lets go has a durable record behind it.

import { once } from "node:events";
import { createFrameDecoder } from "@writ/protocol";
import { type Call, fact, type Refused } from "./call.ts";
import { StreamInspector } from "./inspect-stream.ts";
import type { Services } from "./services.ts";
import { describeUpstream, type UpstreamResponse } from "./upstream.ts";

const MAX_FRAME_BYTES = 8 * 1024 * 1024;

export async function relayStream(
  call: Call,
  services: Services,
  response: UpstreamResponse,
): Promise<Refused | "answered"> {
  const inspector = new StreamInspector(call, services, describeUpstream(response));
  // The first decision comes before the first byte: until then a refusal can still be a plain answer.
  const refused = await inspector.open();
  if (refused !== undefined) {
    response.body.destroy();
    return refused;
  }
  const decoder = createFrameDecoder({ maxFrameBytes: MAX_FRAME_BYTES });
  try {
    for await (const chunk of response.body as AsyncIterable<Buffer>) {
      const decoded = decoder.push(chunk);
      if (!decoded.ok) {
        await write(call, await inspector.fail("upstream_error"));
        break;
      }
      for (const frame of decoded.frames) {
        await write(call, await inspector.push(frame));
        if (inspector.isOver) break;
      }
      if (inspector.isOver) break;
    }
    if (!inspector.isOver) await write(call, await inspector.end());
  } catch {
    // The upstream broke off, or the client did; a client that is still there is told.
    const why = call.gone.signal.aborted ? "client_gone" : "upstream_error";
    if (!inspector.isOver) await write(call, await inspector.fail(why));
  } finally {
    response.body.destroy();
  }
  if (!call.outgoing.headersSent) return NOTHING_CAME;
  call.outgoing.end();
  return "answered";
}

async function write(call: Call, bytes: Buffer): Promise<void> {
  const { outgoing } = call;
  if (bytes.length === 0 || outgoing.destroyed) return;
  if (!outgoing.headersSent) {
    const operation = fact(call, "operation");
    outgoing.statusCode = 200;
    outgoing.setHeader("content-type", "application/vnd.amazon.eventstream");
    outgoing.setHeader("x-amzn-requestid", call.id);
    if (operation.name === "InvokeModelWithResponseStream") {
      outgoing.setHeader("x-amzn-bedrock-content-type", "application/json");
    }
  }
  // SAFETY: both kinds of response have this form of write.
  const isFlushed = (outgoing.write as (bytes: Buffer) => boolean).call(outgoing, bytes);
  if (!isFlushed) await once(outgoing, "drain", { signal: call.gone.signal });
}

const NOTHING_CAME: Refused = {
  status: 502,
  code: "InternalServerException",
  message: "the model service ended its answer before it began",
};
