// What every kind of record says is what `schemas/audit-record.schema.json` says: records of real calls and
// of a real crash, and the same with something changed, which the schema must not take. (`logOf` holds the
// records of all other runs to it.)

import { appendFileSync } from "node:fs";
import { join } from "node:path";
import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
} from "@aws-sdk/client-bedrock-runtime";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  type LoggedRecord,
  logOf,
  type RunningGateway,
  runGateway,
  validateRecord,
} from "./running-gateway.ts";

const MODEL = "anthropic.claude-3-haiku-20240307-v1:0";
const PROMPTS = [
  "hello",
  "patient MRN: 00483920",
  "[[pii]]",
  '[[tool:get_weather {"city":"Oslo"}]]',
  '[[tool:issue_refund {"amount":900}]]',
  "[[cut]]",
  "[[throttle]]",
];
let gateway: RunningGateway;
let records: readonly LoggedRecord[];

beforeAll(async () => {
  const crashed = await runGateway();
  await crashed.stop();
  // What a crash leaves in the middle of a write: a batch that begins and is not all there.
  appendFileSync(join(crashed.facts.auditDir, "seg-000001.alog"), Buffer.alloc(512, 1));
  gateway = await runGateway(crashed.home);
  const { endpoint, region, accessKeyId, secretAccessKey } = gateway.facts;
  const credentials = { accessKeyId, secretAccessKey };
  const client = new BedrockRuntimeClient({ endpoint, region, credentials, maxAttempts: 1 });
  const stranger = new BedrockRuntimeClient({
    endpoint,
    region,
    credentials: { ...credentials, secretAccessKey: "x".repeat(40) },
    maxAttempts: 1,
  });
  const said = (text: string) => ({
    modelId: MODEL,
    messages: [{ role: "user" as const, content: [{ text }] }],
  });
  for (const prompt of PROMPTS) {
    await client.send(new ConverseCommand(said(prompt))).catch(() => undefined);
    await readStream(client, said(prompt)).catch(() => undefined);
  }
  await stranger.send(new ConverseCommand(said("hello"))).catch(() => undefined);
  client.destroy();
  stranger.destroy();
  await gateway.stop();
  records = await logOf(gateway.facts.auditDir);
});
afterAll(() => gateway.remove());

async function readStream(
  client: BedrockRuntimeClient,
  asked: ConstructorParameters<typeof ConverseStreamCommand>[0],
): Promise<void> {
  const { stream } = await client.send(new ConverseStreamCommand(asked));
  for await (const _event of stream ?? []);
}

it("covers every kind", () => {
  const kinds = records.map(({ type, stage, decision, ending }) =>
    [type, stage, decision?.effect, ending].filter((part) => part !== undefined).join(" "),
  );
  expect([...new Set(kinds)].sort()).toMatchInlineSnapshot(`
    [
      "crash.recovered",
      "decision action allow",
      "decision action deny",
      "decision request allow",
      "decision request deny",
      "decision response allow",
      "decision response allow complete",
      "decision response allow cut_short",
      "decision response allow denied",
      "log.opened",
      "policy.activated",
      "refusal",
      "refusal cut_short",
      "refusal upstream_error",
    ]
  `);
});

type Change = (record: LoggedRecord) => object;
const within =
  (key: string, change: object): Change =>
  (record) => ({ ...record, [key]: { ...(record[key] as object), ...change } });

it.each<readonly [name: string, of: string, change: Change]>([
  ["another version", "log.opened", (record) => ({ ...record, v: 2 })],
  ["a number that is none", "log.opened", (record) => ({ ...record, seq: -1 })],
  ["a time that is none", "log.opened", (record) => ({ ...record, time: "today" })],
  ["what no such record has", "log.opened", (record) => ({ ...record, tornBytes: 1 })],
  ["a kind that there is not", "log.opened", (record) => ({ ...record, type: "log.closed" })],
  ["nothing torn", "crash.recovered", (record) => ({ ...record, tornBytes: 0 })],
  ["a hash that is none", "policy.activated", within("policy", { hash: "sha256:1" })],
  ["content", "decision", (record) => ({ ...record, text: "hello" })],
  ["no digests", "decision", (record) => ({ ...record, digests: undefined })],
  ["another stage", "decision", (record) => ({ ...record, stage: "reply" })],
  ["an ending that there is not", "decision", (record) => ({ ...record, ending: "stopped" })],
  [
    "a refusal that is a success",
    "decision",
    (record) => ({ ...record, refusal: { status: 200, code: "AccessDeniedException" } }),
  ],
  ["a third effect", "decision", within("decision", { effect: "maybe" })],
  [
    "an allow with errors",
    "decision",
    within("decision", {
      effect: "allow",
      errors: [{ code: "input_invalid", message: "m" }],
    }),
  ],
  ["an identity without its key", "decision", within("identity", { accessKeyId: undefined })],
  [
    "the values that were found",
    "decision",
    (record) => ({
      ...record,
      findings: [
        { label: "l", recogniser: "r", tier: "likely", count: 1, hashes: ["jane@example.org"] },
      ],
    }),
  ],
  [
    "the parameters of an action",
    "decision",
    (record) => ({
      ...record,
      action: { kind: "tool", name: "n", parameters: { city: "Oslo" } },
    }),
  ],
  ["a status that refuses nothing", "refusal", within("refusal", { status: 200 })],
  ["a decision", "refusal", (record) => ({ ...record, decision: { effect: "deny" } })],
  ["no policy", "refusal", (record) => ({ ...record, policy: undefined })],
])("no record has %s", (_name, of, change) => {
  const record = records.find(({ type }) => type === of);
  if (record === undefined) throw new Error(`there is no ${of}`);
  expect(validateRecord(record)).toBe(true);
  expect(validateRecord(JSON.parse(JSON.stringify(change(record))))).toBe(false);
});
