// A gateway in this process, with a policy, limits and an upstream of a case's own.

import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { type GatewayConfig, loadConfig, type StartOptions, startGateway } from "@writ/gateway";
import { breakableFiles } from "./broken-files.ts";
import { keyring } from "./callers.ts";
import type { GatewaySettings } from "./case-file.ts";
import { createLogReader, type LoggedRecord } from "./log-reader.ts";

export const REGION = "us-east-1";
/** What the gateway calls its upstreams with. */
const SIGNING = { accessKeyId: "AKIDUPSTREAM00000000", secretAccessKey: "u".repeat(40) };
export const UPSTREAM_KEY = "upstream-key";

/** Answers in the upstream's place. */
export type UpstreamAnswer = (
  body: Buffer,
  outgoing: ServerResponse,
  incoming: IncomingMessage,
) => void | Promise<void>;

/** A bundle of one policy, and the key that its signature is verified with. */
export interface SignedBundle {
  readonly bytes: Uint8Array;
  readonly keyId: string;
  /** PEM. */
  readonly publicKey: string;
}

/** Builds and signs a bundle: nothing that a gateway is made of can read policy text. */
export type BundleBuilder = (policy: string, labels: readonly string[]) => SignedBundle;

/** The head of a request that reached the upstream. */
export interface ReceivedHead {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

export interface GatewayUnderTest {
  readonly port: number;
  readonly dir: string;
  /** What answers from here on. */
  answer: UpstreamAnswer;
  /** Bodies the upstream received, and the heads before them. */
  readonly received: Buffer[];
  readonly heads: ReceivedHead[];
  records(): Promise<readonly LoggedRecord[]>;
  close(): Promise<void>;
}

export interface UnderTestOptions extends StartOptions {
  readonly buildBundle: BundleBuilder;
  /** Labels that the policies are built to know, where they are not the dictionaries'. */
  readonly vocabulary?: readonly string[];
}

/** Starts one, and its upstream. */
export async function startUnderTest(
  settings: GatewaySettings,
  { buildBundle, vocabulary, ...options }: UnderTestOptions,
): Promise<GatewayUnderTest> {
  const home = mkdtempSync(join(tmpdir(), "writ-enforcement-"));
  const received: Buffer[] = [];
  const heads: ReceivedHead[] = [];
  const upstream = createServer((incoming, outgoing) => {
    void buffer(incoming)
      .then((body) => {
        const { method = "", url: path = "", headers } = incoming;
        received.push(body);
        heads.push({ method, path, headers });
        return under.answer(body, outgoing, incoming);
      })
      .catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
  const { port } = upstream.address() as AddressInfo;
  const labels = vocabulary ?? (settings.dictionaries ?? []).map(({ label }) => label);
  const bundle = buildBundle(settings.policy, labels);
  const config = prepare(home, settings, { bundle, url: `http://127.0.0.1:${port}` });
  const disk = breakableFiles();
  const started = await startGateway(config, { logFiles: disk.files, ...options });
  if (!started.ok) {
    upstream.close();
    throw new Error(started.problem);
  }
  if (settings.logFails === true) disk.break();
  const { gateway } = started;
  const under: GatewayUnderTest = {
    port: gateway.port,
    dir: config.audit.dir,
    answer: (_body, outgoing) => void outgoing.writeHead(500).end(),
    received,
    heads,
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

interface Around {
  readonly bundle: SignedBundle;
  readonly url: string;
}

function prepare(home: string, settings: GatewaySettings, { bundle, url }: Around): GatewayConfig {
  const put = (file: string, content: string | Uint8Array): string => {
    writeFileSync(join(home, file), content, { mode: 0o600 });
    return file;
  };
  const auditKey = generateKeyPairSync("ed25519").privateKey;
  const { kind = "anthropic", models = {} } = settings.anthropic ?? {};
  const way = { url, ...settings.upstreamSettings };
  const signing = put("upstream.json", JSON.stringify(SIGNING));
  const apiKey = put("anthropic.json", JSON.stringify({ apiKey: UPSTREAM_KEY }));
  const config = {
    listen: { port: 0 },
    region: REGION,
    upstream: { ...way, credentials: signing },
    anthropic: {
      upstream: { ...way, kind, credentials: kind === "bedrock" ? signing : apiKey },
      models,
    },
    clientForms: settings.clientForms ?? [],
    keyring: put("keyring.json", JSON.stringify(keyring())),
    bundle: {
      file: put("bundle.tar.gz", bundle.bytes),
      keys: [{ id: bundle.keyId, publicKey: put("bundle.pem", bundle.publicKey) }],
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
