// Runs a case: its request, its upstream, and everything that is not as it expects.

import { type CaseFile, jsonOf } from "./case-file.ts";
import { type ClientAnswer, type ClientRequest, requestOf, send } from "./client.ts";
import { differences } from "./differences.ts";
import { frameDifferences } from "./event-frames.ts";
import type { GatewayUnderTest, ReceivedHead } from "./gateway-under-test.ts";
import { formDifferences, ID_HEADERS, readNativeError } from "./native-error.ts";
import { answerAs, framesOf, type Pieces } from "./scripted-upstream.ts";
import { sseDifferences, sseOfFrame } from "./sse-events.ts";

/** What is not as the case expects, in words. */
export async function runCase(
  file: CaseFile,
  under: GatewayUnderTest,
  pieces: Pieces,
): Promise<readonly string[]> {
  under.answer = (_body, outgoing) => answerAs(file.upstream ?? {}, pieces, outgoing);
  const before = under.received.length;
  const request = await requestOf(file, under.port);
  const answer = await send(under.port, request);
  const [body, ...more] = under.received.slice(before);
  return [
    ...clientDifferences(file, request, answer),
    ...forwardedDifferences(file, request, { body, head: under.heads[before] }),
    ...(more.length === 0 ? [] : [`the upstream was called ${more.length + 1} times`]),
    ...(await recordDifferences(file, under, answer)),
  ];
}

function clientDifferences(
  file: CaseFile,
  { method }: ClientRequest,
  answer: ClientAnswer,
): readonly string[] {
  const { client, surface = "bedrock", upstream } = file;
  const text = answer.body.toString("utf8");
  const { status = 200, headers = {}, code, message, body, json, stream, events } = client;
  const found = [...formDifferences(surface, answer)];
  const expect = (expected: unknown, received: unknown, at: string): void => {
    found.push(...differences(expected, received, at));
  };
  if (answer.status !== status)
    found.push(`client.status: ${answer.status} is not ${status}: ${text}`);
  expect(headers, present(headers, answer.headers), "client.headers");
  if (method === "HEAD") expect("", text, "client.body");
  if (code !== undefined || message !== undefined) {
    const error = readNativeError(surface, answer);
    if (code !== undefined) expect(code, error.code, "client.code");
    if (message !== undefined) expect(`/${message}/`, error.message, "client.message");
  }
  if (body !== undefined) {
    const wanted = jsonOf(body === "same" ? upstream?.body : body);
    if (text !== wanted) found.push(`client.body: ${text} is not ${wanted}`);
  }
  if (json !== undefined) expect(json, JSON.parse(text), "client.json");
  const frames = framesOf(upstream ?? {});
  if (stream !== undefined) found.push(...frameDifferences(answer.body, stream, frames));
  // What is carried in an event stream comes as server-sent events.
  const sent = upstream?.stream === undefined ? frames : upstream.stream.map(sseOfFrame);
  if (events !== undefined) found.push(...sseDifferences(answer.body, events, sent));
  return found;
}

/** The headers that are asked for; `null` where there is none. */
function present(asked: object, headers: { readonly [name: string]: unknown }): object {
  return Object.fromEntries(Object.keys(asked).map((name) => [name, headers[name] ?? null]));
}

interface Forwarded {
  readonly body: Buffer | undefined;
  readonly head: ReceivedHead | undefined;
}

function forwardedDifferences(
  { forwarded, forwardedHead, upstream }: CaseFile,
  request: ClientRequest,
  { body, head }: Forwarded,
): readonly string[] {
  if (upstream === undefined) return body === undefined ? [] : ["the upstream was called"];
  if (body === undefined || head === undefined) return ["the upstream was not called"];
  const wanted = forwarded === "same" ? request.body.toString("utf8") : forwarded;
  const isAsExpected = forwarded === undefined || body.toString("utf8") === jsonOf(wanted);
  const { headers = {}, ...rest } = forwardedHead ?? {};
  return [
    ...(isAsExpected ? [] : [`forwarded: ${body} is not ${jsonOf(wanted)}`]),
    ...differences(rest, head, "forwardedHead"),
    ...differences(headers, present(headers, head.headers), "forwardedHead.headers"),
  ];
}

async function recordDifferences(
  { logFails, records, surface = "bedrock" }: CaseFile,
  under: GatewayUnderTest,
  { headers }: ClientAnswer,
): Promise<readonly string[]> {
  if (logFails === true) return [];
  const call = headers[ID_HEADERS[surface]];
  const found = (await under.records()).filter((record) => record.call === call);
  if (found.length === 0) return ["nothing is on record"];
  return records === undefined ? [] : differences(records, found, "records");
}
