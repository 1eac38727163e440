// Runs the command on another Node and stands in for it: signals go on to it, and its end is this process's end.
import { spawn } from "node:child_process";
import { constants } from "node:os";

const FORWARDED = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR2"];
/** In the environment of the other Node: the process that stands in for it. */
const STANDS_IN = "WRIT_STANDS_IN";
const LOOK_EVERY_MS = 500;

export function runOn(node, args) {
  const child = spawn(node, args, {
    stdio: "inherit",
    env: { ...process.env, [STANDS_IN]: String(process.pid) },
  });
  child.once("error", (error) => {
    process.stderr.write(`writ: ${node} does not run (${error.code ?? error.message})\n`);
    process.exitCode = 2;
  });
  // What a terminal or a service manager sends to the whole group comes to the child twice; it takes that for once.
  for (const signal of FORWARDED) process.on(signal, () => child.kill(signal));
  endWithParent(() => child.kill("SIGTERM"));
  child.once("exit", (code, signal) => {
    process.exitCode = code ?? 70;
    if (signal === null) return;
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
    // Where the signal is ignored here.
    setTimeout(() => process.exit(128 + (constants.signals[signal] ?? 0)), 1_000);
  });
}

/**
 * Nobody is told when its parent is killed. What stands in between (another Node, npm, which forwards neither
 * SIGHUP nor what cannot be caught) must not leave a gateway behind that nobody knows of.
 */
export function endWithParent(end) {
  const standsIn = Number(process.env[STANDS_IN]);
  delete process.env[STANDS_IN];
  const isBetween = standsIn > 0 || process.env["npm_lifecycle_event"] !== undefined;
  if (!isBetween || process.platform === "win32") return;
  const parent = standsIn > 0 ? standsIn : process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    end();
  }, LOOK_EVERY_MS);
  timer.unref();
}
