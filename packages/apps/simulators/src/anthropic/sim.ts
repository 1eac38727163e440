// A stand-in for Anthropic's API: messages, whole and streamed, their count, and the models, over HTTP/1.1. It is
// stricter than a client needs: what a gateway adds to a request, or breaks in it, is refused.

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { answer } from "./answer.ts";
import { bodyProblem, parseBody } from "./body.ts";
import { cut, type Outcome, outcomeOf, pause } from "./connection.ts";
import type { Problem } from "./errors.ts";
import { type Operation, type Routed, route } from "./routes.ts";
import { type ScriptedReply, takeReply } from "./script.ts";
import { sendProblem } from "./send.ts";
import type { Json } from "./shapes.ts";

/** Where it listens, whose keys it takes, and what it answers. */
export interface AnthropicSimOptions {
  readonly port?: number;
  readonly host?: string;
  readonly apiKeys: readonly string[];
  /** The first answers, in order; then it says what it was asked. */
  readonly script?: readonly ScriptedReply[];
  /** Before every answer. */
  readonly latencyMs?: number;
}

/** A request that came, for tests to look at. */
export interface AnthropicSimRequest {
  /** Undefined for one that was refused before it had one. */
  readonly operation: Operation | undefined;
  readonly method: string;
  readonly target: string;
  readonly headers: IncomingMessage["headers"];
  readonly rawHeaders: readonly string[];
  /** Its bytes; fewer than were meant if whoever asked went away. */
  readonly body: Buffer;
  /** Why it was refused, if it was. */
  readonly problem: Problem | undefined;
  /** How its connection ended, once it has. */
  readonly outcome: Promise<Outcome>;
}

/** A server that answers as Anthropic's API does. */
export interface AnthropicSim {
  readonly url: string;
  readonly port: number;
  /** The newest 100 requests, refused ones too. */
  readonly requests: readonly AnthropicSimRequest[];
  /** Adds answers to the script. */
  reply(...replies: readonly ScriptedReply[]): void;
  close(): Promise<void>;
}

const MAX_KEPT = 100;
const MAX_BODY_BYTES = 32 * 1024 * 1024;

interface State {
  readonly options: AnthropicSimOptions;
  readonly queue: ScriptedReply[];
  readonly requests: AnthropicSimRequest[];
  readonly open: Set<ServerResponse>;
  count: number;
}

/** Starts the server; rejects when it cannot listen. */
export async function startAnthropicSim(options: AnthropicSimOptions): Promise<AnthropicSim> {
  const { host = "127.0.0.1", port = 0, script = [] } = options;
  const state: State = { options, queue: [...script], requests: [], open: new Set(), count: 0 };
  const server = createServer((incoming, outgoing) => {
    state.open.add(outgoing);
    outgoing.once("close", () => state.open.delete(outgoing));
    serve(incoming, outgoing, state).catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  const bound = (server.address() as AddressInfo).port;
  return {
    url: `http://${host}:${bound}`,
    port: bound,
    requests: state.requests,
    reply(...replies) {
      state.queue.push(...replies);
    },
    async close() {
      for (const outgoing of state.open) cut(outgoing);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function serve(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  state: State,
): Promise<void> {
  const { options, queue } = state;
  const outcome = outcomeOf(outgoing);
  const received = await receive(incoming);
  state.count += 1;
  const number = state.count;
  const requestId = `req_sim${number}`;
  outgoing.setHeader("request-id", requestId);
  const checked = examine(incoming, received.body, options.apiKeys);
  const problem = "problem" in checked ? checked.problem : undefined;
  keep(state.requests, {
    operation: "problem" in checked ? undefined : checked.routed.operation,
    method: incoming.method ?? "",
    target: incoming.url ?? "",
    headers: incoming.headers,
    rawHeaders: incoming.rawHeaders,
    body: received.body,
    problem,
    outcome,
  });
  if (!received.isWhole) return;
  await pause(outgoing, options.latencyMs ?? 0);
  if ("problem" in checked) return sendProblem({ outgoing, requestId }, checked.problem);
  const exchange = { ...checked, number, requestId, outgoing };
  await answer(exchange, takeReply(queue, checked.routed.operation));
}

function keep(requests: AnthropicSimRequest[], request: AnthropicSimRequest): void {
  requests.push(request);
  if (requests.length > MAX_KEPT) requests.shift();
}

/** What came, even if the rest never did. */
async function receive(
  incoming: IncomingMessage,
): Promise<{ readonly body: Buffer; readonly isWhole: boolean }> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    return { body: Buffer.concat(chunks), isWhole: true };
  } catch {
    return { body: Buffer.concat(chunks), isWhole: false };
  }
}

type Checked = { readonly routed: Routed; readonly body: Json } | { readonly problem: Problem };

function examine(incoming: IncomingMessage, bytes: Buffer, apiKeys: readonly string[]): Checked {
  const routed = route(incoming, apiKeys);
  if ("problem" in routed) return routed;
  const invalid = (message: string): Checked => ({
    problem: { type: "invalid_request_error", message },
  });
  const { operation, version } = routed;
  if (operation === "models" || operation === "model")
    return bytes.length === 0 ? { routed, body: {} } : invalid("A request for models has no body");
  if (bytes.length > MAX_BODY_BYTES)
    return { problem: { type: "request_too_large", message: "Request exceeds the maximum size" } };
  if (!/^application\/json\s*(?:;|$)/i.test(incoming.headers["content-type"] ?? ""))
    return invalid("content-type: Input should be application/json");
  const body = parseBody(bytes);
  if (body === undefined) return invalid("The request body is not valid JSON");
  const message = bodyProblem(body, operation, version);
  return message === undefined ? { routed, body } : invalid(message);
}
