// When two parts of plans are the same function of the input: the same plan, of rules and data that are the
// same. Places in the source and names of variables do not count.

import type { CompiledPolicy, RuleGroup } from "@writ/evaluator";
import { canonicalText } from "./opaque.ts";

/** Equal texts: the same holds for the same inputs. Different texts say nothing. */
export function fingerprint({ plan, data }: CompiledPolicy, part: object): string {
  const parts = [canonicalText(part)];
  const seen = new Set<string>();
  const waiting: unknown[] = [part];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    for (const path of documentsIn(node)) {
      const name = path.join("\u0000");
      if (seen.has(name)) continue;
      seen.add(name);
      parts.push(`${name}=${JSON.stringify(baseAt(data, path)) ?? ""}`);
      for (const group of plan.groups.filter((each) => overlap(each.path, path))) {
        parts.push(textOf(group));
        waiting.push(group);
      }
    }
  }
  return parts.join("\n");
}

/** Whether a part looks at the input, itself or in the rules that it refers to. */
export function readsInput({ plan }: CompiledPolicy, part: object): boolean {
  const seen = new Set<RuleGroup>();
  const waiting: unknown[] = [part];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (hasInput(node)) return true;
    for (const path of documentsIn(node))
      for (const group of plan.groups)
        if (!seen.has(group) && overlap(group.path, path)) {
          seen.add(group);
          waiting.push(group);
        }
  }
  return false;
}

function hasInput(node: unknown): boolean {
  if (typeof node !== "object" || node === null) return false;
  const { op } = node as { readonly op?: unknown };
  if (op === "const") return false;
  return op === "input" || Object.values(node).some(hasInput);
}

const texts = new WeakMap<RuleGroup, string>();

/** Many conditions ask the same helper. */
function textOf(group: RuleGroup): string {
  let text = texts.get(group);
  if (text === undefined) {
    const clauses = group.clauses.map(canonicalText);
    text = canonicalText({ ...group, clauses: [] }) + clauses.join("\n");
    texts.set(group, text);
  }
  return text;
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
