// How a caller proves who it is: by a signature, or by a key that was issued to it.

import type { Refusal } from "./refusal.ts";

/** A request, before its body is read. */
export interface CallerHead {
  readonly method: string;
  readonly target: string;
  readonly rawHeaders: readonly string[];
}

/** Where keys are found. */
export interface CallerKeys {
  /** The secret of an access key, to check signatures with. */
  signingSecret(accessKeyId: string): string | undefined;
  /** The id of a key that was issued, by the SHA-256 (hex) of the key itself. */
  issuedKey(digest: string): string | undefined;
}

export interface CallerContext {
  readonly now: Date;
  readonly keys: CallerKeys;
}

/** A caller that may have its body read. */
export interface CallerProof {
  /** Of a key that is known. */
  readonly keyId: string;
  readonly assurance: "signature" | "key";
  /** Only the holder of the key can have sent this head. */
  readonly isProved: boolean;
  verify(body: Buffer): ProofResult;
}

export type ProofResult =
  | {
      readonly ok: true;
      /** SHA-256 of the body, hex. */
      readonly payloadHash: string;
      /** Whether the proof covers a header (lower case): what it does not cover proves nothing. */
      readonly covers: (header: string) => boolean;
    }
  | { readonly ok: false; readonly refusal: Refusal };

export type CallerCheck =
  | { readonly ok: true; readonly proof: CallerProof }
  | { readonly ok: false; readonly refusal: Refusal };
