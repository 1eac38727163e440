// `writ gateway --config FILE`: runs the gateway until it is told to stop; with `--check` only says what is wrong.
// `writ gateway --init DIR`: writes a configuration to start from.

import { resolve } from "node:path";
import {
  checkGateway,
  type Gateway,
  type GatewayConfig,
  loadConfig,
  startGateway,
} from "@writ/gateway";
import { CommandFailure, EXIT, indent, usageError } from "../exit.ts";
import { initGateway } from "../gateway-init.ts";
import { untilStopped } from "../signals.ts";

export interface GatewayFlags {
  readonly config?: string;
  readonly check?: true;
  readonly init?: string;
}

export async function runGateway({ config: file, check, init }: GatewayFlags): Promise<number> {
  if (init !== undefined) {
    if (file !== undefined || check === true)
      throw usageError("--init goes with neither --config nor --check");
    process.stdout.write(initGateway(init));
    return EXIT.clean;
  }
  if (file === undefined)
    throw usageError(
      "which configuration? --config FILE names it; --init DIR writes one to start from",
    );
  const loaded = loadConfig(file);
  if (!loaded.ok)
    throw new CommandFailure([`${file}:`, ...loaded.problems.map(indent)], EXIT.usage);
  return check === true ? checkOnly(file, loaded.config) : await run(file, loaded.config);
}

function checkOnly(file: string, config: GatewayConfig): number {
  const { problems, warnings } = checkGateway(config);
  warn(warnings);
  if (problems.length > 0)
    throw new CommandFailure([`${file}:`, ...problems.map(indent)], EXIT.usage);
  process.stdout.write(`${resolve(file)} is fine, and everything that it names\n`);
  return EXIT.clean;
}

async function run(file: string, config: GatewayConfig): Promise<number> {
  const started = await startGateway(config);
  if (!started.ok)
    throw new CommandFailure(
      [`${file}:`, ...started.problem.split("\n").map((line) => indent(line.trim()))],
      EXIT.usage,
    );
  const { gateway, warnings } = started;
  warn(warnings);
  const stopped = untilStopped(() => reloadKeyring(gateway, config.keyring));
  process.stdout.write(
    `writ: listening on ${config.listen.host}:${gateway.port}, policy ${gateway.policyHash} revision ${gateway.revision}\n`,
  );
  await stopped;
  await gateway.close();
  return EXIT.clean;
}

export function warn(warnings: readonly string[]): void {
  for (const warning of warnings) process.stderr.write(`writ: warning: ${warning}\n`);
}

/** Says what came of it: nobody else would. */
export function reloadKeyring(gateway: Gateway, file: string): void {
  const reloaded = gateway.reload();
  if (reloaded.ok) {
    const { keys, added, removed } = reloaded;
    process.stderr.write(
      `writ: read ${file} again: ${keys} keys, ${added} of them new; ${removed} removed\n`,
    );
  } else {
    process.stderr.write(
      `writ: the keyring that was read before stays in use; the one there now cannot be used:\n  ${reloaded.problem}\n`,
    );
  }
}
