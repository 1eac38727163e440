// Starts and stops a gateway: loads and verifies everything it stands on, then listens. Whatever is
// wrong is found before the port opens.

import { randomUUID } from "node:crypto";
import { type LogFiles, openLog } from "@writ/audit";
import type { ClientForm, Operation, Surface } from "@writ/surface";
import { rememberBundle } from "./bundle.ts";
import { type Call, giveUp, type Refused } from "./call.ts";
import { endStalled, isDelivered } from "./client.ts";
import type { GatewayConfig } from "./config.ts";
import { createDrain, type Drain } from "./drain.ts";
import { InFlight } from "./in-flight.ts";
import { compareKeyrings, type Keyring, loadKeyring } from "./keyring.ts";
import { type Listener, listen } from "./listener.ts";
import { refuseMalformed } from "./malformed.ts";
import type { Readiness } from "./pages.ts";
import { runStages } from "./pipeline.ts";
import { createSurfaces, prepare } from "./prepare.ts";
import { describeProblem } from "./problem.ts";
import { refusalRecord } from "./records.ts";
import { DRAINING, endConnection, sendRefusal, UNRECORDED } from "./refuse.ts";
import { createRoutes, dispatch, type NodeBindings } from "./routes.ts";
import type { Services } from "./services.ts";
import { logProblem, portProblem } from "./start-problems.ts";
import type { TlsFiles } from "./tls-files.ts";
import { createUpstreams } from "./upstream.ts";

/** A gateway that takes calls. */
export interface Gateway {
  readonly port: number;
  readonly policyHash: string;
  readonly revision: string;
  /** Reads the keyring again: what it says now counts from the next call on, unless it cannot be used. */
  reload(): ReloadResult;
  /** Stops taking calls, lets those under way finish, closes the log. */
  close(): Promise<void>;
}

/** A gateway, or what keeps it from starting. */
export type GatewayResult =
  | { readonly ok: true; readonly gateway: Gateway; readonly warnings: readonly string[] }
  | { readonly ok: false; readonly problem: string };

/** What of a keyring that was read again is new, or why the one before stays in use. */
export type ReloadResult =
  | { readonly ok: true; readonly keys: number; readonly added: number; readonly removed: number }
  | { readonly ok: false; readonly problem: string };

/** What tests put in place of the outside. */
export interface StartOptions {
  /** The audit log's file operations: a seam where a test can make the disk fail. */
  readonly logFiles?: LogFiles;
}

/** Everything that is wrong with what a configuration names, and what should be looked at. Changes nothing. */
export function checkGateway(config: GatewayConfig): {
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
} {
  const { problems, warnings } = prepare(config, new Date());
  return { problems: problems.map(describeProblem), warnings };
}

/** Starts a gateway. What keeps it from starting is a value; its message is for the operator. */
export async function startGateway(
  config: GatewayConfig,
  { logFiles }: StartOptions = {},
): Promise<GatewayResult> {
  const { prepared, problems, warnings } = prepare(config, new Date());
  if (prepared === undefined)
    return { ok: false, problem: problems.map(describeProblem).join("\n  ") };
  const log = await openLog({
    dir: config.audit.dir,
    origin: config.audit.origin,
    signingKey: prepared.signingKey,
    ...(logFiles === undefined ? {} : { files: logFiles }),
  });
  if (!log.ok) return { ok: false, problem: describeProblem(logProblem(log.error)) };
  const { surfaces, upstreamConfigs } = createSurfaces(config);
  const services: Started = {
    config,
    surfaces,
    keyring: prepared.keyring,
    bundle: prepared.bundle,
    classifier: prepared.classifier,
    audit: log.log,
    upstreams: createUpstreams(upstreamConfigs),
    inFlight: new InFlight(config.limits),
    drain: createDrain(),
  };
  const unwritten = await activate(services);
  if (unwritten !== undefined) {
    await closeServices(services);
    return { ok: false, problem: unwritten };
  }
  const opened = await openPort(services, prepared.tls);
  if (!opened.ok) return opened;
  const { listener } = opened;
  const gateway: Gateway = {
    port: listener.port,
    policyHash: prepared.bundle.policyHash,
    revision: prepared.bundle.revision,
    reload: () => reload(services),
    close: () => close(services, listener),
  };
  return { ok: true, gateway, warnings };
}

/** Services, and what of them changes while a gateway runs. */
interface Started extends Services {
  keyring: Keyring;
  readonly drain: Drain;
}

