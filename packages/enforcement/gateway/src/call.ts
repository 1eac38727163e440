// One call on its way through the stages: what was received, and the facts the stages have established
// so far. A stage may read what earlier stages established and nothing else.

import type { IncomingMessage, ServerResponse } from "node:http";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";
import type { Finding } from "@writ/classifier";
import type {
  Content,
  ModelDescription,
  OperationMatch,
  Refusal,
  SignatureHead,
} from "@writ/protocol";
import type { Decided } from "./decide.ts";
import type { Identity } from "./identity.ts";
import type { Hold } from "./in-flight.ts";
import type { Principal } from "./keyring.ts";
import type { Digest, Ending } from "./records.ts";

export type Incoming = IncomingMessage | Http2ServerRequest;
export type Outgoing = ServerResponse | Http2ServerResponse;

export interface Call {
  /** The request id: minted here, returned as x-amzn-requestid, in every record of the call. */
  readonly id: string;
  readonly method: string;
  /** The request target as received. */
  readonly target: string;
  readonly rawHeaders: readonly string[];
  readonly sourceIp: string;
  readonly incoming: Incoming;
  readonly outgoing: Outgoing;
  readonly startedAt: Date;
  /** Aborted when the call is given up: its client is gone, say. Ends its upstream call. */
  readonly gone: AbortController;
  readonly facts: Partial<Facts>;
}

export interface Facts {
  /** What the head says of who calls, and what of the gateway the call holds. */
  readonly signature: SignatureHead;
  readonly hold: Hold;
  readonly body: Buffer;
  /** Of the body: the hash its signature was verified over. */
  readonly bodyDigest: Digest;
  readonly operation: OperationMatch;
  readonly principal: Principal;
  readonly identity: Identity;
  readonly model: ModelDescription;
  readonly content: Content;
  /** Of the request's headers those that go on. */
  readonly controlHeaders: Readonly<Record<string, string>>;
  readonly findings: ContentFindings;
  readonly decided: Decided;
  /** The request as it will be forwarded. */
  readonly forwarded: Buffer;
  readonly forwardedDigest: Digest;
}

/** Findings by the index of the segment they are in. */
export type ContentFindings = ReadonlyMap<number, readonly Finding[]>;

/** Why a call is given up before its end; the reason of its abort. */
export type GivenUp = "client_gone" | "client_stalled" | "upstream_slow";

export function giveUp(call: Pick<Call, "gone">, why: GivenUp): void {
  call.gone.abort(why);
}

/** Undefined for a call that goes on. */
export function whyGivenUp(call: Pick<Call, "gone">): GivenUp | undefined {
  return call.gone.signal.aborted ? (call.gone.signal.reason as GivenUp) : undefined;
}

/** What an earlier stage established. Asking for what none has is a bug in the order of the stages. */
export function fact<Name extends keyof Facts>(call: Call, name: Name): Facts[Name] {
  const value = call.facts[name];
  if (value === undefined) throw new Error(`no stage has established \`${name}\` yet`);
  return value;
}

export function establish(call: Call, facts: Partial<Facts>): undefined {
  Object.assign(call.facts, facts);
  return undefined;
}

/** A stage ends a call by returning a refusal; a decision that caused it is already on record. */
export interface Refused extends Refusal {
  readonly decisionId?: string;
  /** What the upstream said, and how its answer ended, where it came to that. */
  readonly upstream?: UpstreamFacts;
  readonly ending?: Ending;
}

/** What a record says of an upstream's answer. */
export interface UpstreamFacts {
  readonly status: number;
  readonly requestId?: string;
}
