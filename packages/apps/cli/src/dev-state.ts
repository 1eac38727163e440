// What `npm start` keeps in `.writ/`: keys made on the first run, found again on the next. For development:
// nothing here may protect anything real.

import { createHash, randomBytes, X509Certificate } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { generateKeys } from "@writ/bundle";
import { describeFileFault } from "@writ/workspace/node";
import { createDevCertificate } from "./dev-certificate.ts";
import { usageError } from "./exit.ts";

export interface DevState {
  readonly folder: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** A key that is sent with each call, as the Messages API has it. */
  readonly apiKey: string;
  /** Of the simulated upstreams. */
  readonly upstream: Credentials;
  readonly upstreamApiKey: string;
}

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export const KEY_ID = "development";
/** A certificate is made anew when it is valid for less than this. */
const RENEW_MS = 30 * 86_400_000;

/** Makes what is missing. */
export async function openDevState(folder: string): Promise<DevState> {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw unusable(folder, error);
  }
  keepPair(folder, "bundle");
  keepPair(folder, "audit");
  if (!existsSync(join(folder, "classifier.key"))) write(folder, "classifier.key", randomBytes(32));
  if (!hasCertificate(folder)) {
    const { ca, cert, key } = await createDevCertificate(new Date());
    write(folder, "ca.pem", ca);
    write(folder, "tls-key.pem", key);
    write(folder, "tls-cert.pem", cert);
  }
  const { client, upstream } = keepCredentials(folder);
  const apiKey = keepKey(folder, "api-key.txt");
  const upstreamApiKey = keepKey(folder, "upstream-api-key.txt");
  const principal = {
    principalArn: "arn:aws:iam::000000000000:role/writ-development",
    identity: { subject: "developer@example.org", groups: ["developers"] },
    mayAssert: { subject: "*", tenant: "*", groups: "*", roles: "*" },
  };
  const digest = `sha256:${createHash("sha256").update(apiKey).digest("hex")}`;
  const keyring = {
    keys: [{ ...client, ...principal }],
    issued: [{ id: "development", digest, ...principal }],
  };
  write(folder, "keyring.json", JSON.stringify(keyring, null, 2));
  write(folder, "upstream.json", JSON.stringify(upstream, null, 2));
  write(folder, "anthropic.json", JSON.stringify({ apiKey: upstreamApiKey }, null, 2));
  return { folder, ...client, apiKey, upstream, upstreamApiKey };
}

/** Wrong use, with the two ways out. */
function unusable(folder: string, error: unknown): Error {
  return usageError(
    `what \`npm start\` keeps cannot be kept in ${folder} (${describeFileFault(error)}): it must be a folder that you may ` +
      "write to. WRIT_HOME=DIR keeps it in DIR/.writ instead",
  );
}

function keepPair(folder: string, name: string): void {
  if (existsSync(join(folder, `${name}-private.pem`))) return;
  const keys = generateKeys();
  write(folder, `${name}-public.pem`, keys.publicKey);
  // Last, since it is what says that the pair is there.
  write(folder, `${name}-private.pem`, keys.privateKey);
}

/** Whether there is a certificate that can be read and is valid for a while yet. */
function hasCertificate(folder: string): boolean {
  try {
    const { validToDate } = new X509Certificate(readFileSync(join(folder, "tls-cert.pem")));
    return validToDate.getTime() - Date.now() > RENEW_MS;
  } catch {
    return false;
  }
}

function keepCredentials(folder: string): {
  readonly client: Credentials;
  readonly upstream: Credentials;
} {
  const path = join(folder, "credentials.json");
  if (!existsSync(path)) {
    const pair = (): Credentials => ({
      accessKeyId: `WRIT${randomBytes(8).toString("hex").toUpperCase()}`,
      secretAccessKey: randomBytes(30).toString("base64url"),
    });
    write(
      folder,
      "credentials.json",
      JSON.stringify({ client: pair(), upstream: pair() }, null, 2),
    );
  }
  const credentials = parse(read(folder, path));
  const { client, upstream } = credentials ?? {};
  if (isPair(client) && isPair(upstream)) return { client, upstream };
  throw usageError(
    `${path} does not hold the credentials that \`npm start\` made; remove it, and the next start makes new ones`,
  );
}

/** A key of one line, made on the first run. */
function keepKey(folder: string, name: string): string {
  const path = join(folder, name);
  if (!existsSync(path)) write(folder, name, `writ-${randomBytes(30).toString("base64url")}\n`);
  const key = read(folder, path).trim();
  if (/^\S{32,}$/.test(key)) return key;
  throw usageError(
    `${path} does not hold the key that \`npm start\` made; remove it, and the next start makes a new one`,
  );
}

function isPair(value: unknown): value is Credentials {
  const { accessKeyId, secretAccessKey } = (value ?? {}) as { readonly [name: string]: unknown };
  return [accessKeyId, secretAccessKey].every((part) => typeof part === "string" && part !== "");
}

function parse(text: string): { readonly client?: unknown; readonly upstream?: unknown } | null {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function read(folder: string, path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw unusable(folder, error);
  }
}

/** Aside and renamed: a file that is there is whole. */
function write(folder: string, name: string, content: string | Buffer): void {
  const path = join(folder, name);
  try {
    writeFileSync(`${path}.new`, content, { mode: 0o600 });
    renameSync(`${path}.new`, path);
  } catch (error) {
    throw unusable(folder, error);
  }
}
