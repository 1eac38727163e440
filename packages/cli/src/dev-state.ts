// What `npm start` keeps in `.writ/`: keys made on the first run, found again on the next. For development:
// nothing here may protect anything real.

import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { generateKeys } from "@writ/bundle";
import { createDevCertificate } from "./dev-certificate.ts";

export interface DevState {
  readonly folder: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of the simulated upstream. */
  readonly upstream: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

export const KEY_ID = "development";

/** Makes what is missing. */
export async function openDevState(folder: string): Promise<DevState> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  keepPair(folder, "bundle");
  keepPair(folder, "audit");
  keep(folder, "classifier.key", () => randomBytes(32));
  if (!existsSync(join(folder, "tls-key.pem"))) {
    const { ca, cert, key } = await createDevCertificate(new Date());
    write(folder, "ca.pem", ca);
    write(folder, "tls-cert.pem", cert);
    write(folder, "tls-key.pem", key);
  }
  const credentials = keep(folder, "credentials.json", () => {
    const pair = () => ({
      accessKeyId: `WRIT${randomBytes(8).toString("hex").toUpperCase()}`,
      secretAccessKey: randomBytes(30).toString("base64url"),
    });
    return JSON.stringify({ client: pair(), upstream: pair() }, null, 2);
  });
  const { client, upstream } = JSON.parse(credentials.toString("utf8")) as {
    readonly client: DevState["upstream"];
    readonly upstream: DevState["upstream"];
  };
  const keyring = {
    keys: [
      {
        ...client,
        principalArn: "arn:aws:iam::000000000000:role/writ-development",
        identity: { subject: "developer@example.org", groups: ["developers"] },
        mayAssert: { subject: "*", tenant: "*", groups: "*", roles: "*" },
      },
    ],
  };
  write(folder, "keyring.json", JSON.stringify(keyring, null, 2));
  write(folder, "upstream.json", JSON.stringify(upstream, null, 2));
  return { folder, ...client, upstream };
}

function keepPair(folder: string, name: string): void {
  if (existsSync(join(folder, `${name}-private.pem`))) return;
  const keys = generateKeys();
  write(folder, `${name}-public.pem`, keys.publicKey);
  // Last, since it is what says that the pair is there.
  write(folder, `${name}-private.pem`, keys.privateKey);
}

function keep(folder: string, name: string, make: () => string | Buffer): Buffer {
  const path = join(folder, name);
  if (!existsSync(path)) write(folder, name, make());
  return readFileSync(path);
}

function write(folder: string, name: string, content: string | Buffer): void {
  writeFileSync(join(folder, name), content, { mode: 0o600 });
}
