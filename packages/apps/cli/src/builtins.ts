// The functions that policies have on an author's machine: the library, and `rego.parse_module`, which needs
// the parser and is not for bundles. They reach the hosts that the command line allows.

import { type BuiltinTable, createNetwork, builtins as library } from "@writ/builtins";
import { parseModule } from "@writ/workspace";
import { usageError } from "./exit.ts";

const network = createNetwork();

export const builtins: BuiltinTable = new Map([
  ...library,
  ...[...network.builtins, parseModule].map((each) => [each.name, each] as const),
]);

/** What `--allow-net` takes: once allowed, the functions above reach it. */
export interface NetworkFlags {
  readonly allowNet?: readonly string[];
}

export function allowHosts({ allowNet = [] }: NetworkFlags): void {
  for (const host of allowNet)
    if (!network.allow(host))
      throw usageError(`--allow-net takes a host, or HOST:PORT, not \`${host}\``);
}
