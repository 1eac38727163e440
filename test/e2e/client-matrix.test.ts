// Real, unmodified client libraries through a running gateway: what each of them makes of a call that is allowed,
// denied, redacted, whose tool is denied, that the upstream cuts, and that it gives up; and exactly the records it leaves.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aiAnthropic, aiBedrock } from "./clients/ai-sdk.ts";
import { anthropicBedrock, anthropicSdk } from "./clients/anthropic.ts";
import { awsSdk, langchain } from "./clients/aws.ts";
import { boto3, hasBoto3 } from "./clients/boto3.ts";
import { type Client, type ClientMaker, type Got, wordsOf } from "./clients/client.ts";
import { type LoggedRecord, logOf, type RunningGateway, runGateway } from "./running-gateway.ts";

const CLIENTS: readonly (readonly [name: string, make: ClientMaker, isThere: boolean])[] = [
  ["@aws-sdk over HTTP/2", awsSdk("HTTP/2"), true],
  ["@aws-sdk over HTTP/1.1", awsSdk("HTTP/1.1"), true],
  ["@langchain/aws", langchain, true],
  ["@ai-sdk/amazon-bedrock", aiBedrock, true],
  ["@anthropic-ai/bedrock-sdk", anthropicBedrock, true],
  ["boto3", boto3, hasBoto3],
  ["@anthropic-ai/sdk over HTTP/1.1", anthropicSdk("HTTP/1.1"), true],
  ["@anthropic-ai/sdk over HTTP/2", anthropicSdk("HTTP/2"), true],
  ["@ai-sdk/anthropic", aiAnthropic, true],
];

const NEVER = new AbortController().signal;
const SECRET = "My key is AKIAQ3EGRJ7XV5ZT2MNB";
const REFUND_TOO_MUCH = '[[tool:issue_refund {"amount":900,"order":"A-1"}]]';
const CLOSED_MS = 5_000;

let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await runGateway();
});
afterAll(async () => {
  await gateway.stop();
  gateway.remove();
});

type Step = readonly [stage: string, effect: string | undefined, ending: string | undefined];

const REQUEST: Step = ["request", "allow", undefined];

function stepOf({ type, stage = type, decision, ending }: LoggedRecord): Step {
  return [stage, decision?.effect, ending];
}

/** A request that is denied has no answer; every other call ends with the record that says how. */
function isClosed(records: readonly LoggedRecord[]): boolean {
  const last = records.at(-1);
  if (last === undefined) return false;
  return (
    last.type === "refusal" ||
    last.decision?.effect === "deny" ||
    records.some(({ ending }) => ending !== undefined)
  );
}

let seen = 0;
/** The records that have come since, once the call is closed. */
async function newRecords(): Promise<readonly LoggedRecord[]> {
  const deadline = Date.now() + CLOSED_MS;
  for (;;) {
    const all = (await logOf(gateway.facts.auditDir)).filter(({ call }) => call !== undefined);
    const records = all.slice(seen);
    if (isClosed(records) || Date.now() > deadline) {
      seen = all.length;
      return records;
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** Where a stream says of the policy's decision only part: the record has all of it. */
async function expectRecords(steps: readonly Step[]): Promise<readonly LoggedRecord[]> {
  const records = await newRecords();
  expect(records.map(stepOf)).toEqual(steps);
  expect(new Set(records.map(({ call }) => call)).size).toBe(1);
  return records;
}

const isClosing = ([, , ending]: Step): boolean => ending !== undefined;

/** An answer that goes on has a record when it may begin, and others as more is found in it. */
async function expectAnswered(ending: string): Promise<void> {
  const records = await newRecords();
  const [first, ...others] = records.map(stepOf);
  expect(first).toEqual(REQUEST);
  expect(others.filter(isClosing)).toEqual([["response", "allow", ending]]);
  expect(others.at(-1)?.[2]).toBe(ending);
}

async function givenUp(
  client: Client,
  stream: boolean,
  prompt: string,
  after: "waiting" | "text",
): Promise<void> {
  const controller = new AbortController();
  const leave = (): void => controller.abort();
  if (after === "waiting") setTimeout(leave, client.startMs ?? 600);
  const { signal } = controller;
  const onText = after === "text" ? leave : (): void => undefined;
  await client.call({ prompt, stream, signal, onText }).catch(() => undefined);
}

describe.each(CLIENTS)("%s", (_name, make, isThere) => {
  let client: Client;
  beforeAll(() => {
    client = make(gateway.facts);
  });
  afterAll(() => client.close?.());
  const call = (prompt: string, stream: boolean): Promise<Got> =>
    client.call({ prompt, stream, signal: NEVER, onText: () => undefined });
  const failed = async (prompt: string, stream: boolean): Promise<string> =>
    call(prompt, stream).then(
      (got) => `answered: ${JSON.stringify(got)}`,
      (error: unknown) => wordsOf(error),
    );

  describe.skipIf(!isThere).each([false, true])("streamed: %s", (stream) => {
    it("gets what is allowed", async () => {
      const got = await call("hello there", stream);
      expect(got).toMatchObject({ text: "You said: hello there", tools: [] });
      await expectAnswered("complete");
    });

    it("gets the masks of what is redacted", async () => {
      const got = await call("My SSN is 536-90-4399", stream);
      expect(got.text).toBe("You said: My SSN is [REDACTED:pii.ssn]");
      await expectAnswered("complete");
    });

    it("is told why, and by which decision, where the request is denied", async () => {
      const words = await failed(SECRET, stream);
      const [denied] = await expectRecords([["request", "deny", undefined]]);
      expect(words).toContain("denied by policy");
      expect(words).toContain(denied?.id);
    });

    it("never gets a tool call that is denied", async () => {
      const got = await call(REFUND_TOO_MUCH, stream).catch((error: unknown) => wordsOf(error));
      if (typeof got === "string") expect(got).toMatch(/refund at most 500|Access ?Denied/);
      else expect(got.tools).toEqual([]);
      const records = await newRecords();
      expect(records.map(stepOf)).toContainEqual(["action", "deny", undefined]);
      expect(records.filter((record) => isClosing(stepOf(record))).length).toBe(1);
      expect(records.some(({ ending }) => ending === "denied")).toBe(true);
    });

    it("gets a tool call that is allowed", async () => {
      const got = await call('[[tool:issue_refund {"amount":20,"order":"A-1"}]]', stream);
      expect(got.tools).toEqual(["issue_refund"]);
      const steps = (await newRecords()).map(stepOf);
      expect(steps).toContainEqual(["action", "allow", undefined]);
      expect(steps.filter(isClosing)).toEqual([["response", "allow", "complete"]]);
    });

    it("leaves a record when it goes while it waits", async () => {
      await givenUp(client, stream, "[[hang]]", "waiting");
      const records = await newRecords();
      expect(records.map(({ ending }) => ending)).toEqual([undefined, "client_gone"]);
    });
  });

  describe.skipIf(!isThere)("of a stream", () => {
    it("that the upstream cuts does not make an answer", async () => {
      const words = await failed("[[cut]] some longer text to be cut", true);
      expect(words).not.toMatch(/^answered/);
      await expectAnswered("cut_short");
    });

    it("that it gives up leaves a record", async () => {
      await givenUp(
        client,
        true,
        "[[slow:40]] some longer text that takes a while to come",
        "text",
      );
      await expectAnswered("client_gone");
    });
  });
});
