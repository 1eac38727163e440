// A gateway whose disk, upstream or bundle fails: calls are refused in the API's own form, nothing leaves
// that is not on record, and nothing is lost.

import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
} from "@aws-sdk/client-bedrock-runtime";
import { type LogFiles, nodeFiles } from "@writ/audit";
import { type Gateway, type GatewayConfig, loadConfig, startGateway } from "@writ/gateway";
import { type BedrockSim, createBedrockSim } from "@writ/simulators";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type DevFacts, logOf, runGateway, runWrit } from "./running-gateway.ts";

const MODEL = "anthropic.claude-3-haiku-20240307-v1:0";
let home: string;
let facts: DevFacts;
let sim: BedrockSim;
let config: GatewayConfig;
const running: Gateway[] = [];

beforeAll(async () => {
  // One run of the real thing makes the keys, the bundle and the configuration.
  const first = await runGateway();
  ({ home, facts } = first);
  await first.stop();
  const credentials = JSON.parse(readFileSync(join(home, ".writ", "upstream.json"), "utf8")) as {
    accessKeyId: string;
    secretAccessKey: string;
  };
  sim = await createBedrockSim({ region: facts.region, credentials });
  const loaded = loadConfig(join(home, ".writ", "gateway.json"));
  if (!loaded.ok) throw new Error(loaded.problems.join("; "));
  config = { ...loaded.config, ...upstreamOf(loaded.config, { url: sim.url }) };
});

function upstreamOf({ upstream }: GatewayConfig, changed: object): Pick<GatewayConfig, "upstream"> {
  if (upstream === undefined) throw new Error("no upstream is configured");
  return { upstream: { ...upstream, ...changed } };
}

afterEach(async () => {
  for (const gateway of running.splice(0)) await gateway.close();
});
afterAll(async () => {
  await sim.close();
  rmSync(home, { recursive: true, force: true });
});

async function start(
  more: Partial<GatewayConfig> = {},
  logFiles?: LogFiles,
): Promise<{ readonly gateway: Gateway; readonly client: BedrockRuntimeClient }> {
  const started = await startGateway(
    { ...config, ...more },
    logFiles === undefined ? {} : { logFiles },
  );
  if (!started.ok) throw new Error(started.problem);
  running.push(started.gateway);
  const { region, accessKeyId, secretAccessKey } = facts;
  const endpoint = `http://127.0.0.1:${started.gateway.port}`;
  const client = new BedrockRuntimeClient({
    endpoint,
    region,
    credentials: { accessKeyId, secretAccessKey },
    maxAttempts: 1,
  });
  return { gateway: started.gateway, client };
}

const messages = (text: string) => [{ role: "user" as const, content: [{ text }] }];
const converse = (client: BedrockRuntimeClient, text: string) =>
  client.send(new ConverseCommand({ modelId: MODEL, messages: messages(text) }));

/** Files whose syncs can be made slow or made to fail, from now on. */
function troubledFiles(): {
  readonly files: LogFiles;
  trouble: { delayMs: number; fails: boolean };
} {
  const trouble = { delayMs: 0, fails: false };
  const files: LogFiles = {
    ...nodeFiles,
    async open(path) {
      const file = await nodeFiles.open(path);
      return {
        ...file,
        async datasync() {
          if (trouble.fails) throw Object.assign(new Error("ENOSPC"), { code: "ENOSPC" });
          if (trouble.delayMs > 0)
            await new Promise((resolve) => setTimeout(resolve, trouble.delayMs));
          await file.datasync();
        },
      };
    },
  };
  return { files, trouble };
}

describe("a log that cannot be written", () => {
  it("refuses every call, and nothing reaches the model", async () => {
    const { files, trouble } = troubledFiles();
    const { client } = await start({}, files);
    expect((await converse(client, "before")).stopReason).toBe("end_turn");
    trouble.fails = true;
    const reached = sim.requests.length;
    for (const text of ["one", "two", "my key is AKIAQ3EGRJ7XV5ZT2MNB"]) {
      await expect(converse(client, text)).rejects.toMatchObject({
        name: "ServiceUnavailableException",
      });
    }
    expect(sim.requests.length).toBe(reached);
    expect(runWrit(["audit", "verify", facts.auditDir]).status).toBe(0);
  });

  it("that fails in the middle of a stream ends it with an error", async () => {
    const { files, trouble } = troubledFiles();
    const { client } = await start({}, files);
    const { stream } = await client.send(
      new ConverseStreamCommand({ modelId: MODEL, messages: messages("[[pii]][[slow:20]]") }),
    );
    const read = async (): Promise<string> => {
      let text = "";
      for await (const event of stream ?? []) {
        text += event.contentBlockDelta?.delta?.text ?? "";
        trouble.fails = true;
      }
      return text;
    };
    await expect(read()).rejects.toMatchObject({ name: "ModelStreamErrorException" });
  });
});

