// A decision depends on the input and the bundle alone: the same input is decided the same way again, here
// and in a replay. Functions of the clock, the network or chance are for tests and queries.

import type { BuiltinTable } from "@writ/builtins";
import { type Diagnostic, diagnostic } from "@writ/diagnostics";
import { builtinCallsByName, type Program, partsOf } from "@writ/ir";

const INSTEAD: { readonly [name: string]: string | undefined } = {
  "time.now_ns": "use `input.time`: the gateway says there when the call was made",
  "http.send": "fetch what it is about before, and put it into data.json",
  "net.lookup_ip_addr": "list the addresses in data.json",
  "rand.intn": "decide by a part of the input that varies, such as its request id",
  "uuid.rfc4122": "every decision has an id of its own: `decision_id` in the audit log",
  "opa.runtime": "put settings into data.json",
  "io.jwt.decode_verify": "the gateway verifies who calls: use `input.identity`",
};

/** Calls, in rules that a bundle would carry, of functions that a bundle cannot have. */
export function findNondeterministic(
  program: Program,
  builtins: BuiltinTable,
): readonly Diagnostic[] {
  const isMeant = (name: string): boolean => builtins.get(name)?.nondeterministic === true;
  // Most programs call none, which need not be asked of each rule.
  if (![...builtinCallsByName(program.rules).keys()].some(isMeant)) return [];
  const rules = program.rules.filter(({ isTest }) => !isTest);
  const calls = rules.flatMap((rule) => partsOf(rule).builtinCalls);
  return calls.flatMap(({ target: { name }, span }) => {
    if (!isMeant(name)) return [];
    const help = INSTEAD[name] ?? "move it to a test, or into what makes data.json";
    return [diagnostic("E0503", { name }, span, { help })];
  });
}
