// `npm start`: a policy set (the shipped one, or the folder WRIT_POLICIES), compiled and signed with a development key,
// in front of a simulated Bedrock (or a real one, with WRIT_UPSTREAM_URL and AWS credentials in the environment) and a
// simulated Anthropic (or the real one, with WRIT_ANTHROPIC_URL and ANTHROPIC_API_KEY).

import { existsSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { parsePrivateKey, UNVERSIONED } from "@writ/bundle";
import { type GatewayConfig, loadConfig, startGateway } from "@writ/gateway";
import {
  type AnthropicSim,
  type BedrockSim,
  createBedrockSim,
  startAnthropicSim,
} from "@writ/simulators";
import { compileSet, findUnpackable, packSet } from "@writ/workspace";
import { type DevFacts, refuseSecond, writeFacts } from "../dev-facts.ts";
import { type DevState, KEY_ID, openDevState } from "../dev-state.ts";
import { CommandFailure, EXIT, indent, usageError } from "../exit.ts";
import { readText, writeBytes } from "../files.ts";
import { readPolicySet } from "../policy-set.ts";
import { printDiagnostics, stopOnErrors } from "../report.ts";
import { root } from "../root.ts";
import { untilStopped } from "../signals.ts";
import { reloadKeyring, warn } from "./gateway.ts";

const SHIPPED = "policies/bedrock";
const DEFAULT_PORT = 8443;
const ORIGIN = /^https?:\/\/[^/?#]+\/?$/;

export async function runDev(): Promise<number> {
  const port = readPort();
  const region = process.env["AWS_REGION"] ?? "us-east-1";
  const policies = policiesFolder();
  const folder = join(process.env["WRIT_HOME"] ?? root, ".writ");
  await refuseSecond(folder);
  const state = await openDevState(folder);
  buildPolicies(policies, state);
  const simulators = await startSimulators(state, region);
  const { bedrock, anthropic } = simulators;
  try {
    const config = writeConfig(state, {
      port,
      region,
      upstream: bedrock?.url ?? realUpstream(state),
      anthropic: anthropic?.url ?? realAnthropic(state),
    });
    await serve(config, state, policies, simulators);
  } finally {
    await Promise.all([bedrock?.close(), anthropic?.close()]);
  }
  return EXIT.clean;
}

/** Stand-ins for the model services that the environment does not name. */
interface Simulators {
  readonly bedrock: BedrockSim | undefined;
  readonly anthropic: AnthropicSim | undefined;
}

async function startSimulators(state: DevState, region: string): Promise<Simulators> {
  const [bedrock, anthropic] = await Promise.all([
    process.env["WRIT_UPSTREAM_URL"] === undefined
      ? createBedrockSim({ region, credentials: state.upstream })
      : undefined,
    process.env["WRIT_ANTHROPIC_URL"] === undefined
      ? startAnthropicSim({ apiKeys: [state.upstreamApiKey] })
      : undefined,
  ]);
  return { bedrock, anthropic };
}

/** Until it is told to stop. */
async function serve(
  config: GatewayConfig,
  { folder, accessKeyId, apiKey, secretAccessKey }: DevState,
  policies: string,
  simulators: Simulators,
): Promise<void> {
  const started = await startGateway(config);
  if (!started.ok)
    throw new CommandFailure([...started.problem.split("\n"), advice(folder)], EXIT.usage);
  const { gateway, warnings } = started;
  warn(warnings);
  const facts: DevFacts = {
    pid: process.pid,
    endpoint: `http://127.0.0.1:${gateway.port}`,
    tlsEndpoint: `https://127.0.0.1:${gateway.port}`,
    caFile: join(folder, "ca.pem"),
    region: config.region,
    accessKeyId,
    secretAccessKey,
    anthropicApiKey: apiKey,
    anthropicBaseUrl: `http://127.0.0.1:${gateway.port}`,
    policyHash: gateway.policyHash,
    auditDir: config.audit.dir,
  };
  writeFacts(folder, facts);
  const stopped = untilStopped(() => reloadKeyring(gateway, config.keyring));
  process.stdout.write(welcome(facts, policies, simulators));
  await stopped;
  await gateway.close();
}

/** What of a start that failed is this command's own. */
function advice(folder: string): string {
  return (
    "PORT=8444 npm start takes another port (0: any that is free), WRIT_HOME=DIR another folder; all in " +
    `${folder} is made anew when it is removed.`
  );
}

function readPort(): number {
  const text = process.env["PORT"] ?? String(DEFAULT_PORT);
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535)
    throw usageError(`PORT must be a port number, not \`${text}\``);
  return port;
}

/** Relative to where npm was called. */
function policiesFolder(): string {
  const named = process.env["WRIT_POLICIES"];
  if (named === undefined) return join(root, SHIPPED);
  if (named === "") throw usageError("WRIT_POLICIES is empty: it names a folder of policies");
  const folder = resolve(process.env["INIT_CWD"] ?? ".", named);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true) return folder;
  throw usageError(`WRIT_POLICIES names ${folder}, which is no folder: it names one of policies`);
}

