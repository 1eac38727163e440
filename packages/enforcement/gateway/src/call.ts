// One call on its way through the stages, and what each of them adds to it: a stage takes what the one before it
// returned, so that none can run before its facts exist.

import type { IncomingMessage, ServerResponse } from "node:http";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";
import type { Finding } from "@writ/classifier";
import type {
  AnswerResult,
  Attempt,
  CallerProof,
  ClientForm,
  Operation,
  ReadRequest,
  Refusal,
  RequestTarget,
  Surface,
} from "@writ/surface";
import type { Digest } from "./digest.ts";
import type { Ending } from "./ending.ts";
import type { Identity } from "./identity.ts";
import type { Hold } from "./in-flight.ts";
import type { Principal } from "./keyring.ts";
import type { UpstreamResponse } from "./upstream-response.ts";

export type Incoming = IncomingMessage | Http2ServerRequest;
export type Outgoing = ServerResponse | Http2ServerResponse;

export interface Call {
  /** The request id: minted here, returned to the client, in every record of the call. */
  readonly id: string;
  readonly surface: Surface;
  /** By its route; undefined for what no route knows. */
  readonly operation: Operation | undefined;
  readonly method: string;
  /** The request target as received. */
  readonly rawTarget: string;
  readonly rawHeaders: readonly string[];
  readonly sourceIp: string;
  readonly attempt: Attempt;
  /** What this client gets in another form than others. */
  readonly forms: readonly ClientForm[];
  readonly incoming: Incoming;
  readonly outgoing: Outgoing;
  readonly startedAt: Date;
  /** Aborted when the call is given up: its client is gone, say. Ends its upstream call. */
  readonly gone: AbortController;
}

/** Its raw target names an operation that is enabled. */
export interface Recognised extends Call {
  readonly target: RequestTarget;
}

/** Its head says who calls, and what of the gateway the call holds. */
export interface Admitted extends Recognised {
  readonly proof: CallerProof;
  readonly hold: Hold;
}

export interface Received extends Admitted {
  readonly body: Buffer;
}

export interface Authenticated extends Received {
  /** Of the body: the hash its signature was verified over. */
  readonly bodyDigest: Digest;
  readonly principal: Principal;
  readonly identity: Identity;
}

export interface Normalised extends Authenticated {
  readonly request: ReadRequest;
}

export interface Classified extends Normalised {
  readonly findings: ContentFindings;
}

/** The policy lets it go on, and that is on record. */
export interface Allowed extends Classified {
  /** The body as it will be forwarded. */
  readonly forwarded: Buffer;
  readonly forwardedDigest: Digest;
}

/** The upstream has begun to answer. */
export interface Answered extends Allowed {
  readonly response: UpstreamResponse;
  readonly upstream: UpstreamFacts;
}

/** The whole answer is here, and can be read in one way. */
export interface ReadAnswer extends Answered {
  readonly answerBody: Buffer;
  readonly answer: Extract<AnswerResult, { ok: true }>;
}

export interface ClassifiedAnswer extends ReadAnswer {
  readonly answerFindings: ContentFindings;
}

/** The policy lets the answer go on, and that is on record. */
export interface AllowedAnswer extends ClassifiedAnswer {
  readonly released: Buffer;
}

/** A call of which only so much is known: what a record of it can say. */
export type KnownCall = Pick<
  Call,
  "id" | "surface" | "operation" | "sourceIp" | "attempt" | "forms"
> &
  Partial<Omit<Authenticated, keyof Call>> & { readonly request?: ReadRequest };

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

/** The same call, with what a stage has established: there is one of it, whatever is known. */
export function establish<Known extends object, Facts extends object>(
  call: Known,
  facts: Facts,
): Known & Facts {
  return Object.assign(call, facts);
}

/** A stage ends a call by returning a refusal; a decision that caused it is already on record. */
export interface Refused extends Refusal {
  readonly decisionId?: string;
  /** What the upstream said, and how its answer ended, where it came to that. */
  readonly upstream?: UpstreamFacts;
  readonly ending?: Ending;
}

export function isRefused(result: object): result is Refused {
  return "code" in result;
}

/** What a record says of an upstream's answer. */
export interface UpstreamFacts {
  readonly status: number;
  readonly requestId?: string;
}