describe("a log that is slow", () => {
  it("holds the request until its record is durable, and the response until its own is", async () => {
    const { files, trouble } = troubledFiles();
    const { client } = await start({}, files);
    trouble.delayMs = 300;
    const reached = sim.requests.length;
    const startedAt = Date.now();
    const call = converse(client, "slowly");
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(sim.requests.length).toBe(reached);
    await call;
    expect(Date.now() - startedAt).toBeGreaterThan(590);
  });
});

describe("an upstream", () => {
  it("that hangs is a ModelTimeoutException", async () => {
    const { client } = await start(upstreamOf(config, { timeoutMs: 300 }));
    await expect(converse(client, "[[hang]]")).rejects.toMatchObject({
      name: "ModelTimeoutException",
    });
  });

  it("that is not there is a ServiceUnavailableException", async () => {
    const { client } = await start(upstreamOf(config, { url: "http://127.0.0.1:9" }));
    await expect(converse(client, "hello")).rejects.toMatchObject({
      name: "ServiceUnavailableException",
    });
  });
});

describe("draining", () => {
  it("finishes the streams under way, and their records are there", async () => {
    const { client, gateway } = await start();
    const { stream } = await client.send(
      new ConverseStreamCommand({
        modelId: MODEL,
        messages: messages("a somewhat longer text to be streamed [[slow:15]]"),
      }),
    );
    let text = "";
    let closing: Promise<void> | undefined;
    for await (const event of stream ?? []) {
      text += event.contentBlockDelta?.delta?.text ?? "";
      closing ??= gateway.close();
    }
    await closing;
    running.pop();
    expect(text).toBe("You said: a somewhat longer text to be streamed");
    const last = (await logOf(facts.auditDir)).at(-1);
    expect(last).toMatchObject({ stage: "response", ending: "complete" });
  });
});

describe("a bundle", () => {
  const bundle = (name: string) => join(home, name);
  const key = () => join(home, ".writ", "bundle-private.pem");
  const build = (name: string, ...more: readonly string[]) =>
    runWrit(["build", "policies/bedrock", "-o", bundle(name), ...more]);
  const signed = () => ["--key", key(), "--key-id", "development"];

  async function startWith(name: string) {
    const state = join(home, "running.json");
    const result = await startGateway({
      ...config,
      bundle: { ...config.bundle, file: bundle(name), state },
    });
    if (result.ok) await result.gateway.close();
    return result;
  }

  it("that is unsigned, altered, signed by another key or older is refused", async () => {
    build("unsigned.tar.gz");
    expect(await startWith("unsigned.tar.gz")).toMatchObject({
      ok: false,
      problem: expect.stringContaining("bundle_unsigned"),
    });
    runWrit(["keygen", "-o", join(home, "other")]);
    build("other.tar.gz", "--key", join(home, "other", "private.pem"), "--key-id", "development");
    expect(await startWith("other.tar.gz")).toMatchObject({
      ok: false,
      problem: expect.stringContaining("bundle_signature_invalid"),
    });
    build("good.tar.gz", ...signed(), "--revision", "5");
    const bytes = readFileSync(bundle("good.tar.gz"));
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] as number) ^ 1;
    writeFileSync(bundle("altered.tar.gz"), bytes);
    expect((await startWith("altered.tar.gz")).ok).toBe(false);
    expect((await startWith("good.tar.gz")).ok).toBe(true);
    build("older.tar.gz", ...signed(), "--revision", "4");
    expect(await startWith("older.tar.gz")).toMatchObject({
      ok: false,
      problem: expect.stringContaining("bundle_older"),
    });
    build("newer.tar.gz", ...signed(), "--revision", "6");
    expect((await startWith("newer.tar.gz")).ok).toBe(true);
    expect(await startWith("good.tar.gz")).toMatchObject({
      ok: false,
      problem: expect.stringContaining("bundle_older"),
    });
  });

  it("has the same hash built twice, and `verify` says whose it is", () => {
    const [a, b] = [build("a.tar.gz", ...signed()), build("b.tar.gz")];
    expect(a.stdout).toBe(b.stdout);
    const publicKey = join(home, ".writ", "bundle-public.pem");
    expect(
      runWrit(["verify", bundle("a.tar.gz"), "--key", publicKey, "--key-id", "development"]).status,
    ).toBe(0);
    expect(
      runWrit(["verify", bundle("b.tar.gz"), "--key", publicKey, "--key-id", "development"]).status,
    ).toBe(3);
    expect(
      runWrit(["verify", bundle("a.tar.gz"), "--key", publicKey, "--key-id", "other"]).status,
    ).toBe(3);
  });
});
