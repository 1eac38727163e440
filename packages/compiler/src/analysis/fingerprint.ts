// When two residuals are the same function of the input: the same plan, of rules and data that are the
// same. Places in the source do not count.

import type { CompiledPolicy, Residual, RuleGroup } from "@writ/evaluator";

/** Equal texts: the residuals hold for the same inputs. Different texts say nothing. */
export function makeFingerprint(policy: CompiledPolicy): (residual: number) => string {
  const known = new Map<number, string>();
  return (index) => {
    let text = known.get(index);
    if (text === undefined) {
      text = fingerprint(policy, policy.trees.residuals[index] as Residual);
      known.set(index, text);
    }
    return text;
  };
}

function fingerprint({ plan, data }: CompiledPolicy, residual: Residual): string {
  const parts = [withoutPlaces(residual)];
  const seen = new Set<string>();
  const waiting: unknown[] = [residual];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    for (const path of documentsIn(node)) {
      const name = path.join("\u0000");
      if (seen.has(name)) continue;
      seen.add(name);
      parts.push(`${name}=${JSON.stringify(baseAt(data, path)) ?? ""}`);
      for (const group of plan.groups.filter((each) => overlap(each.path, path))) {
        parts.push(withoutPlaces(group));
        waiting.push(group);
      }
    }
  }
  return parts.join("\n");
}

/** The same whatever the order of keys: a plan that was in a bundle has another than one just compiled. */
function withoutPlaces(node: Residual | RuleGroup): string {
  return JSON.stringify(node, (key, value: unknown) => {
    if (key === "source" || key === "id") return undefined;
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).sort(([x], [y]) => (x < y ? -1 : 1)));
  });
}

/** The paths below `data` that a plan reads. */
function documentsIn(node: unknown): readonly (readonly (string | number)[])[] {
  if (typeof node !== "object" || node === null) return [];
  if (Array.isArray(node)) return node.flatMap(documentsIn);
  const { op, path, target } = node as { op?: unknown; path?: unknown; target?: unknown };
  const own =
    (op === "doc" || op === "apply" || target === "data") && Array.isArray(path) ? [path] : [];
  const rule = (node as { rule?: unknown }).rule;
  const replaced = Array.isArray(rule) ? [rule] : [];
  return [...own, ...replaced, ...Object.values(node).flatMap(documentsIn)];
}

function overlap(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.slice(0, b.length).every((key, index) => key === b[index]);
}

/** The base document at a path below `data`. */
export function baseAt(data: unknown, path: readonly (string | number)[]): unknown {
  let at = data;
  for (const key of path) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, key)) return undefined;
    at = (at as { readonly [key: string]: unknown })[key];
  }
  return at;
}
