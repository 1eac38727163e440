// `npm start`: the shipped policies, compiled and signed with a development key, in front of a simulated
// Bedrock (or a real one, with WRIT_UPSTREAM_URL and AWS credentials in the environment).

import { existsSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type BedrockSim, createBedrockSim } from "@writ/bedrock-sim";
import { parsePrivateKey, UNVERSIONED } from "@writ/bundle";
import { type GatewayConfig, loadConfig, startGateway } from "@writ/gateway";
import { compileSet } from "../compile-set.ts";
import { type DevState, KEY_ID, openDevState } from "../dev-state.ts";
import { CommandFailure, EXIT, usageError } from "../exit.ts";
import { readText, writeBytes } from "../files.ts";
import { packSet } from "../pack-set.ts";
import { readPolicySet } from "../policy-set.ts";
import { stopOnErrors } from "../report.ts";
import { root } from "../root.ts";
import { stopSignal } from "./gateway.ts";

const POLICIES = "policies/bedrock";
const DEFAULT_PORT = 8443;

export async function runDev(): Promise<number> {
  const port = readPort();
  const region = process.env["AWS_REGION"] ?? "us-east-1";
  const folder = join(process.env["WRIT_HOME"] ?? root, ".writ");
  const state = await openDevState(folder);
  buildPolicies(state);
  const sim =
    process.env["WRIT_UPSTREAM_URL"] === undefined
      ? await createBedrockSim({ region, credentials: state.upstream })
      : undefined;
  const config = writeConfig(state, { port, region, upstream: sim?.url ?? realUpstream(state) });
  const started = await startGateway(config);
  if (!started.ok) {
    await sim?.close();
    throw new CommandFailure(started.problem, EXIT.usage);
  }
  const { gateway } = started;
  const facts = {
    endpoint: `http://127.0.0.1:${gateway.port}`,
    tlsEndpoint: `https://127.0.0.1:${gateway.port}`,
    caFile: join(folder, "ca.pem"),
    region,
    accessKeyId: state.accessKeyId,
    secretAccessKey: state.secretAccessKey,
    policyHash: gateway.policyHash,
    auditDir: config.audit.dir,
  };
  writeFileSync(join(folder, "dev.json"), `${JSON.stringify(facts, null, 2)}\n`, { mode: 0o600 });
  process.stdout.write(welcome(facts, sim));
  await stopSignal();
  await gateway.close();
  await sim?.close();
  return EXIT.clean;
}

function readPort(): number {
  const text = process.env["PORT"] ?? String(DEFAULT_PORT);
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535)
    throw usageError(`PORT must be a port number, not \`${text}\``);
  return port;
}

/** What `writ build policies/bedrock` builds, signed with the development key. */
function buildPolicies(state: DevState): void {
  const set = readPolicySet(join(root, POLICIES));
  const { compiled, diagnostics } = compileSet(set, { includeTests: false });
  stopOnErrors(diagnostics, set.sources);
  if (compiled === undefined) throw new Error("a policy set without errors did not compile");
  const key = parsePrivateKey(readText(join(state.folder, "bundle-private.pem")));
  if (!key.ok) throw usageError(`${state.folder}/bundle-private.pem ${key.message}`);
  const { bytes } = packSet(set, compiled, {
    revision: UNVERSIONED,
    sign: { key: key.key, keyId: KEY_ID },
  });
  writeBytes(join(state.folder, "policies.tar.gz"), bytes);
}

/** A real upstream is called with the credentials of the environment. */
function realUpstream(state: DevState): string {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  } = process.env;
  if (accessKeyId === undefined || secretAccessKey === undefined) {
    throw usageError(
      "WRIT_UPSTREAM_URL needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to call it with",
    );
  }
  const credentials = {
    accessKeyId,
    secretAccessKey,
    ...(sessionToken === undefined ? {} : { sessionToken }),
  };
  writeFileSync(join(state.folder, "upstream.json"), JSON.stringify(credentials), { mode: 0o600 });
  return process.env["WRIT_UPSTREAM_URL"] ?? "";
}

function writeConfig(
  state: DevState,
  {
    port,
    region,
    upstream,
  }: { readonly port: number; readonly region: string; readonly upstream: string },
): GatewayConfig {
  const file = join(state.folder, "gateway.json");
  const config = {
    listen: { host: "127.0.0.1", port, tls: { cert: "tls-cert.pem", key: "tls-key.pem" } },
    region,
    upstream: { url: upstream, credentials: "upstream.json" },
    keyring: "keyring.json",
    bundle: {
      file: "policies.tar.gz",
      keys: [{ id: KEY_ID, publicKey: "bundle-public.pem" }],
      state: "running.json",
    },
    audit: { dir: "audit", origin: "writ-development", signingKey: "audit-private.pem" },
    classifier: { hashKey: "classifier.key" },
  };
  writeFileSync(file, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 });
  const loaded = loadConfig(file);
  if (!loaded.ok) throw new CommandFailure([file, ...loaded.problems].join("\n  "), EXIT.usage);
  return loaded.config;
}

interface DevFacts {
  readonly endpoint: string;
  readonly tlsEndpoint: string;
  readonly accessKeyId: string;
  readonly policyHash: string;
  readonly auditDir: string;
}

function welcome(facts: DevFacts, sim: BedrockSim | undefined): string {
  const upstream =
    sim === undefined
      ? `upstream    ${process.env["WRIT_UPSTREAM_URL"]}`
      : "upstream    a SIMULATOR of Bedrock: it answers with what it is asked, no model is called";
  const call = (text: string): string => `  npm run --silent writ -- call ${text}`;
  return [
    "",
    "writ is running",
    `  listening   ${facts.endpoint} and ${facts.tlsEndpoint} (HTTP/1.1, HTTP/2)`,
    `  ${upstream}`,
    `  policy      ${facts.policyHash}`,
    `  access key  ${facts.accessKeyId} (a DEVELOPMENT key; its secret is in ${relative("dev.json")})`,
    `  audit log   ${facts.auditDir}`,
    "",
    "try, in another terminal:",
    "",
    "  # allowed",
    call("'What is the capital of France?'"),
    "  # denied: a secret in the prompt",
    call("'My key is AKIAQ3EGRJ7XV5ZT2MNB'"),
    "  # redacted: the model sees [REDACTED:pii.ssn]",
    call("'My SSN is 536-90-4399'"),
    "",
    "  # what was decided, and that nothing of it was changed since",
    `  npm run --silent writ -- audit verify ${relative("audit")}`,
    "",
    "Ctrl-C drains and stops.",
    "",
  ].join("\n");
}

function relative(name: string): string {
  const inRoot = existsSync(resolve(".writ", name));
  return inRoot ? `.writ/${name}` : join(process.env["WRIT_HOME"] ?? root, ".writ", name);
}
