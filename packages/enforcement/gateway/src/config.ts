// The gateway's configuration: one file (YAML or JSON), checked against schemas/gateway-config.schema.json
// before anything in it is used. Paths in it are relative to the file.

import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { ClientForm } from "@writ/surface";
import { readDocument } from "./document.ts";
import { describeFileError } from "./named-file.ts";

/** The way to a model service. A surface may have settings of its own beside these. */
export interface UpstreamConfig {
  readonly url: string;
  /** A file; what it holds is for the surface to say. */
  readonly credentials: string;
  readonly timeoutMs: number;
  readonly connections: number;
  readonly [setting: string]: unknown;
}

export interface SurfaceConfig {
  readonly upstream: UpstreamConfig;
  /** What identifiers of models stand for. */
  readonly models: { readonly [id: string]: string };
}

/** As `schemas/gateway-config.schema.json` has it. */
export interface GatewayConfig {
  readonly listen: {
    readonly host: string;
    readonly port: number;
    /** PEM files; without them the port speaks cleartext only. */
    readonly tls?: { readonly cert: string; readonly key: string };
  };
  /** The region this gateway stands for: what callers must sign for, and where calls go. */
  readonly region: string;
  /** Of the surface that is spoken where nothing else is said. */
  readonly upstream?: UpstreamConfig;
  readonly anthropic?: SurfaceConfig;
  /** What clients get in another form than others, by what their `user-agent` begins with. */
  readonly clientForms: readonly (ClientForm & { readonly surface: string })[];
  readonly keyring: string;
  readonly bundle: {
    readonly file: string;
    /** The public keys whose signature is trusted, by id. */
    readonly keys: readonly { readonly id: string; readonly publicKey: string }[];
    /** Where the gateway remembers what it last ran, so that it never goes back. */
    readonly state: string;
  };
  readonly audit: { readonly dir: string; readonly origin: string; readonly signingKey: string };
  readonly classifier: {
    /** A file of at least 32 random bytes, the key of the hashes that findings carry. */
    readonly hashKey: string;
    readonly dictionaries: readonly { readonly label: string; readonly terms: readonly string[] }[];
  };
  readonly identityHeaders: {
    readonly subject: string;
    readonly groups: string;
    readonly roles: string;
    readonly tenant: string;
  };
  /** What opaque ARNs (application inference profiles, provisioned models) stand for: a base model id. */
  readonly models: { readonly [arn: string]: string };
  readonly limits: {
    readonly bodyBytes: number;
    readonly inFlightBytes: number;
    /** Of those, of bodies whose signature is not verified yet. */
    readonly unverifiedBytes: number;
    readonly inFlightBytesPerCaller: number;
    readonly callsPerCaller: number;
    /** One frame of a streamed answer. */
    readonly frameBytes: number;
    readonly headerBytes: number;
    readonly requestTimeoutMs: number;
    /** How long a connection may be open on which nothing happens: longer than a load balancer keeps it. */
    readonly keepAliveMs: number;
    /** Of one connection over HTTP/2; clients open another when there are more. */
    readonly streamsPerConnection: number;
    readonly connections: number;
    /** How long a client may take nothing of an answer. */
    readonly writeTimeoutMs: number;
    readonly drainMs: number;
    readonly decisionMs: number;
  };
}

/** A configuration, or all that is wrong with the file. */
export type ConfigResult =
  | { readonly ok: true; readonly config: GatewayConfig }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Reads and checks a configuration file, with defaults filled in and paths made absolute. */
export function loadConfig(file: string): ConfigResult {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    return { ok: false, problems: [`the configuration ${file} ${describeFileError(error)}`] };
  }
  const read = readDocument<GatewayConfig>(text, "gateway-config");
  if (!read.ok) return read;
  return { ok: true, config: resolvePaths(read.document, dirname(resolve(file))) };
}

function resolvePaths(config: GatewayConfig, folder: string): GatewayConfig {
  const at = (path: string): string => resolve(folder, path);
  const { anthropic, listen, upstream, bundle, audit, classifier } = config;
  const way = (of: UpstreamConfig): UpstreamConfig => ({ ...of, credentials: at(of.credentials) });
  return {
    ...config,
    listen: {
      ...listen,
      ...(listen.tls === undefined
        ? {}
        : { tls: { cert: at(listen.tls.cert), key: at(listen.tls.key) } }),
    },
    ...(upstream === undefined ? {} : { upstream: way(upstream) }),
    ...(anthropic === undefined
      ? {}
      : { anthropic: { ...anthropic, upstream: way(anthropic.upstream) } }),
    keyring: at(config.keyring),
    bundle: {
      ...bundle,
      file: at(bundle.file),
      state: at(bundle.state),
      keys: bundle.keys.map(({ id, publicKey }) => ({ id, publicKey: at(publicKey) })),
    },
    audit: { ...audit, dir: at(audit.dir), signingKey: at(audit.signingKey) },
    classifier: { ...classifier, hashKey: at(classifier.hashKey) },
  };
}
