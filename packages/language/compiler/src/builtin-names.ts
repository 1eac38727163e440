// Which built-in functions a plan calls: a bundle lists them, so that a gateway without one refuses the
// bundle when it is loaded, and not a call later.

/** Adds the names that occur in a part of a plan. */
export function addBuiltinNames(part: unknown, names: Set<string>): void {
  if (typeof part !== "object" || part === null) return;
  const { op, name, builtin } = part as { readonly [key: string]: unknown };
  // A constant is what its author wrote, whatever it looks like.
  if (op === "const") return;
  if (op === "call" && typeof name === "string") names.add(name);
  if (typeof builtin === "string") names.add(builtin);
  for (const key in part)
    if (key !== "source")
      addBuiltinNames((part as { readonly [key: string]: unknown })[key], names);
}
