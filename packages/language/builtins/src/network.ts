// What reaches outside: HTTP, DNS, the runtime, chance. Not for bundles; queries and tests may use them, and reach only
// hosts that are allowed by name: a policy under review must not call from the machine that reviews it. A call waits for
// a child process, since evaluation does not wait for promises.

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
import { type AllowedHost, isAllowed, readHost } from "./allowed-hosts.ts";
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
import { refuseMaterial, validateRequest } from "./http-request.ts";
import { exportedFile } from "./lazy.ts";

const DEFAULT_TIMEOUT_MS = 5_000;
/** One call takes no longer, whatever it asks for, redirects included. */
const MAX_TIMEOUT_MS = 10_000;
/** Beyond the request's own: a child process has to start. */
const START_MS = 2_000;
/** All calls of a network together. */
const MAX_TOTAL_MS = 60_000;
const MAX_ANSWER_BYTES = 32 * 1024 * 1024;

/** The functions that reach a network, and what of it they reach: nothing, unless it is allowed. */
export interface Network {
  readonly builtins: readonly Builtin[];
  /** `HOST`, or `HOST:PORT` for that port alone. False: that is neither. */
  allow(host: string): boolean;
}

export function createNetwork(): Network {
  const reach = new Reach();
  return {
    allow: (host) => reach.allow(host),
    builtins: [
      defineNondeterministic(
        "http.send",
        [objectOf(string, any)],
        anyObject,
        CONSTANT,
        (request: Value, context: BuiltinContext) => httpSend(request, context, reach),
      ),
      defineNondeterministic(
        "net.lookup_ip_addr",
        [string],
        setOf(string),
        CONSTANT,
        (name: string, context: BuiltinContext) =>
          cached(context, `net.lookup_ip_addr ${name}`, () => lookUp(name, reach)),
      ),
    ],
  };
}

class Reach {
  readonly #allowed: AllowedHost[] = [];
  #spentMs = 0;

  allow(text: string): boolean {
    const host = readHost(text);
    if (host !== undefined) this.#allowed.push(host);
    return host !== undefined;
  }

  get allowed(): readonly AllowedHost[] {
    return this.#allowed;
  }

  ask(question: Value, timeout: number): Value {
    const left = MAX_TOTAL_MS - this.#spentMs;
    if (left <= 0) return { error: `the network was waited for ${MAX_TOTAL_MS / 1000} s in all` };
    const startedAt = performance.now();
    const limit = Math.min(timeout, MAX_TIMEOUT_MS, left);
    const answer = ask(
      { ...(question as object), allowed: this.#allowed } as unknown as Value,
      limit,
    );
    this.#spentMs += performance.now() - startedAt;
    return answer;
  }
}

function lookUp(name: string, reach: Reach): Value {
  if (!reach.allowed.some(({ host }) => host === name.toLowerCase()))
    throw new BuiltinError(`net.lookup_ip_addr: ${notAllowed(name)}`);
  const addresses = getMember(reach.ask({ lookup: name }, DEFAULT_TIMEOUT_MS), "addresses");
  if (!Array.isArray(addresses)) throw new BuiltinError(`cannot look up ${name}`);
  return makeSet(addresses);
}

/** What depends on the machine or on chance, and reaches nothing. */
const local: readonly Builtin[] = [
  // What runs a policy is not told of: its environment holds secrets.
  defineNondeterministic("opa.runtime", [], objectOf(string, any), CONSTANT, () => ({ env: {} })),
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

/** Of a network that reaches nothing. */
export const network: readonly Builtin[] = [...createNetwork().builtins, ...local];

function cached(context: BuiltinContext, key: string, make: () => Value): Value {
  const known = context.cache.get(key);
  if (known !== undefined) return known as Value;
  const made = make();
  context.cache.set(key, made);
  return made;
}

function httpSend(request: Value, context: BuiltinContext, reach: Reach): Value {
  validateRequest(request, 1);
  refuseMaterial(request);
  const url = String(getMember(request, "url"));
  const raises = getMember(request, "raise_error") ?? true;
  return cached(context, `http.send ${jsonText(request)}`, () => {
    const answer = isAllowed(url, reach.allowed)
      ? reach.ask({ request }, timeoutOf(getMember(request, "timeout")))
      : { error: notAllowed(url) };
    const message = getMember(answer, "error");
    if (message === undefined) return getMember(answer, "response") ?? null;
    if (raises !== false) throw new BuiltinError(`http.send: ${String(message)}`);
    return { status_code: 0, error: { code: "eval_http_send_network_error", message } };
  });
}

function notAllowed(what: string): string {
  return `${what} may not be reached: \`--allow-net HOST[:PORT]\` allows a host, and \`with http.send as\` needs none`;
}

const UNITS: { readonly [unit: string]: number } = { ms: 1, s: 1000, m: 60_000 };

/** Nanoseconds, or a text such as `500ms`. */
function timeoutOf(given: Value | undefined): number {
  if (given === undefined) return DEFAULT_TIMEOUT_MS;
  if (isNumber(given)) return positive(Number(integerOf(given) ?? 0n) / 1e6);
  const [, amount, unit = ""] = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(String(given)) ?? [];
  if (amount === undefined) throw new BuiltinError("invalid timeout value");
  return positive(Number(amount) * (UNITS[unit] ?? 1));
}

/** To wait for no time would be to wait for ever. */
function positive(milliseconds: number): number {
  return milliseconds > 0 ? Math.ceil(milliseconds) : DEFAULT_TIMEOUT_MS;
}

function ask(question: Value, timeout: number): Value {
  const input = jsonText({ ...(question as object), timeout } as Value);
  const { stdout, status } = spawnSync(process.execPath, [exportedFile("/network-worker")], {
    input,
    encoding: "utf8",
    // No proxy, no certificates and no options of Node's from the environment.
    env: {},
    timeout: timeout + START_MS,
    killSignal: "SIGKILL",
    maxBuffer: MAX_ANSWER_BYTES,
  });
  return status === 0 ? parseJson(stdout) : { error: "request timed out" };
}
