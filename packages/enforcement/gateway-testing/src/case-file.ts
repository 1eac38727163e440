// A case of the gateway as a file: what it is started with, what a client sends, what the upstream answers frame by
// frame, what the client must get and which records must exist.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

/** What a gateway under test is started with. */
export interface GatewaySettings {
  /** Rego, or YAML rules where it begins with `package:`. */
  readonly policy: string;
  readonly limits?: { readonly [name: string]: number };
  /** Of the way to every upstream. */
  readonly upstreamSettings?: { readonly [name: string]: number };
  readonly dictionaries?: readonly { readonly label: string; readonly terms: readonly string[] }[];
  /** Of the Messages API: its host is Anthropic unless `kind: bedrock`, with the `models` that it has. */
  readonly anthropic?: {
    readonly kind?: "anthropic" | "bedrock";
    readonly models?: { readonly [name: string]: string };
  };
  readonly clientForms?: readonly { readonly [name: string]: unknown }[];
  /** Nothing more can be put on record once the gateway has started. */
  readonly logFails?: boolean;
}

export interface CaseRequest {
  /** Of Bedrock's runtime: the last part of its path. */
  readonly operation?: "converse" | "converse-stream" | "invoke" | "invoke-with-response-stream";
  /** Of Bedrock's runtime; Claude unless told. */
  readonly model?: string;
  readonly method?: string;
  /** The raw target, where it is not the operation's. */
  readonly path?: string;
  /** Beside the usual ones; a list is sent as so many headers, `null` takes a usual one away. */
  readonly headers?: { readonly [name: string]: string | readonly string[] | null };
  /** JSON, or exactly this text; the usual body of the operation unless told. */
  readonly body?: unknown;
  /** Members in place of those of the usual body. */
  readonly with?: { readonly [member: string]: unknown };
  readonly gzip?: boolean;
}

export interface CaseUpstream {
  readonly status?: number;
  readonly headers?: { readonly [name: string]: string };
  /** JSON, or exactly this text. */
  readonly body?: unknown;
  /** Frames of an event stream; see `event-frames.ts`. */
  readonly stream?: readonly unknown[];
  /** Server-sent events; see `sse-events.ts`. */
  readonly events?: readonly unknown[];
  /** The connection is reset after the last frame. */
  readonly reset?: boolean;
}

export interface CaseClient {
  /** 200 unless told. */
  readonly status?: number;
  /** Each has this value; `null`: there is none. */
  readonly headers?: { readonly [name: string]: string | null };
  /** The name of the error, in the form of the API that was called. */
  readonly code?: string;
  /** A pattern of its message. */
  readonly message?: string;
  /** `same`: the upstream's, to the byte; a text: exactly this. */
  readonly body?: unknown;
  /** The JSON of the body has at least this. */
  readonly json?: unknown;
  /** `same`, or a list: a number is that frame of the upstream to the byte, an object what a frame must have. */
  readonly stream?: "same" | readonly unknown[];
  /** The same of server-sent events; a text is an event to the byte. */
  readonly events?: "same" | readonly unknown[];
}

export interface CaseFile extends GatewaySettings {
  /** What holds, in words. */
  readonly name: string;
  /** The API that is called; Bedrock's runtime unless told. */
  readonly surface?: "bedrock" | "anthropic";
  readonly request: CaseRequest;
  /** Without it nothing may reach the upstream. */
  readonly upstream?: CaseUpstream;
  readonly client: CaseClient;
  /** The body of a request that goes on: `same`, or the exact text. */
  readonly forwarded?: unknown;
  /** What the upstream must get beside it; a header that is `null` must not be there. */
  readonly forwardedHead?: {
    readonly method?: string;
    readonly path?: string;
    readonly headers?: { readonly [name: string]: string | null };
  };
  /** All of the call's, in order; each has at least this. */
  readonly records?: readonly { readonly [key: string]: unknown }[];
}

/** The cases in a folder, each under the name of its file and what it says. */
export function readCases(folder: string): readonly (readonly [name: string, file: CaseFile])[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".yaml"))
    .sort()
    .map((name) => {
      const file = parse(readFileSync(join(folder, name), "utf8")) as CaseFile;
      return [`${name.slice(0, -".yaml".length)}: ${file.name}`, file] as const;
    });
}

/** JSON of a value; a text is JSON already. */
export function jsonOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
