// The gateway's cases: each a file with a policy, limits, a request and an upstream of its own, and what must come of
// it: bytes and records. Streams arrive in three ways, and nothing may depend on which.

import { createGatewayPool, piecesOf, readCases, runCase } from "@writ/gateway-testing";
import { afterAll, describe, expect, it } from "vitest";
import { CASES, startUnderTest } from "./start.ts";

const pool = createGatewayPool(startUnderTest);
afterAll(() => pool.close());

describe.each(readCases(CASES))("%s", (_name, file) => {
  it.each(piecesOf(file))("%s", async (pieces) => {
    const problems = await runCase(file, await pool.gatewayFor(file), pieces);
    expect(problems.join("\n")).toBe("");
  });
});