/** Puts on record, and remembers, which bundle decides from here on. The problem, where that cannot be. */
async function activate({
  audit,
  bundle,
  classifier,
  config,
}: Services): Promise<string | undefined> {
  const activated = await audit.append({
    type: "policy.activated",
    id: randomUUID(),
    policy: { hash: bundle.policyHash, revision: bundle.revision },
    classifier: classifier.version,
  });
  if (!activated.ok)
    return `audit.dir: the audit log cannot be written: ${activated.error.message}`;
  const forgotten = rememberBundle(config.bundle, bundle);
  return forgotten === undefined ? undefined : describeProblem(forgotten);
}

function reload(services: Started): ReloadResult {
  const next = loadKeyring(services.config.keyring);
  if (!next.ok) return { ok: false, problem: next.problems.map(describeProblem).join("\n  ") };
  const { keyring: before } = services;
  services.keyring = next.value;
  return { ok: true, ...compareKeyrings(before, next.value) };
}

type PortResult =
  | { readonly ok: true; readonly listener: Listener }
  | { readonly ok: false; readonly problem: string };

async function openPort(services: Started, tls: TlsFiles | undefined): Promise<PortResult> {
  const { listen: at, limits } = services.config;
  const app = createRoutes({
    surfaces: services.surfaces,
    readiness: () => readiness(services),
    enforce: (node, surface, operation) => enforce(node, surface, operation, services),
  });
  try {
    const listener = await listen({
      host: at.host,
      port: at.port,
      ...(tls === undefined ? {} : { tls }),
      headerBytes: limits.headerBytes,
      requestTimeoutMs: limits.requestTimeoutMs,
      keepAliveMs: limits.keepAliveMs,
      streamsPerConnection: limits.streamsPerConnection,
      connections: limits.connections,
      handle: (incoming, outgoing) => {
        // One call whose refusal fails must not be everybody's end.
        dispatch(app, { incoming, outgoing }).catch(() => outgoing.destroy());
      },
      malformed: (code, address) => refuseMalformed(services, code, sourceIpOf(address)),
    });
    return { ok: true, listener };
  } catch (error) {
    await closeServices(services);
    return { ok: false, problem: describeProblem(portProblem(at, error)) };
  }
}

function readiness({ drain, audit }: Started): Readiness {
  if (drain.isDraining) return { ready: false, reason: "draining" };
  // Nothing is let through that cannot be put on record.
  return audit.failed
    ? { ready: false, reason: "the audit log cannot be written" }
    : { ready: true };
}

/** The stages work on Node's own requests and responses, of both versions of HTTP. */
async function enforce(
  { incoming, outgoing }: NodeBindings,
  surface: Surface,
  operation: Operation | undefined,
  services: Started,
): Promise<void> {
  services.drain.watch(outgoing);
  const { rawHeaders } = incoming;
  const call: Call = {
    id: randomUUID(),
    surface,
    operation,
    method: incoming.method ?? "",
    rawTarget: incoming.url ?? "",
    rawHeaders,
    sourceIp: sourceIpOf(incoming.socket.remoteAddress),
    attempt: surface.readAttempt(rawHeaders),
    forms: formsOf(surface, incoming.headers["user-agent"], services),
    incoming,
    outgoing,
    startedAt: new Date(),
    gone: new AbortController(),
  };
  outgoing.once("close", () => {
    if (!isDelivered(outgoing)) giveUp(call, "client_gone");
  });
  if (services.drain.isDraining) endConnection(call);
  try {
    const refused = services.drain.isDraining ? DRAINING : await runStages(call, services);
    if (refused !== undefined) await refuse(call, services, refused);
    endStalled(call, services.config.limits.writeTimeoutMs);
  } catch (error) {
    reportBug(call, error);
    await refuse(call, services, {
      code: "internal",
      message: `internal error (request ${call.id})`,
    });
  }
}

/** What this client gets in another form; what the operator says of it comes first. */
function formsOf(
  { name, clientForms }: Surface,
  userAgent: string | undefined,
  { config }: Services,
): readonly ClientForm[] {
  if (userAgent === undefined) return [];
  const configured = config.clientForms.filter(({ surface }) => surface === name);
  return [...configured, ...clientForms].filter((form) => userAgent.startsWith(form.userAgent));
}

/** A socket for both versions of IP gives IPv4 addresses as mapped ones. */
function sourceIpOf(address = ""): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, "");
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

async function close(services: Started, listener: Listener): Promise<void> {
  await listener.close(await services.drain.begin(services.config.limits.drainMs));
  await closeServices(services);
}

async function closeServices({ upstreams, audit }: Services): Promise<void> {
  await upstreams.close();
  await audit.close();
}