/** What `writ build` builds, signed with the development key. */
function buildPolicies(policies: string, state: DevState): void {
  const set = readPolicySet(policies);
  const { compiled, diagnostics } = compileSet(set, { includeTests: false });
  const warnings = diagnostics.filter(({ severity }) => severity !== "error");
  printDiagnostics(warnings, set.sources);
  stopOnErrors(diagnostics, set.sources);
  if (compiled === undefined) throw new Error("a policy set without errors did not compile");
  const path = join(state.folder, "bundle-private.pem");
  const key = parsePrivateKey(readText(path));
  if (!key.ok) throw usageError(`${path} ${key.message}; remove it, and a new pair is made`);
  stopOnErrors(findUnpackable(set), set.sources);
  const { bytes } = packSet(set, compiled, {
    revision: UNVERSIONED,
    sign: { key: key.key, keyId: KEY_ID },
  });
  writeBytes(join(state.folder, "policies.tar.gz"), bytes);
}

/** A real upstream is called with the credentials of the environment. */
function realUpstream(state: DevState): string {
  const {
    WRIT_UPSTREAM_URL: url = "",
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  } = process.env;
  if (!ORIGIN.test(url) || !URL.canParse(url))
    throw usageError(
      `WRIT_UPSTREAM_URL must be the origin of an API, such as https://bedrock-runtime.us-east-1.amazonaws.com, not \`${url}\``,
    );
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
  writeBytes(join(state.folder, "upstream.json"), JSON.stringify(credentials), 0o600);
  return url;
}

/** The real Messages API is called with the key of the environment. */
function realAnthropic(state: DevState): string {
  const { WRIT_ANTHROPIC_URL: url = "", ANTHROPIC_API_KEY: apiKey } = process.env;
  if (!ORIGIN.test(url) || !URL.canParse(url))
    throw usageError(
      `WRIT_ANTHROPIC_URL must be the origin of an API, such as https://api.anthropic.com, not \`${url}\``,
    );
  if (apiKey === undefined || apiKey === "")
    throw usageError("WRIT_ANTHROPIC_URL needs ANTHROPIC_API_KEY to call it with");
  writeBytes(join(state.folder, "anthropic.json"), JSON.stringify({ apiKey }), 0o600);
  return url;
}

interface ConfigOptions {
  readonly port: number;
  readonly region: string;
  /** Origins. */
  readonly upstream: string;
  readonly anthropic: string;
}

