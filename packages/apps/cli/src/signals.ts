// What signals mean to a running gateway: SIGINT and SIGTERM drain it, SIGHUP has it read its keyring again.

import { closeSync, openSync } from "node:fs";

/** A terminal, npm and a service manager each send a signal to everybody they know: it comes more than once. */
const ONE_SIGNAL_MS = 1_000;

/** Resolves at the first Ctrl-C or SIGTERM; another one ends the process at once. */
export function untilStopped(reload: () => void): Promise<void> {
  // Who read what is said here may be gone, as a terminal that is closed: no reason to end without draining.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  return new Promise((resolve) => {
    let toldAt: number | undefined;
    const drain = (): void => {
      toldAt = performance.now();
      process.stderr.write("writ: draining; once more to stop at once\n");
      resolve();
    };
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.on(signal, () => {
        if (toldAt === undefined) drain();
        else if (performance.now() - toldAt > ONE_SIGNAL_MS) {
          // As if it had never been caught: at once, and seen as that from outside.
          process.removeAllListeners(signal);
          process.kill(process.pid, signal);
        }
      });
    }
    const hadTerminal = hasTerminal();
    process.on("SIGHUP", () => {
      if (toldAt !== undefined) return;
      // A terminal that is closed says so with the same signal: nobody is left to stop what it ran.
      if (hadTerminal && !hasTerminal()) drain();
      else reload();
    });
  });
}

function hasTerminal(): boolean {
  try {
    closeSync(openSync("/dev/tty", "r"));
    return true;
  } catch {
    return false;
  }
}
