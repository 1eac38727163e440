// The obligations that a gateway carries out: it denies a call whose obligation is none of them, and `check` says so
// before that. A gateway that learns one is one name more here.

/** By name: a text that is an obligation, or its `type`. None is known yet. */
export const KNOWN_OBLIGATIONS: readonly string[] = [];

/** What an obligation is called; undefined where it has no name. */
export function obligationName(obligation: unknown): string | undefined {
  if (typeof obligation === "string") return obligation;
  if (typeof obligation !== "object" || obligation === null || Array.isArray(obligation))
    return undefined;
  const type: unknown = Object.hasOwn(obligation, "type")
    ? (obligation as { readonly type?: unknown }).type
    : undefined;
  return typeof type === "string" ? type : undefined;
}

export function isKnownObligation(obligation: unknown): boolean {
  const name = obligationName(obligation);
  return name !== undefined && KNOWN_OBLIGATIONS.includes(name);
}
