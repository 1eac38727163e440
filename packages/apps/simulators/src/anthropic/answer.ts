// What a request that is taken is answered with.

import type { ServerResponse } from "node:http";
import { contentOf, messageOf } from "../claude.ts";
import { lastUserText, readDirectives } from "../directives.ts";
import { closed, cut } from "./connection.ts";
import type { Problem } from "./errors.ts";
import { findModel, modelPage } from "./models.ts";
import type { Routed } from "./routes.ts";
import type { MessageReply, ScriptedReply } from "./script.ts";
import { type Faults, sendEvents, sendHalf, sendJson, sendProblem, sendRaw } from "./send.ts";
import type { Json } from "./shapes.ts";

/** A request that is taken, and where its answer goes. */
export interface Exchange {
  readonly routed: Routed;
  readonly body: Json;
  /** The number that its ids are made with. */
  readonly number: number;
  readonly requestId: string;
  readonly outgoing: ServerResponse;
}

export async function answer(
  exchange: Exchange,
  scripted: ScriptedReply | undefined,
): Promise<void> {
  const { routed, body, outgoing } = exchange;
  if (scripted !== undefined) return sendScripted(exchange, scripted);
  switch (routed.operation) {
    case "messages":
      return echo(exchange);
    case "count_tokens":
      return sendJson(outgoing, 200, { input_tokens: tokensOf(body) });
    case "models":
      return sendJson(outgoing, 200, modelPage(routed.query));
    case "model": {
      const id = routed.path.slice(routed.path.lastIndexOf("/") + 1);
      const model = findModel(id);
      return model === undefined
        ? sendProblem(exchange, { type: "not_found_error", message: `model: ${id}` })
        : sendJson(outgoing, 200, model);
    }
  }
}

async function sendScripted(exchange: Exchange, reply: ScriptedReply): Promise<void> {
  switch (reply.kind) {
    case "error":
      return sendProblem(exchange, reply);
    case "raw":
      return sendRaw(exchange.outgoing, reply);
    case "message":
      return sendMessage(exchange, reply, {});
  }
}

/** About as many as the real count: four characters each. */
function tokensOf({ system, messages, tools }: Json): number {
  return Math.ceil(JSON.stringify([system, messages, tools]).length / 4);
}

const FAILURES: { readonly [failure: string]: Problem } = {
  throttle: {
    type: "rate_limit_error",
    message: "This request would exceed your organization's rate limit.",
    headers: { "retry-after": "1" },
  },
  error: { type: "api_error", message: "Internal server error" },
};

/** Says what the prompt tells it to, or what it was asked. */
async function echo(exchange: Exchange): Promise<void> {
  const { body, outgoing } = exchange;
  const directives = readDirectives(lastUserText(body));
  const { failure = "", chunkSize, delayMs } = directives;
  const problem = FAILURES[failure];
  if (problem !== undefined) return sendProblem(exchange, problem);
  if (failure === "refuse") return cut(outgoing);
  if (failure === "hang") return closed(outgoing);
  const content = contentOf(directives);
  await sendMessage(exchange, { kind: "message", content, chunkSize, delayMs }, directives);
}

async function sendMessage(exchange: Exchange, reply: MessageReply, faults: Faults): Promise<void> {
  const { body, number, outgoing } = exchange;
  const message = messageOf(reply.content, {
    id: `msg_sim${number}`,
    model: String(body["model"]),
    usage: reply.usage ?? {
      input_tokens: tokensOf(body),
      output_tokens: 24,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 0,
    },
    ...(reply.stopReason === undefined ? {} : { stop_reason: reply.stopReason }),
    ...(reply.stopDetails === undefined ? {} : { stop_details: reply.stopDetails }),
  });
  if (body["stream"] === true) await sendEvents(exchange, message, reply, faults);
  else if (faults.failure === undefined) sendJson(outgoing, 200, message);
  else await sendHalf(outgoing, message);
}
