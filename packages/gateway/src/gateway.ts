// Starts and stops a gateway: loads and verifies everything it stands on, then listens. Whatever is
// wrong is found before the port opens.

import { createPrivateKey, createSecretKey, type KeyObject, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { type LogFiles, openLog } from "@writ/audit";
import { createClassifier } from "@writ/classifier";
import { loadBundle } from "./bundle.ts";
import { type Call, giveUp, type Incoming, type Outgoing, type Refused } from "./call.ts";
import { endStalled, isDelivered } from "./client.ts";
import type { GatewayConfig } from "./config.ts";
import { InFlight } from "./in-flight.ts";
import { loadKeyring } from "./keyring.ts";
import { type Listener, listen } from "./listener.ts";
import { refuseMalformed } from "./malformed.ts";
import { stages } from "./pipeline.ts";
import { refusalRecord } from "./records.ts";
import { sendRefusal, UNRECORDED } from "./refuse.ts";
import type { Services } from "./services.ts";
import { createUpstream } from "./upstream.ts";

/** A gateway that takes calls. */
export interface Gateway {
  readonly port: number;
  readonly policyHash: string;
  readonly revision: string;
  /** Stops taking calls, lets those under way finish, closes the log. */
  close(): Promise<void>;
}

/** A gateway, or what keeps it from starting. */
export type GatewayResult =
  | { readonly ok: true; readonly gateway: Gateway }
  | { readonly ok: false; readonly problem: string };

/** What tests put in place of the outside. */
export interface StartOptions {
  /** The audit log's file operations: a seam where a test can make the disk fail. */
  readonly logFiles?: LogFiles;
}

/** Starts a gateway. What keeps it from starting is a value; its message is for the operator. */
export async function startGateway(
  config: GatewayConfig,
  { logFiles }: StartOptions = {},
): Promise<GatewayResult> {
  const keyring = loadKeyring(config.keyring);
  if (!keyring.ok) return keyring;
  const classifier = createClassifier({
    hashKey: createSecretKey(readFileSync(config.classifier.hashKey)),
    dictionaries: config.classifier.dictionaries,
  });
  const loaded = loadBundle(config.bundle, classifier.labels);
  if (!loaded.ok) return loaded;
  const log = await openLog({
    dir: config.audit.dir,
    origin: config.audit.origin,
    signingKey: readSigningKey(config.audit.signingKey),
    ...(logFiles === undefined ? {} : { files: logFiles }),
  });
  if (!log.ok)
    return {
      ok: false,
      problem: `the audit log cannot be opened: ${log.error.message} (${log.error.code})`,
    };
  const services: Services = {
    config,
    keyring: keyring.keyring,
    bundle: loaded.bundle,
    classifier,
    audit: log.log,
    upstream: createUpstream(config.upstream, config.region),
    inFlight: new InFlight(config.limits),
  };
  const { policyHash, revision } = loaded.bundle;
  const activated = await services.audit.append({
    type: "policy.activated",
    id: randomUUID(),
    policy: { hash: policyHash, revision },
    classifier: classifier.version,
  });
  if (!activated.ok)
    return { ok: false, problem: `the audit log cannot be written: ${activated.error.message}` };
  const listener = await openPort(services);
  if (!listener.ok) return listener;
  return {
    ok: true,
    gateway: {
      port: listener.listener.port,
      policyHash,
      revision,
      close: () => close(services, listener.listener),
    },
  };
}

type PortResult =
  | { readonly ok: true; readonly listener: Listener }
  | { readonly ok: false; readonly problem: string };

async function openPort(services: Services): Promise<PortResult> {
  const { listen: at, limits } = services.config;
  const tls =
    at.tls === undefined
      ? {}
      : { tls: { cert: readFileSync(at.tls.cert, "utf8"), key: readFileSync(at.tls.key, "utf8") } };
  try {
    const listener = await listen({
      host: at.host,
      port: at.port,
      ...tls,
      headerBytes: limits.headerBytes,
      requestTimeoutMs: limits.requestTimeoutMs,
      handle: (incoming, outgoing) => {
        // One call whose refusal fails must not be everybody's end.
        handle(incoming, outgoing, services).catch(() => outgoing.destroy());
      },
      malformed: (code, address) => refuseMalformed(services, code, sourceIpOf(address)),
    });
    return { ok: true, listener };
  } catch (error) {
    await services.audit.close();
    await services.upstream.close();
    const { code = "unknown error" } = error as NodeJS.ErrnoException;
    return { ok: false, problem: `cannot listen on ${at.host}:${at.port} (${code})` };
  }
}

/** The stages work on Node's own requests and responses, of both versions of HTTP. */
async function handle(incoming: Incoming, outgoing: Outgoing, services: Services): Promise<void> {
  const call: Call = {
    id: randomUUID(),
    method: incoming.method ?? "",
    target: incoming.url ?? "",
    rawHeaders: incoming.rawHeaders,
    sourceIp: sourceIpOf(incoming.socket.remoteAddress),
    incoming,
    outgoing,
    startedAt: new Date(),
    gone: new AbortController(),
    facts: {},
  };
  outgoing.once("close", () => {
    if (!isDelivered(outgoing)) giveUp(call, "client_gone");
  });
  try {
    const refused = await runStages(call, services);
    if (refused !== undefined) await refuse(call, services, refused);
    endStalled(call, services.config.limits.writeTimeoutMs);
  } catch (error) {
    reportBug(call, error);
    await refuse(call, services, {
      status: 500,
      code: "InternalServerException",
      message: `internal error (request ${call.id})`,
    });
  }
}

/** A socket for both versions of IP gives IPv4 addresses as mapped ones. */
function sourceIpOf(address = ""): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, "");
}

async function runStages(call: Call, services: Services): Promise<Refused | undefined> {
  for (const stage of stages) {
    const result = await stage(call, services);
    if (result === "answered") return undefined;
    if (result !== undefined) return result;
  }
  throw new Error("the last stage has not answered");
}

/** A refusal that no decision stands behind gets a record of its own before it is sent. */
async function refuse(call: Call, services: Services, refused: Refused): Promise<void> {
  if (refused.decisionId !== undefined) return sendRefusal(call, refused);
  const id = randomUUID();
  const { policyHash: hash, revision } = services.bundle;
  const appended = await services.audit.append(
    refusalRecord(call, id, refused, { hash, revision }),
  );
  sendRefusal(call, { ...(appended.ok ? refused : UNRECORDED), decisionId: id });
}

function reportBug(call: Call, error: unknown): void {
  // The stack goes to the operator's log, never to the client; it names code, not content.
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`writ: bug in call ${call.id}: ${stack}\n`);
}

function readSigningKey(file: string): KeyObject {
  return createPrivateKey(readFileSync(file, "utf8"));
}

async function close(services: Services, listener: Listener): Promise<void> {
  await listener.close(services.config.limits.drainMs);
  await services.upstream.close();
  await services.audit.close();
}
