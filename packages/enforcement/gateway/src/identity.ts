// Who is behind a call. The principal is the one whose signature was verified; what it asserts about a
// person comes in headers, which count only when the signature covers them and the keyring lets this
// principal assert those values. Anything less is a refusal, not a weaker identity.

import type { Refusal } from "@writ/surface";
import type { GatewayConfig } from "./config.ts";
import type { Principal } from "./keyring.ts";

/** `input.identity`. */
export interface Identity {
  /** Of whoever signs, and of whom an issued key stands for. */
  readonly iam: {
    readonly arn: string;
    readonly account: string;
    readonly role?: string;
    readonly session?: string;
  };
  readonly subject?: string;
  readonly tenant?: string;
  readonly groups: readonly string[];
  readonly roles: readonly string[];
  readonly claims: Readonly<Record<string, never>>;
  readonly assurance: "signature" | "key" | "asserted";
}

export type IdentityResult =
  | { readonly ok: true; readonly identity: Identity }
  | { readonly ok: false; readonly refusal: Refusal };

type Claim = "subject" | "groups" | "roles" | "tenant";
const CLAIMS: readonly Claim[] = ["subject", "groups", "roles", "tenant"];
/** One person, one tenant: of several nobody knows which is meant. */
const SINGLE: ReadonlySet<Claim> = new Set(["subject", "tenant"]);
const MAX_VALUES = 200;
const MAX_LENGTH = 256;

/** Whose headers are looked at, and which of them count. */
export interface IdentifyOptions {
  readonly principal: Principal;
  /** How the principal was proved. */
  readonly assurance: "signature" | "key";
  /** Whether that proof covers a header. */
  readonly covers: (header: string) => boolean;
  readonly headerNames: GatewayConfig["identityHeaders"];
}

export function identify(
  rawHeaders: readonly string[],
  { principal, assurance, covers, headerNames }: IdentifyOptions,
): IdentityResult {
  const asserted: { [claim in Claim]?: readonly string[] } = {};
  for (const claim of CLAIMS) {
    const name = headerNames[claim];
    const values = headerValues(rawHeaders, name);
    if (values === undefined) continue;
    if (!covers(name)) {
      return refused(`the identity header ${name} is not covered by the request's signature`);
    }
    const allowed = principal.mayAssert[claim];
    if (allowed === undefined)
      return refused(`this principal may not assert ${claim} (header ${name})`);
    if (
      values.length > (SINGLE.has(claim) ? 1 : MAX_VALUES) ||
      values.some((value) => value === "" || value.length > MAX_LENGTH)
    ) {
      return refused(`the identity header ${name} is malformed`);
    }
    if (allowed !== "*" && !values.every((value) => allowed.includes(value))) {
      return refused(`this principal may not assert that value of ${claim} (header ${name})`);
    }
    asserted[claim] = [...new Set(values)];
  }
  return { ok: true, identity: combine(principal, asserted, assurance) };
}

function combine(
  principal: Principal,
  asserted: { readonly [claim in Claim]?: readonly string[] },
  assurance: IdentifyOptions["assurance"],
): Identity {
  const subject = asserted.subject?.[0] ?? principal.identity.subject;
  const tenant = asserted.tenant?.[0] ?? principal.identity.tenant;
  return {
    iam: describeArn(principal.principalArn),
    ...(subject === undefined ? {} : { subject }),
    ...(tenant === undefined ? {} : { tenant }),
    groups: asserted.groups ?? principal.identity.groups,
    roles: asserted.roles ?? principal.identity.roles,
    claims: {},
    assurance: Object.keys(asserted).length > 0 ? "asserted" : assurance,
  };
}

function describeArn(arn: string): Identity["iam"] {
  const [, , , , account = "", ...rest] = arn.split(":");
  const [kind, name, session] = rest.join(":").split("/");
  const isRole = kind === "role" || kind === "assumed-role";
  return {
    arn,
    account,
    ...(isRole && name !== undefined ? { role: name } : {}),
    ...(kind === "assumed-role" && session !== undefined ? { session } : {}),
  };
}

/** The comma-separated values of all headers of that name; undefined when there is none. */
function headerValues(rawHeaders: readonly string[], name: string): readonly string[] | undefined {
  let found: string[] | undefined;
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    if (rawHeaders[index]?.toLowerCase() !== name) continue;
    const values = (rawHeaders[index + 1] ?? "").split(",").map((value) => value.trim());
    found = [...(found ?? []), ...values];
  }
  return found;
}

function refused(message: string): IdentityResult {
  return { ok: false, refusal: { code: "not_permitted", message } };
}
