// What residuals look at: the input paths they read and the constants near them, their own and those of
// the rules they refer to. Tried when an input is wanted for which a residual holds, or does not.

import type { CompiledPolicy, Scalar } from "@writ/evaluator";
import { baseAt } from "./fingerprint.ts";

const NONE: ReadonlyMap<string, readonly Scalar[]> = new Map();
const MAX_CONSTANTS = 40;
const MAX_PATHS = 24;

/** By path, keys joined with NUL: of what some ways ask besides their tests. */
export function hintsFor(
  { plan, trees, data }: Pick<CompiledPolicy, "plan" | "trees" | "data">,
  ways: readonly { readonly residual?: number }[],
): ReadonlyMap<string, readonly Scalar[]> {
  const residuals = ways.flatMap(({ residual }) => (residual === undefined ? [] : [residual]));
  if (residuals.length === 0) return NONE;
  const paths = new Set<string>();
  const constants = new Set<Scalar>();
  const seen = new Set<unknown>();
  const waiting: unknown[] = residuals.map((index) => trees.residuals[index]);
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    collect(node, paths, constants, (path) => {
      addScalars(baseAt(data, path), constants);
      for (const group of plan.groups) {
        const isNear = path.slice(0, group.path.length).every((key, at) => key === group.path[at]);
        if (!isNear || seen.has(group)) continue;
        seen.add(group);
        waiting.push(group);
      }
    });
  }
  const values = [...constants].slice(0, MAX_CONSTANTS);
  return new Map([...paths].slice(0, MAX_PATHS).map((path) => [path, values]));
}

/** Of ways with conditions that no test says the first few: what is to hold, or not to, beside another. */
export function firstOpaque<W extends { readonly residual?: number }>(
  ways: Iterable<W>,
): readonly W[] {
  const found: W[] = [];
  for (const way of ways) {
    if (found.length === MAX_BESIDE) break;
    if (way.residual !== undefined) found.push(way);
  }
  return found;
}

const MAX_BESIDE = 8;

type OnDocument = (path: readonly (string | number)[]) => void;

function collect(
  node: unknown,
  paths: Set<string>,
  constants: Set<Scalar>,
  onDocument: OnDocument,
): void {
  if (typeof node !== "object" || node === null) return;
  if (Array.isArray(node)) {
    for (const item of node) collect(item, paths, constants, onDocument);
    return;
  }
  const { op, value, path } = node as { op?: unknown; value?: unknown; path?: unknown };
  if (op === "const") addScalars(value, constants);
  if ((op === "doc" || op === "apply") && Array.isArray(path)) onDocument(path);
  const read = inputPath(node);
  if (read !== undefined && read.length > 0) paths.add(read.join("\u0000"));
  for (const [key, child] of Object.entries(node))
    if (key !== "source" && !(key === "from" && read !== undefined))
      collect(child, paths, constants, onDocument);
}

/** The constant path below the input that a chain of `get` reads. */
function inputPath(node: unknown): readonly string[] | undefined {
  const { op, from, key } = node as {
    op?: unknown;
    from?: unknown;
    key?: { op?: unknown; value?: unknown };
  };
  if (op === "input") return [];
  if (op !== "get" || typeof from !== "object" || from === null) return undefined;
  const before = inputPath(from);
  const isConstant = key?.op === "const" && typeof key.value === "string";
  return before === undefined || !isConstant ? undefined : [...before, key.value as string];
}

function addScalars(value: unknown, constants: Set<Scalar>): void {
  if (value === undefined || constants.size > MAX_CONSTANTS) return;
  if (value === null || ["boolean", "number", "string"].includes(typeof value))
    constants.add(value as Scalar);
  else for (const item of Object.values(value as object)) addScalars(item, constants);
}
