// Work that is done again whenever a file below a folder changes, until it is interrupted.

import { watch } from "node:fs";
import { EXIT, failureOf } from "./exit.ts";
import { showErrors, showLines } from "./output.ts";

/** Editors write a file in several steps: what follows within this is one change. */
const SETTLE_MS = 100;

/** Resolves when the process is interrupted. What fails is shown, and tried again with the next change. */
export async function repeatOnChange(folder: string, work: () => void): Promise<number> {
  const attempt = (): void => {
    try {
      work();
    } catch (error) {
      const failure = failureOf(error);
      if (failure === undefined) throw error;
      showErrors([`writ: ${failure.message}`]);
    }
    showLines(["", `waiting for a change in ${folder}; Ctrl-C ends`]);
  };
  let timer: NodeJS.Timeout | undefined;
  const watcher = watch(folder, { recursive: true }, () => {
    clearTimeout(timer);
    timer = setTimeout(attempt, SETTLE_MS);
  });
  const interrupted = new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, resolve);
    watcher.once("error", () => resolve());
  });
  attempt();
  await interrupted;
  clearTimeout(timer);
  watcher.close();
  return EXIT.clean;
}
