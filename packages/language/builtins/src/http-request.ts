// What a request for http.send and providers.aws.sign_req may say.

import { BuiltinError, makeSet, objectEntries, regoText, type Value } from "@writ/evaluator";

const REQUIRED = ["method", "url"];
const ALLOWED = new Set([
  ...REQUIRED,
  ..."body raw_body headers timeout raise_error max_retry_attempts".split(" "),
  ..."enable_redirect force_json_decode force_yaml_decode".split(" "),
  ..."cache force_cache force_cache_duration_seconds caching_mode cache_ignored_headers".split(" "),
  ..."tls_use_system_certs tls_insecure_skip_verify tls_server_name".split(" "),
  ...["tls_ca_cert", "tls_client_cert", "tls_client_key"].flatMap((name) => [
    name,
    `${name}_file`,
    `${name}_env_variable`,
  ]),
]);

/** Throws BuiltinError for members that are unknown or missing. */
export function validateRequest(request: Value, operand: number): void {
  const names = (objectEntries(request) ?? []).map(([key]) => key);
  const unknown = names.filter((name) => typeof name !== "string" || !ALLOWED.has(name));
  if (unknown.length > 0) throw wrong(operand, "invalid", unknown);
  const missing = REQUIRED.filter((name) => !names.includes(name));
  if (missing.length > 0) throw wrong(operand, "missing required", missing);
}

const MATERIAL = /_(?:file|env_variable)$/;

/** Throws BuiltinError for a member that names a file or a variable of the machine: neither is read. */
export function refuseMaterial(request: Value): void {
  const named = (objectEntries(request) ?? []).find(([key]) => MATERIAL.test(String(key)));
  if (named !== undefined)
    throw new BuiltinError(
      `http.send: \`${String(named[0])}\` is not read: a policy has no files and no environment; give the text itself`,
    );
}

function wrong(operand: number, what: string, names: readonly Value[]): BuiltinError {
  return new BuiltinError(
    `operand ${operand} ${what} request parameters(s): ${regoText(makeSet(names))}`,
    { code: "eval_type_error" },
  );
}
