// The functions that policies have on an author's machine: the library, and `rego.parse_module`, which needs
// the parser and is not for bundles. They reach the hosts that the command line allows.

import {
  type Builtin,
  type BuiltinTable,
  createNetwork,
  builtins as library,
} from "@writ/builtins";
import { BuiltinError, type Value } from "@writ/evaluator";
import { parseRego, toOpaJson } from "@writ/syntax";
import { usageError } from "./exit.ts";

const parseModule: Builtin = {
  name: "rego.parse_module",
  args: [{ type: "string" }, { type: "string" }],
  result: { type: "object", dynamic: { key: { type: "string" }, value: { type: "any" } } },
  nondeterministic: true,
  // Once a test, at an author's machine.
  cost: { growth: "linear", before: ([_file, text]) => String(text).length },
  call: ([file, text]) => {
    const { module, diagnostics } = parseRego({ file: String(file), text: String(text) });
    const error = diagnostics.find(({ severity }) => severity === "error");
    if (error !== undefined) throw new BuiltinError(`rego_parse_error: ${opaWords(error.title)}`);
    return toOpaJson(module) as Value;
  },
};

/** OPA's words for a text that ends too early come first: tests match on them. */
function opaWords(title: string): string {
  return title.endsWith("the end of the text")
    ? `unexpected eof token: expected ident: ${title}`
    : title;
}

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
