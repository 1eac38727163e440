// An operator's day: a configuration made by `--init`, checked, run, told to read its keyring again, probed, stopped.

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { connect } from "node:http2";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
} from "@aws-sdk/client-bedrock-runtime";
import { type BedrockSim, createBedrockSim } from "@writ/simulators";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { logOf, runGateway, runWrit, writ } from "./running-gateway.ts";

const MODEL = "anthropic.claude-3-haiku-20240307-v1:0";
const upstream = { accessKeyId: "AKIDEXAMPLEEXAMPLE00", secretAccessKey: "u".repeat(40) };
const folder = mkdtempSync(join(tmpdir(), "writ-operator-"));
const dir = join(folder, "gateway");
const at = (name: string): string => join(dir, name);
const config = at("gateway.yaml");
let sim: BedrockSim;
const running: ChildProcess[] = [];

beforeAll(async () => {
  sim = await createBedrockSim({ region: "us-east-1", credentials: upstream });
});
afterEach(async () => {
  for (const child of running.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill("SIGTERM");
    await once(child, "exit");
  }
});
afterAll(async () => {
  await sim.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Started {
  readonly child: ChildProcess;
  readonly endpoint: string;
  readonly said: () => string;
}

async function start(command = process.execPath, ...before: readonly string[]): Promise<Started> {
  const child = spawn(command, [...before, writ, "gateway", "--config", config], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.push(child);
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => {
      said += chunk.toString();
    });
  await until(
    () => said.includes("listening on"),
    () => said,
  );
  const [, port] = /listening on 127\.0\.0\.1:(\d+)/.exec(said) ?? [];
  return { child, endpoint: `http://127.0.0.1:${port}`, said: () => said };
}

async function until(holds: () => boolean, said: () => string): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if (holds()) return;
    await setTimeout(50);
  }
  throw new Error(`it did not come to that: ${said()}`);
}

