// `writ gateway --config FILE`: runs the gateway until it is told to stop.

import { loadConfig, startGateway } from "@writ/gateway";
import { CommandFailure, EXIT } from "../exit.ts";

export async function runGateway({ config: file }: { readonly config: string }): Promise<number> {
  const loaded = loadConfig(file);
  if (!loaded.ok)
    throw new CommandFailure([`${file}:`, ...loaded.problems].join("\n  "), EXIT.usage);
  const started = await startGateway(loaded.config);
  if (!started.ok) throw new CommandFailure(started.problem, EXIT.usage);
  const { gateway } = started;
  process.stdout.write(
    `writ: listening on ${loaded.config.listen.host}:${gateway.port}, policy ${gateway.policyHash} revision ${gateway.revision}\n`,
  );
  await stopSignal();
  await gateway.close();
  return EXIT.clean;
}

/** Resolves at the first Ctrl-C or SIGTERM; a second one ends the process at once. */
export function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    let told = false;
    const stop = (): void => {
      if (told) process.exit(130);
      told = true;
      process.stderr.write("writ: draining; once more to stop at once\n");
      resolve();
    };
    process.on("SIGINT", stop);
    process.on("SIGTERM", stop);
  });
}