function writeConfig(
  state: DevState,
  { port, region, upstream, anthropic }: ConfigOptions,
): GatewayConfig {
  const file = join(state.folder, "gateway.json");
  const config = {
    listen: { host: "127.0.0.1", port, tls: { cert: "tls-cert.pem", key: "tls-key.pem" } },
    region,
    upstream: { url: upstream, credentials: "upstream.json" },
    anthropic: { upstream: { url: anthropic, credentials: "anthropic.json" } },
    keyring: "keyring.json",
    bundle: {
      file: "policies.tar.gz",
      keys: [{ id: KEY_ID, publicKey: "bundle-public.pem" }],
      state: "running.json",
    },
    audit: { dir: "audit", origin: "writ-development", signingKey: "audit-private.pem" },
    classifier: { hashKey: "classifier.key" },
  };
  writeBytes(file, `${JSON.stringify(config, null, 2)}\n`, 0o600);
  const loaded = loadConfig(file);
  if (!loaded.ok) {
    const from =
      "(`region` is AWS_REGION, `upstream.url` is WRIT_UPSTREAM_URL, `anthropic.upstream.url` is WRIT_ANTHROPIC_URL)";
    throw new CommandFailure([`${file}: ${from}`, ...loaded.problems.map(indent)], EXIT.usage);
  }
  return loaded.config;
}

function welcome(facts: DevFacts, policies: string, simulators: Simulators): string {
  const upstream = `upstream    ${describeUpstreams(simulators)}`;
  const isShipped = policies === join(root, SHIPPED);
  return [
    "",
    "writ is running",
    `  listening   ${facts.endpoint} and ${facts.tlsEndpoint} (HTTP/1.1, HTTP/2)`,
    `  ${upstream}`,
    `  policy      ${isShipped ? SHIPPED : policies}, ${facts.policyHash}`,
    `  access key  ${facts.accessKeyId} (a DEVELOPMENT key; its secret is in ${relative("dev.json")})`,
    `  API key     ANTHROPIC_BASE_URL=${facts.anthropicBaseUrl}, \`anthropicApiKey\` in ${relative("dev.json")}`,
    `  audit log   ${facts.auditDir}`,
    "",
    "try, in another terminal:",
    "",
    ...(isShipped ? SHIPPED_CALLS : OWN_CALLS),
    "",
    "  # what was decided, and that nothing of it was changed since",
    `  npm run --silent writ -- audit verify ${relative("audit")}`,
    "",
    "Ctrl-C drains and stops.",
    "",
  ].join("\n");
}

function describeUpstreams({ bedrock, anthropic }: Simulators): string {
  const simulated = [
    ...(bedrock === undefined ? [] : ["Bedrock"]),
    ...(anthropic === undefined ? [] : ["Anthropic"]),
  ];
  const real = ["WRIT_UPSTREAM_URL", "WRIT_ANTHROPIC_URL"].flatMap(
    (name) => process.env[name] ?? [],
  );
  const stand =
    simulated.length === 0
      ? []
      : [
          `a SIMULATOR of ${simulated.join(" and ")}: it answers with what it is asked, no model is called`,
        ];
  return [...real, ...stand].join("; ");
}

const call = (text: string): string => `  npm run --silent writ -- call ${text}`;
const SHIPPED_CALLS: readonly string[] = [
  "  # allowed",
  call("'What is the capital of France?'"),
  "  # denied: a secret in the prompt",
  call("'My key is AKIAQ3EGRJ7XV5ZT2MNB'"),
  "  # redacted: the model sees [REDACTED:pii.ssn]",
  call("'My SSN is 536-90-4399'"),
];
const OWN_CALLS: readonly string[] = [
  "  # as developer@example.org of the group `developers`",
  call("'What is the capital of France?'"),
  "  # as somebody of other groups",
  call("'What is the capital of France?' --groups interns"),
  "  # with a secret in it, labelled secret.aws_access_key; `--model ID` asks another model",
  call("'My key is AKIAQ3EGRJ7XV5ZT2MNB'"),
  "",
  "  # after a change of the policy: Ctrl-C, and npm start again",
];

function relative(name: string): string {
  const inRoot = existsSync(resolve(".writ", name));
  return inRoot ? `.writ/${name}` : join(process.env["WRIT_HOME"] ?? root, ".writ", name);
}