interface Key {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

function client({ endpoint }: Started, credentials: Key): BedrockRuntimeClient {
  return new BedrockRuntimeClient({ endpoint, region: "us-east-1", credentials, maxAttempts: 1 });
}

const question = {
  modelId: MODEL,
  messages: [{ role: "user" as const, content: [{ text: "What is the capital of France?" }] }],
};

function firstKey(): Key {
  const text = readFileSync(at("keyring.yaml"), "utf8");
  const value = (name: string): string => new RegExp(`${name}: (\\S+)`).exec(text)?.[1] ?? "";
  return { accessKeyId: value("accessKeyId"), secretAccessKey: value("secretAccessKey") };
}

describe("writ gateway --init", () => {
  it("writes a set that lacks nothing but its policy, and says how to build that", async () => {
    const { status, stdout } = runWrit(["gateway", "--init", dir]);
    expect(status).toBe(0);
    const secrets = ["keyring.yaml", "upstream.json", "policy-private.pem", "audit-private.pem"];
    for (const name of [...secrets, "classifier.key"])
      expect(statSync(at(name)).mode & 0o777, name).toBe(0o600);
    const check = runWrit(["gateway", "--config", config, "--check"]);
    expect(check.status).toBe(2);
    expect(check.stderr.match(/^ {2}\S+: /gm)).toEqual(["  bundle.file: "]);

    const [, build = ""] = /^ {3}node \S+ (build .*)$/m.exec(stdout) ?? [];
    expect(runWrit(build.split(" ")).status).toBe(0);
    const again = runWrit(["gateway", "--config", config, "--check"]);
    expect(again).toMatchObject({ status: 0, stdout: expect.stringContaining("is fine") });
    expect(again.stderr).toMatch(/^writ: warning: upstream\.credentials: .*REPLACE_ME.*\n$/);

    writeFileSync(at("upstream.json"), JSON.stringify(upstream));
    const text = readFileSync(config, "utf8");
    writeFileSync(
      config,
      text.replace(/url: .*/, `url: ${sim.url}`).replace(/port: \d+/, "port: 0"),
    );
    const started = await start();
    const answer = await client(started, firstKey()).send(new ConverseCommand(question));
    expect(answer.output?.message?.content?.[0]?.text).toContain("capital of France");
  });

  it("never overwrites", () => {
    const before = readFileSync(at("keyring.yaml"), "utf8");
    const { status, stderr } = runWrit(["gateway", "--init", dir]);
    expect([status, stderr]).toEqual([2, expect.stringMatching(/has gateway\.yaml, .* already/)]);
    expect(readFileSync(at("keyring.yaml"), "utf8")).toBe(before);
    writeFileSync(join(folder, "file"), "");
    expect(runWrit(["gateway", "--init", join(folder, "file")]).status).toBe(2);
  });

  it.each([
    ["no configuration", ["gateway"]],
    ["both", ["gateway", "--init", "x", "--config", "y"]],
    ["a configuration that is not there", ["gateway", "--config", "/nonexistent.yaml"]],
    ["a configuration that is a folder", ["gateway", "--config", "."]],
  ])("with %s is wrong use", (_name, args) => {
    const { status, stderr } = runWrit(args);
    expect(status).toBe(2);
    expect(stderr).not.toMatch(/bug|\bat .*\.[jt]s:/);
  });
});

describe("SIGHUP", () => {
  it("has the keyring read again: who was added may call, and a bad one changes nothing", async () => {
    const started = await start();
    const added: Key = { accessKeyId: "WRITADDED0123456789", secretAccessKey: "a".repeat(40) };
    const call = (key: Key) => client(started, key).send(new ConverseCommand(question));
    await expect(call(added)).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });

    const before = readFileSync(at("keyring.yaml"), "utf8");
    const entry = `  - accessKeyId: ${added.accessKeyId}\n    secretAccessKey: ${added.secretAccessKey}\n    principalArn: arn:aws:iam::000000000000:role/added\n    identity: { groups: [developers] }\n`;
    writeFileSync(at("keyring.yaml"), before + entry);
    started.child.kill("SIGHUP");
    await until(() => started.said().includes("2 keys, 1 of them new; 0 removed"), started.said);
    expect((await call(added)).$metadata.httpStatusCode).toBe(200);

    writeFileSync(at("keyring.yaml"), "keys: [{ accessKeyId: short }]\n");
    started.child.kill("SIGHUP");
    await until(() => started.said().includes("read before stays in use"), started.said);
    expect(started.said()).toContain("keyring.yaml: line 1: `keys[0].accessKeyId` must match");
    expect((await call(added)).$metadata.httpStatusCode).toBe(200);

    writeFileSync(at("keyring.yaml"), before);
    started.child.kill("SIGHUP");
    await until(() => started.said().includes("0 of them new; 1 removed"), started.said);
    await expect(call(added)).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
    expect((await call(firstKey())).$metadata.httpStatusCode).toBe(200);
  });
});

it("nobody listening to what it says does not end it", async () => {
  const { child, endpoint } = await start();
  child.stderr?.destroy();
  child.stdout?.destroy();
  for (let times = 0; times < 3; times += 1) child.kill("SIGHUP");
  await setTimeout(300);
  expect((await fetch(`${endpoint}/healthz`)).status).toBe(200);
  child.kill("SIGTERM");
  expect(await once(child, "exit")).toEqual([0, null]);
});

