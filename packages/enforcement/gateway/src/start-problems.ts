// Why the log or the port cannot be opened, and what to do.

import type { OpenLogResult } from "@writ/audit";
import type { Problem } from "./problem.ts";

type LogError = (OpenLogResult & { readonly ok: false })["error"];

const LOG_ADVICE: { readonly [code in LogError["code"]]: string } = {
  locked: "is this gateway running already? Each has a log of its own",
  corrupt: "`writ audit verify DIR` says where; keep it, and begin another log in a new folder",
  unwritable: "see that there is room, and that this user may write there",
  key_mismatch:
    "give it the audit.signingKey and the audit.origin it began with, or begin another log in a new folder",
};

export function logProblem({ message, code }: LogError): Problem {
  const said = `the audit log cannot be opened: ${message} (${code}); ${LOG_ADVICE[code]}`;
  return { field: "audit.dir", message: said };
}

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
