// What reaches outside: HTTP, DNS, the runtime, chance. Not for bundles; queries and tests may use them. A
// call waits for a child process, since evaluation does not wait for promises.

import { spawnSync } from "node:child_process";
import {
  type Builtin,
  type BuiltinContext,
  BuiltinError,
  getMember,
  integerOf,
  isNumber,
  jsonText,
  makeSet,
  type NumberValue,
  parseJson,
  type Value,
} from "@writ/evaluator";
import { CONSTANT } from "./cost.ts";
import {
  any,
  anyObject,
  defineNondeterministic,
  number,
  objectOf,
  setOf,
  string,
} from "./define.ts";
import { validateRequest } from "./http-request.ts";
import { exportedFile } from "./lazy.ts";

const DEFAULT_TIMEOUT_MS = 5_000;
/** Beyond the request's own: a child process has to start. */
const START_MS = 5_000;
const MAX_ANSWER_BYTES = 32 * 1024 * 1024;

export const network: readonly Builtin[] = [
  defineNondeterministic("http.send", [objectOf(string, any)], anyObject, CONSTANT, httpSend),
  defineNondeterministic(
    "net.lookup_ip_addr",
    [string],
    setOf(string),
    CONSTANT,
    (name: string, context: BuiltinContext) =>
      cached(context, `net.lookup_ip_addr ${name}`, () => {
        const answer = ask({ lookup: name }, DEFAULT_TIMEOUT_MS);
        const addresses = getMember(answer, "addresses");
        if (!Array.isArray(addresses)) throw new BuiltinError(`cannot look up ${name}`);
        return makeSet(addresses);
      }),
  ),
  defineNondeterministic("opa.runtime", [], objectOf(string, any), CONSTANT, () => ({})),
  defineNondeterministic(
    "rand.intn",
    [string, number],
    number,
    CONSTANT,
    (seed: string, below: NumberValue, context: BuiltinContext) => {
      const limit = Math.abs(Number(integerOf(below) ?? Number.NaN));
      if (Number.isNaN(limit))
        throw new BuiltinError("operand 2 must be integer number but got floating-point number", {
          code: "eval_type_error",
        });
      return cached(context, `rand.intn ${seed} ${limit}`, () => Math.floor(Math.random() * limit));
    },
  ),
];

function cached(context: BuiltinContext, key: string, make: () => Value): Value {
  const known = context.cache.get(key);
  if (known !== undefined) return known as Value;
  const made = make();
  context.cache.set(key, made);
  return made;
}

function httpSend(request: Value, context: BuiltinContext): Value {
  validateRequest(request, 1);
  const raises = getMember(request, "raise_error") ?? true;
  return cached(context, `http.send ${jsonText(request)}`, () => {
    const answer = ask({ request }, timeoutOf(getMember(request, "timeout")));
    const message = getMember(answer, "error");
    if (message === undefined) return getMember(answer, "response") ?? null;
    if (raises !== false) throw new BuiltinError(`http.send: ${String(message)}`);
    return { status_code: 0, error: { code: "eval_http_send_network_error", message } };
  });
}

const UNITS: { readonly [unit: string]: number } = { ms: 1, s: 1000, m: 60_000 };

/** Nanoseconds, or a text such as `500ms`. */
function timeoutOf(given: Value | undefined): number {
  if (given === undefined) return DEFAULT_TIMEOUT_MS;
  if (isNumber(given)) return Number(integerOf(given) ?? 0n) / 1e6;
  const [, amount, unit = ""] = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(String(given)) ?? [];
  if (amount === undefined) throw new BuiltinError("invalid timeout value");
  return Number(amount) * (UNITS[unit] ?? 1);
}

function ask(question: Value, timeout: number): Value {
  const input = jsonText({ ...(question as object), timeout } as Value);
  const { stdout, status } = spawnSync(process.execPath, [exportedFile("/network-worker")], {
    input,
    encoding: "utf8",
    timeout: timeout + START_MS,
    maxBuffer: MAX_ANSWER_BYTES,
  });
  return status === 0 ? parseJson(stdout) : { error: "request timed out" };
}
