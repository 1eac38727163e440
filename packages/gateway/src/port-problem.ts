// Why a port cannot be opened, and what to do.

import type { Problem } from "./problem.ts";

const ADVICE: { readonly [code: string]: string | undefined } = {
  EADDRINUSE: "another process listens there; end it (`ss -ltnp` names it), or choose another port",
  EACCES: "this user may not open a port below 1024; choose one above",
  EADDRNOTAVAIL: "that is no address of this machine",
  ENOTFOUND: "that name is not known here",
};
const OF_HOST: ReadonlySet<string> = new Set(["EADDRNOTAVAIL", "ENOTFOUND", "EAI_AGAIN"]);

export function portProblem(
  { host, port }: { readonly host: string; readonly port: number },
  error: unknown,
): Problem {
  const { code = "unknown error" } = error as NodeJS.ErrnoException;
  const advice = ADVICE[code];
  return {
    field: OF_HOST.has(code) ? "listen.host" : "listen.port",
    message: `cannot listen on ${host}:${port} (${code})${advice === undefined ? "" : `: ${advice}`}`,
  };
}
