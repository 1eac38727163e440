// Signing the gateway's own calls, with the maintained Signature Version 4 package behind the AWS SDK.

import {
  createHash,
  createHmac,
  createSecretKey,
  type Hash,
  type Hmac,
  type KeyObject,
} from "node:crypto";
import { SignatureV4 } from "@smithy/signature-v4";

/** An access key; with `sessionToken` a temporary one. */
export interface SigningCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Whose calls are signed, and for what. */
export interface SignerOptions {
  readonly credentials: SigningCredentials;
  readonly region: string;
  readonly service: string;
}

/** A request before it is signed. */
export interface UnsignedRequest {
  readonly method: string;
  /** The target as it goes on the wire: percent-encoded once, with its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** SHA-256 of exactly this body, hex, where it is known. */
  readonly payloadHash?: string;
  readonly host: string;
  readonly now: Date;
}

/** Signs requests with one set of credentials. */
export interface Signer {
  /** All headers of the signed request. */
  sign(request: UnsignedRequest): Promise<Record<string, string>>;
}

/** A signer of calls to one service in one region. */
export function createSigner({ credentials, region, service }: SignerOptions): Signer {
  const signer = new SignatureV4({
    credentials,
    region,
    service,
    sha256: Sha256,
    applyChecksum: true,
  });
  return {
    async sign({ method, path, headers, body, payloadHash, host, now }) {
      // The package hashes the body unless this header says what it is.
      const hashed = payloadHash === undefined ? {} : { "x-amz-content-sha256": payloadHash };
      const unsigned = {
        method,
        protocol: "https:",
        hostname: host,
        ...splitTarget(path),
        headers: { ...headers, ...hashed, host },
        body,
      };
      const signed = await signer.sign(unsigned, { signingDate: now });
      return signed.headers as Record<string, string>;
    },
  };
}

/** The package encodes values of the query by itself: it is given them decoded. */
function splitTarget(target: string): {
  readonly path: string;
  readonly query: Record<string, string[]>;
} {
  const [path = "", query = ""] = target.split(/\?(.*)/s, 2);
  const values: Record<string, string[]> = {};
  for (const pair of query.split("&").filter((each) => each !== "")) {
    const [name = "", value = ""] = pair.split(/=(.*)/s, 2).map(decode);
    values[name] = [...(values[name] ?? []), value];
  }
  return { path, query: values };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

type SourceData = string | ArrayBuffer | ArrayBufferView;

/** Node's own SHA-256 in the form the package asks for. */
class Sha256 {
  #hash: Hash | Hmac;
  readonly #secret: string | KeyObject | undefined;

  constructor(secret?: SourceData) {
    this.#secret = secret === undefined || typeof secret === "string" ? secret : toKey(secret);
    this.#hash = this.#create();
  }

  update(data: SourceData): void {
    this.#hash.update(toBuffer(data));
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }

  reset(): void {
    this.#hash = this.#create();
  }

  #create(): Hash | Hmac {
    return this.#secret === undefined ? createHash("sha256") : createHmac("sha256", this.#secret);
  }
}

/** The package keeps the signing key it derives; HMAC takes a KeyObject five times faster than bytes. */
const keys = new WeakMap<object, KeyObject>();

function toKey(secret: Exclude<SourceData, string>): KeyObject {
  const known = keys.get(secret);
  if (known !== undefined) return known;
  const key = createSecretKey(toBuffer(secret));
  keys.set(secret, key);
  return key;
}

function toBuffer(data: SourceData): Buffer {
  if (typeof data === "string") return Buffer.from(data, "utf8");
  return ArrayBuffer.isView(data)
    ? Buffer.from(data.buffer, data.byteOffset, data.byteLength)
    : Buffer.from(data);
}
