// What one API is on the wire, as one object. The gateway knows no API but by this; a surface knows nothing of the
// gateway. Everything that can fail here is a value.

import type { CallerCheck, CallerContext, CallerHead } from "./caller.ts";
import type {
  EncodedRefusal,
  NativeErrors,
  Refusal,
  RefusalCode,
  RefusalContext,
} from "./refusal.ts";
import type {
  AnswerResult,
  Operation,
  ReadRequest,
  ReceivedRequest,
  RequestResult,
  RequestTarget,
  TargetResult,
} from "./request.ts";
import type { AnswerStream } from "./stream/answer-stream.ts";
import type { UpstreamCall, UpstreamError, UpstreamHeaders, UpstreamRequest } from "./upstream.ts";

/** Which try of a call this is, as far as its client says so. */
export interface Attempt {
  /** From 1. */
  readonly number?: number;
  /** Of the client's own: what it sends again has the same. */
  readonly session?: string;
}

/** Where a client does something else with an error than others: the form that it gets instead. */
export interface ClientForm {
  /** What its `user-agent` begins with. */
  readonly userAgent: string;
  readonly code: RefusalCode;
  readonly status: number;
  readonly name: string;
}

export interface Surface {
  /** `input.request.surface`. */
  readonly name: string;
  readonly operations: readonly Operation[];
  /** Whether a path that no operation has is answered in the words of this API. */
  owns(path: string): boolean;
  /** The name and the status of each neutral code. */
  readonly errors: NativeErrors;
  readonly clientForms: readonly ClientForm[];

  /** Who says to be calling, from the head alone. */
  checkCaller(head: CallerHead, context: CallerContext): CallerCheck;
  readTarget(operation: Operation, rawTarget: string): TargetResult;
  readAttempt(rawHeaders: readonly string[]): Attempt;
  readRequest(received: ReceivedRequest): RequestResult;
  /** The body that goes on, of one that was read and perhaps masked. */
  upstreamBody(request: ReadRequest, target: RequestTarget, body: Buffer): Buffer;
  /** The call of the upstream, with its proof of who calls. */
  upstreamRequest(call: UpstreamCall): Promise<UpstreamRequest>;
  /** What an upstream says of itself that may be put on record: its request id. */
  upstreamRequestId(headers: UpstreamHeaders): string | undefined;
  readUpstreamError(status: number, headers: UpstreamHeaders, body: Buffer): UpstreamError;

  readAnswer(target: RequestTarget, request: ReadRequest, body: Buffer): AnswerResult;
  openStream(target: RequestTarget, request: ReadRequest, maxFrameBytes: number): AnswerStream;
  /** The headers of an answer to its client. */
  answerHeaders(
    target: RequestTarget,
    request: ReadRequest,
    answer: { readonly requestId: string; readonly upstream: UpstreamHeaders },
  ): Readonly<Record<string, string>>;

  encodeRefusal(refusal: Refusal, context: RefusalContext): EncodedRefusal;
}

/** What a credentials file holds, or everything that is wrong with it. */
export type CredentialsResult<Credentials = unknown> =
  | {
      readonly ok: true;
      readonly credentials: Credentials;
      /** It still says what a template said. */
      readonly isPlaceholder: boolean;
    }
  | { readonly ok: false; readonly problems: readonly string[] };

/** What a surface is made with. */
export interface SurfaceOptions {
  /** The region that this gateway stands for. */
  readonly region: string;
  /** What identifiers of models stand for that do not say so themselves. */
  readonly models: { readonly [id: string]: string };
  /** The settings of the way to its model service, as its part of the configuration has them. */
  readonly upstream: UpstreamSettings;
  /** The text of its credentials file, as it is now. */
  readonly credentials: () => string;
}

export interface UpstreamSettings {
  readonly url: string;
  readonly [setting: string]: unknown;
}

/** A surface that is not set up yet. */
export interface SurfaceKind {
  readonly name: string;
  /** What a credentials file must hold, in words for its operator. */
  readonly credentialsRemedy: string;
  /** Of a text, and of the file that it is from. */
  checkCredentials(text: string, file: string): CredentialsResult;
  create(options: SurfaceOptions): Surface;
}
