// A gateway in this process, with a policy, limits and an upstream of a case's own.

import { createPrivateKey, generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { readRecords } from "@writ/audit";
import { generateKeys } from "@writ/bundle";
import { loadConfig, type StartOptions, startGateway } from "@writ/gateway";
import { createSigner } from "@writ/sigv4";
import { compileSet, packSet } from "@writ/workspace";
import { readPolicySet } from "../../packages/apps/cli/src/policy-set.ts";
import { type LoggedRecord, validateRecord } from "../e2e/running-gateway.ts";
import type { CaseFile } from "./case-file.ts";

const SECRET: string = "c".repeat(40);
export const CALLER: { readonly accessKeyId: string; readonly secretAccessKey: string } = {
  accessKeyId: "WRITTESTCALLER000001",
  secretAccessKey: SECRET,
};
export const REGION = "us-east-1";

/** Answers in the upstream's place. */
export type UpstreamAnswer = (
  body: Buffer,
  outgoing: ServerResponse,
  incoming: IncomingMessage,
) => void | Promise<void>;

export interface GatewayUnderTest {
  readonly port: number;
  readonly dir: string;
  /** What answers from here on. */
  answer: UpstreamAnswer;
  /** Bodies the upstream received. */
  readonly received: Buffer[];
  records(): Promise<readonly LoggedRecord[]>;
  close(): Promise<void>;
}

interface Settings
  extends Pick<CaseFile, "policy" | "limits" | "upstreamSettings" | "dictionaries"> {
  /** Labels that the policies are built to know, where they are not the dictionaries'. */
  readonly vocabulary?: readonly { readonly label: string }[];
}

export async function startUnderTest(
  settings: Settings,
  options: StartOptions = {},
): Promise<GatewayUnderTest> {
  const home = mkdtempSync(join(tmpdir(), "writ-enforcement-"));
  const received: Buffer[] = [];
  const upstream = createServer((incoming, outgoing) => {
    void buffer(incoming)
      .then((body) => {
        received.push(body);
        return under.answer(body, outgoing, incoming);
      })
      .catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
  const { port } = upstream.address() as AddressInfo;
  const config = prepare(home, settings, `http://127.0.0.1:${port}`);
  const started = await startGateway(config, options);
  if (!started.ok) {
    upstream.close();
    throw new Error(started.problem);
  }
  const { gateway } = started;
  const under: GatewayUnderTest = {
    port: gateway.port,
    dir: config.audit.dir,
    answer: (_body, outgoing) => void outgoing.writeHead(500).end(),
    received,
    records: createLogReader(config.audit.dir),
    async close() {
      upstream.closeAllConnections();
      await gateway.close();
      await new Promise((resolve) => upstream.close(resolve));
      rmSync(home, { recursive: true, force: true });
    },
  };
  return under;
}

/** Reads the log again and again: what was read before is kept. */
function createLogReader(dir: string): () => Promise<readonly LoggedRecord[]> {
  const records: LoggedRecord[] = [];
  return async () => {
    let at = 0;
    const problem = await readRecords(dir, (bytes) => {
      at += 1;
      if (at <= records.length) return;
      const record: unknown = JSON.parse(bytes.toString("utf8"));
      if (!validateRecord(record))
        throw new Error(`${bytes}: ${JSON.stringify(validateRecord.errors)}`);
      records.push(record);
    });
    if (problem !== undefined) throw new Error(problem.message);
    return records;
  };
}

function prepare(home: string, settings: Settings, url: string) {
  const policies = join(home, "policies");
  mkdirSync(policies);
  const name = settings.policy.startsWith("package:") ? "policy.yaml" : "policy.rego";
  writeFileSync(join(policies, name), settings.policy);
  const labels = (settings.vocabulary ?? settings.dictionaries ?? []).map(({ label }) => label);
  if (labels.length > 0)
    writeFileSync(join(policies, "vocabulary.yaml"), JSON.stringify({ labels }));
  const set = readPolicySet(policies);
  const { compiled, diagnostics } = compileSet(set, { includeTests: false });
  if (compiled === undefined) throw new Error(JSON.stringify(diagnostics));
  const bundleKeys = generateKeys();
  const { bytes } = packSet(set, compiled, {
    revision: "1",
    sign: { key: createPrivateKey(bundleKeys.privateKey), keyId: "k" },
  });
  const put = (file: string, content: string | Uint8Array): string => {
    writeFileSync(join(home, file), content, { mode: 0o600 });
    return file;
  };
  const auditKey = generateKeyPairSync("ed25519").privateKey;
  const config = {
    listen: { port: 0 },
    region: REGION,
    upstream: {
      url,
      credentials: put(
        "upstream.json",
        JSON.stringify({ accessKeyId: "AKIDUPSTREAM00000000", secretAccessKey: "u".repeat(40) }),
      ),
      ...settings.upstreamSettings,
    },
    keyring: put(
      "keyring.json",
      JSON.stringify({
        keys: [CALLER].map((key) => ({
          ...key,
          principalArn: "arn:aws:iam::000000000000:role/caller",
          identity: { groups: ["callers"] },
        })),
      }),
    ),
    bundle: {
      file: put("bundle.tar.gz", bytes),
      keys: [
        {
          id: "k",
          publicKey: put("bundle.pem", bundleKeys.publicKey),
        },
      ],
      state: "running.json",
    },
    audit: {
      dir: "audit",
      origin: "enforcement",
      signingKey: put("audit.pem", auditKey.export({ type: "pkcs8", format: "pem" })),
    },
    classifier: {
      hashKey: put("hash.key", randomBytes(32)),
      dictionaries: settings.dictionaries ?? [],
    },
    limits: settings.limits ?? {},
  };
  const loaded = loadConfig(join(home, put("gateway.json", JSON.stringify(config))));
  if (!loaded.ok) throw new Error(loaded.problems.join("; "));
  return loaded.config;
}

export interface ClientAnswer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
  readonly isBroken: boolean;
}

export const CLAUDE = "anthropic.claude-3-haiku-20240307-v1:0";

export async function signedHeaders(
  port: number,
  path: string,
  body: Buffer,
  headers: { readonly [name: string]: string } = {},
): Promise<Record<string, string>> {
  const signer = createSigner({ credentials: CALLER, region: REGION, service: "bedrock" });
  return signer.sign({
    method: "POST",
    path,
    headers: { "content-type": "application/json", ...headers },
    body,
    host: `127.0.0.1:${port}`,
    now: new Date(),
  });
}

/** Sends a request as a client of HTTP/1.1 does. */
export async function callGateway(
  port: number,
  { operation, model = CLAUDE, headers }: CaseFile["request"],
  body: Buffer,
): Promise<ClientAnswer> {
  const path = `/model/${encodeURIComponent(model)}/${operation}`;
  const signed = await signedHeaders(port, path, body, headers);
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: "127.0.0.1", port, method: "POST", path, headers: signed });
    outgoing.once("error", reject);
    outgoing.once("response", (incoming) => {
      const chunks: Buffer[] = [];
      const done = (isBroken: boolean): void =>
        resolve({
          status: incoming.statusCode ?? 0,
          headers: incoming.headers,
          body: Buffer.concat(chunks),
          isBroken,
        });
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
      incoming.once("end", () => done(false));
      incoming.once("error", () => done(true));
    });
    outgoing.end(body);
  });
}