describe("pages", () => {
  it("answer on both versions of HTTP, without a signature, and leave no record", async () => {
    const { endpoint } = await start();
    const before = (await logOf(at("audit"))).length;
    for (const [path, status] of [
      ["/healthz", "alive"],
      ["/readyz", "ready"],
    ]) {
      const answer = await fetch(`${endpoint}${path}`);
      expect([answer.status, await answer.json()]).toEqual([200, { status }]);
      const head = await fetch(`${endpoint}${path}`, { method: "HEAD" });
      expect([head.status, await head.text()]).toEqual([200, ""]);
      expect(await overHttp2(endpoint, path ?? "")).toEqual([200, { status }]);
    }
    expect((await logOf(at("audit"))).length).toBe(before);
  });

  it("are these two and no others: the rest is refused, on record", async () => {
    const { endpoint } = await start();
    for (const [method = "", path] of [
      ["POST", "/healthz"],
      ["OPTIONS", "/readyz"],
      ["GET", "/healthz/"],
      ["GET", "/healthz?a"],
      ["GET", "/HEALTHZ"],
      ["GET", "//healthz"],
      ["GET", "/health%7a"],
      ["GET", "/constructor"],
      ["GET", "/"],
    ]) {
      const before = (await logOf(at("audit"))).length;
      const answer = await fetch(`${endpoint}${path}`, { method });
      expect(answer.status, path).toBeGreaterThanOrEqual(400);
      expect((await logOf(at("audit"))).length, path).toBe(before + 1);
    }
  });

  it("say that no calls are taken while the gateway drains, and calls hear it", async () => {
    const started = await start();
    const { endpoint, child } = started;
    const ask = client(started, firstKey());
    const slow = { role: "user" as const, content: [{ text: "one two three four [[slow:60]]" }] };
    const { stream } = await ask.send(
      new ConverseStreamCommand({ modelId: MODEL, messages: [slow] }),
    );
    child.kill("SIGTERM");
    await until(() => started.said().includes("draining"), started.said);
    const ready = await fetch(`${endpoint}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([
      503,
      { status: "not ready", reason: "draining" },
    ]);
    expect((await fetch(`${endpoint}/healthz`)).status).toBe(200);
    await expect(
      client(started, firstKey()).send(new ConverseCommand(question)),
    ).rejects.toMatchObject({ name: "ServiceUnavailableException" });
    let text = "";
    for await (const event of stream ?? []) text += event.contentBlockDelta?.delta?.text ?? "";
    expect(text).toContain("one two three four");
    if (child.exitCode === null) await once(child, "exit");
    expect(child.exitCode).toBe(0);
  });
});

async function overHttp2(endpoint: string, path: string): Promise<readonly [number, unknown]> {
  const session = connect(endpoint);
  const request = session.request({ ":path": path });
  let status = 0;
  request.on("response", (headers) => {
    status = Number(headers[":status"]);
  });
  let text = "";
  for await (const chunk of request) text += chunk;
  session.close();
  return [status, JSON.parse(text)];
}

/** Somebody else than who owns the files: for root, that is another user. */
const other = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
const asOther = (...args: readonly string[]) =>
  spawnSync(process.execPath, [writ, ...args], {
    encoding: "utf8",
    ...other,
    env: { ...process.env, WRIT_HOME: join(folder, "closed") },
  });
const canBeOther = asOther("--version").status === 0;

describe.skipIf(!canBeOther)("what may not be read or written", () => {
  const closed = join(folder, "closed");
  beforeAll(() => {
    mkdirSync(closed);
    cpSync(at("audit"), join(closed, "audit"), { recursive: true });
    chmodSync(folder, 0o755);
  });
  afterAll(() => chmodSync(closed, 0o700));

  it("is a log of which nothing is said", () => {
    for (const path of [closed, join(closed, "audit", "checkpoint")]) {
      chmodSync(path, 0o000);
      const { status, stderr } = asOther("audit", "verify", join(closed, "audit"));
      expect([status, stderr]).toEqual([2, expect.stringMatching(/EACCES.*says nothing about/)]);
      chmodSync(path, 0o755);
      chmodSync(join(closed, "audit"), 0o755);
    }
  });

  it("is a folder in which npm start would keep its keys", () => {
    chmodSync(closed, 0o555);
    const { status, stderr } = asOther("dev");
    expect([status, stderr]).toEqual([2, expect.stringMatching(/EACCES.*WRIT_HOME=DIR/)]);
  });

  it("is each file that a configuration names", () => {
    chmodSync(closed, 0o755);
    for (const name of ["keyring.yaml", "upstream.json", "classifier.key", "audit-private.pem"]) {
      cpSync(at(name), join(closed, name));
      chmodSync(join(closed, name), 0o000);
    }
    for (const name of ["gateway.yaml", "policy.tar.gz", "policy-public.pem"]) {
      cpSync(at(name), join(closed, name));
      chmodSync(join(closed, name), 0o644);
    }
    const { status, stderr } = asOther("gateway", "--config", join(closed, "gateway.yaml"));
    expect(status).toBe(2);
    expect(stderr.match(/^ {2}\S+: .* may not be read by the user this runs as$/gm)).toHaveLength(
      4,
    );
    expect(stderr).not.toContain("bug");
  });
});

describe("the folder of npm start", () => {
  const home = join(folder, "home");
  const kept = (name: string): string => join(home, ".writ", name);
  const dev = (more: { readonly [name: string]: string } = {}) =>
    spawnSync(process.execPath, [writ, "dev"], {
      encoding: "utf8",
      env: { ...process.env, WRIT_HOME: home, PORT: "0", ...more },
      timeout: 20_000,
    });
  beforeAll(() => mkdirSync(home));

  it("that is a file is wrong use", () => {
    writeFileSync(join(home, ".writ"), "");
    expect(dev()).toMatchObject({ status: 2, stderr: expect.stringContaining("must be a folder") });
    rmSync(join(home, ".writ"));
  });

  it.each(["", "{", "null", "[]", '{"client": {}}'])(
    "with credentials of %j is wrong use",
    (text) => {
      mkdirSync(join(home, ".writ"), { recursive: true });
      writeFileSync(kept("credentials.json"), text);
      const { status, stderr } = dev();
      expect([status, stderr]).toEqual([2, expect.stringMatching(/credentials\.json.*remove it/)]);
      rmSync(kept("credentials.json"));
    },
  );

  it.each([
    "bundle-private.pem",
    "bundle-public.pem",
    "audit-private.pem",
    "classifier.key",
    "tls-key.pem",
    "running.json",
  ])("with an empty %s names it", (name) => {
    // The first start makes them all, and ends because nothing can be listened to.
    dev({ AWS_REGION: "NOWHERE" });
    writeFileSync(kept(name), "");
    const { status, stderr } = dev();
    expect(status).toBe(2);
    expect(stderr).toContain(kept(name));
    expect(stderr).not.toMatch(/bug|\bat .*\.[jt]s:/);
    rmSync(kept(name));
    if (name.startsWith("bundle")) rmSync(kept("bundle-private.pem"), { force: true });
    if (name.startsWith("tls")) rmSync(kept("tls-cert.pem"));
  });

  it.each([
    ["PORT", "x"],
    ["PORT", "70000"],
    ["AWS_REGION", "US EAST"],
    ["WRIT_UPSTREAM_URL", "not a url"],
    ["WRIT_UPSTREAM_URL", "http://127.0.0.1:9/path"],
    ["WRIT_POLICIES", ""],
    ["WRIT_POLICIES", "/nonexistent"],
  ])("is not asked for when %s is %j: that is wrong use", (name, value) => {
    const { status, stderr } = dev({ [name]: value });
    expect([status, stderr]).toEqual([2, expect.stringContaining(name)]);
  });

  it("with policies of one's own decides by them; what is wrong with them is said", async () => {
    const policies = join(folder, "mine");
    mkdirSync(policies);
    writeFileSync(join(policies, "a.rego"), "package a\n\nallow if input.identity.gruops\n");
    const wrong = dev({ WRIT_POLICIES: policies });
    expect([wrong.status, wrong.stderr]).toEqual([
      1,
      expect.stringContaining("did you mean `groups`?"),
    ]);
    writeFileSync(
      join(policies, "a.rego"),
      'package a\n\nallow if "interns" in input.identity.groups\n',
    );
    const own = await runGateway(home, { WRIT_POLICIES: policies });
    const call = (...more: readonly string[]) =>
      spawnSync(process.execPath, [writ, "call", "hello", ...more], {
        encoding: "utf8",
        env: { ...process.env, WRIT_HOME: home },
      });
    expect(own.output()).toContain(policies);
    expect(call()).toMatchObject({ status: 1, stdout: expect.stringContaining("403") });
    expect(call("--groups", "interns")).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^200\n/),
    });
    expect(await own.stop()).toBe(0);
  });
});
