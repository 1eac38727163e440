// A case of the gateway as a file: what it is started with, what a client sends, what the upstream answers frame by
// frame, what the client must get and which records must exist.

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";

export interface CaseFile {
  /** What holds, in words. */
  readonly name: string;
  /** Rego, or YAML rules where it begins with `package:`. */
  readonly policy: string;
  readonly limits?: { readonly [name: string]: number };
  readonly upstreamSettings?: { readonly [name: string]: number };
  readonly dictionaries?: readonly { readonly label: string; readonly terms: readonly string[] }[];
  readonly request: {
    readonly operation: "converse" | "converse-stream" | "invoke" | "invoke-with-response-stream";
    /** Claude unless told. */
    readonly model?: string;
    /** JSON, or exactly this text. */
    readonly body?: unknown;
    readonly headers?: { readonly [name: string]: string };
  };
  readonly upstream?: {
    readonly status?: number;
    readonly headers?: { readonly [name: string]: string };
    readonly body?: unknown;
    /** See `frames.ts`. */
    readonly stream?: readonly unknown[];
    /** The connection is reset after the last frame. */
    readonly reset?: boolean;
  };
  readonly client: {
    readonly status?: number;
    readonly code?: string;
    /** A pattern. */
    readonly message?: string;
    /** `same`: the upstream's, to the byte; a text: exactly this. */
    readonly body?: unknown;
    /** `same`, or a list: a number is that frame of the upstream to the byte, an object what a frame must have. */
    readonly stream?: "same" | readonly unknown[];
  };
  /** Of a request that goes on: `same`, or the exact text. */
  readonly forwarded?: unknown;
  /** All of the call's, in order; each has at least this. */
  readonly records?: readonly { readonly [key: string]: unknown }[];
}

const folder = fileURLToPath(new URL("./cases/", import.meta.url));

export function readCases(): readonly (readonly [name: string, file: CaseFile])[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".yaml"))
    .sort()
    .map((name) => {
      const file = parse(readFileSync(folder + name, "utf8")) as CaseFile;
      return [`${name.slice(0, -".yaml".length)}: ${file.name}`, file] as const;
    });
}

/** JSON of a value; a text is JSON already. */
export function jsonOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
