// A decision that takes more work than it may is a deny on record, and keeps nobody else from an answer.

import { callGateway, type GatewayUnderTest, readCases } from "@writ/gateway-testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { CASES, startUnderTest } from "./start.ts";

const SLOW = 9000;
const found = readCases(CASES).find(([name]) => name.startsWith("request-decision-limit"));
if (found === undefined) throw new Error("the case of the limit is gone");
const [, file] = found;

let under: GatewayUnderTest;
beforeAll(async () => {
  under = await startUnderTest(file);
  under.answer = (_body, outgoing) => void outgoing.end("{}");
});
afterAll(() => under.close());

async function call(maxTokens: number): Promise<{ status: number; id: string; ms: number }> {
  const messages = [{ role: "user", content: [{ text: "hello" }] }];
  const body = Buffer.from(JSON.stringify({ messages, inferenceConfig: { maxTokens } }));
  const begin = performance.now();
  const { status, headers } = await callGateway(under.port, file.request, body);
  return { status, id: String(headers["x-amzn-requestid"]), ms: performance.now() - begin };
}

it("calls beside it are served", async () => {
  const calls = await Promise.all(
    Array.from({ length: 24 }, (_unused, index) => call(index % 3 === 0 ? SLOW : 2)),
  );
  const records = await under.records();
  for (const [index, { status, id, ms }] of calls.entries()) {
    const errors = records
      .filter((record) => record.call === id)
      .flatMap(
        (record) => (record as { decision?: { errors?: unknown[] } }).decision?.errors ?? [],
      );
    if (index % 3 === 0) {
      expect(status).toBe(403);
      expect(errors).toMatchObject([{ code: "eval_limit_error" }]);
    } else {
      expect(status).not.toBe(403);
      expect(errors).toEqual([]);
    }
    expect(ms).toBeLessThan(20_000);
  }
});
