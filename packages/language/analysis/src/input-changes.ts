// What changes because other inputs fit: an input with a model or a label that only one version knows is invalid to the
// other, which denies it whatever its rules say.

import {
  type BuiltinTable,
  type CompiledPolicy,
  createPolicy,
  type Decision,
  type InputPath,
  type Policy,
  setProperty,
  shapeAt,
  type Test,
  type Value,
} from "@writ/evaluator";
import { type AskedRegion, askPolicy } from "./ask.ts";
import type { Dependence } from "./dependence.ts";
import type { Region } from "./region.ts";
import { type ShapeChange, shapeChanges } from "./shape-changes.ts";
import { solve } from "./solve.ts";

/** Inputs that fit one version only and that this one allows. */
export interface InputChange {
  readonly direction: "widened" | "narrowed";
  readonly change: ShapeChange;
  readonly region: Region;
  readonly example?: {
    readonly input: Value;
    readonly before: Decision;
    readonly after: Decision;
  };
}

export interface Sides {
  readonly before: CompiledPolicy;
  readonly after: CompiledPolicy;
  readonly builtins: BuiltinTable;
  readonly dependence?: Dependence | undefined;
}

export function inputChanges(sides: Sides): readonly InputChange[] {
  const { before, after, builtins } = sides;
  const changes = shapeChanges(before.shape, after.shape);
  if (changes.length === 0) return [];
  const decide = { before: createPolicy(before, builtins), after: createPolicy(after, builtins) };
  // One word of a vocabulary may stand in several places: one witness is enough.
  const shown = new Set<string>();
  return changes.flatMap((change) => {
    const word = JSON.stringify([change.isMore, change.values ?? change.path]);
    if (shown.has(word)) return [];
    const taker = change.isMore ? after : before;
    const found = regionsOf(change, taker, sides).map(({ region, example }) =>
      describe(change, region, example?.input, decide),
    );
    if (found.some(({ example }) => example !== undefined)) shown.add(word);
    return found;
  });
}

function describe(
  change: ShapeChange,
  region: Region,
  input: Value | undefined,
  decide: { readonly before: Policy; readonly after: Policy },
): InputChange {
  const direction = change.isMore ? "widened" : "narrowed";
  if (input === undefined) return { direction, change, region };
  const [before, after] = [decide.before.evaluate(input), decide.after.evaluate(input)];
  const isChanged = before.effect !== after.effect;
  return { direction, change, region, ...(isChanged ? { example: { input, before, after } } : {}) };
}

type Found = Pick<AskedRegion, "region"> & { readonly example?: { readonly input: Value } };

function regionsOf(change: ShapeChange, taker: CompiledPolicy, sides: Sides): readonly Found[] {
  const { path } = change;
  const [list, ...more] = path.flatMap((key, index) => (key === "[]" ? [index] : []));
  const isOpen = path.includes("*") || more.length > 1;
  const isList = list !== undefined && list === path.length - 1;
  if (!isOpen && (list === undefined || isList)) {
    const tests = testsOf(change, isList ? path.slice(0, -1) : path, isList);
    if (tests.length > 0)
      return tests.flatMap((test) =>
        askPolicy(taker, sides.builtins, [test], "allow", sides.dependence),
      );
  }
  const example = isOpen || list === undefined ? undefined : withMember(change, list, taker, sides);
  const region: Region = { when: [], andOneOf: [], unless: [] };
  return [{ region, ...(example === undefined ? {} : { example: { input: example } }) }];
}

/** More values are asked about together, where they can be. */
const MAX_APART = 20;

function testsOf(
  { values, except }: ShapeChange,
  path: InputPath,
  isList: boolean,
): readonly Test[] {
  if (values !== undefined && isList)
    return values.slice(0, MAX_APART).map((value) => ({ op: "has", path, value }));
  if (values !== undefined) return [{ op: "one-of", path, values }];
  if (except === undefined || isList) return [];
  return [{ op: "not", test: { op: "one-of", path, values: except } }];
}

/** An input that is allowed otherwise, with a member of a list in which the value stands. */
function withMember(
  { path, values }: ShapeChange,
  list: number,
  taker: CompiledPolicy,
  { builtins, dependence }: Sides,
): Value | undefined {
  const [value] = values ?? [];
  const at = path.slice(0, list);
  const below = path.slice(list + 1);
  const shape = shapeAt(taker.shape, at);
  if (value === undefined || shape?.kind !== "array") return undefined;
  const isList = below.at(-1) === "[]";
  const test: Test = isList
    ? { op: "has", path: below.slice(0, -1), value }
    : { op: "eq", path: below, value };
  const member = solve(shape.items, [test]);
  const there: Test = { op: "defined", path: at };
  const base = askPolicy(taker, builtins, [there], "allow", dependence).find(
    ({ example }) => example !== undefined,
  )?.example;
  if (member.kind !== "value" || base === undefined) return undefined;
  return replaced(base.input, at, [member.value]);
}

function replaced(input: Value, path: InputPath, value: Value): Value {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  const made: { [key: string]: Value } = { ...(input as { [key: string]: Value }) };
  setProperty(made, key, replaced(made[key] ?? {}, rest, value));
  return made;
}
