// What functions give: those of the policy, those built in, and what `with` puts in their place.

import { BuiltinError, isArray, type RegoSet, type Value } from "@writ/evaluator";
import { Failure, type World } from "./world.ts";

/** The results of a function: one, or none; of a relation (`walk`) as many as there are. */
export function resultsOf(name: string, args: readonly Value[], world: World): readonly Value[] {
  const mock = world.mocks.get(name);
  if (mock !== undefined && "value" in mock) return [mock.value];
  if (mock !== undefined && "document" in mock) {
    const value = world.interpreter.document(mock.document, world);
    return value === undefined ? [] : [value];
  }
  if (mock !== undefined) {
    // Within what replaces it, a function is itself again.
    const mocks = new Map(world.mocks);
    mocks.delete(name);
    return resultsOf(mock.function, args, { ...world, mocks, known: new Map() });
  }
  const builtin = world.interpreter.builtins.get(name);
  if (name.startsWith("data.") || builtin === undefined) {
    const value = world.interpreter.apply(name, args, world);
    return value === undefined ? [] : [value];
  }
  try {
    world.builtinContext.step(1);
    const value = builtin.call(args, world.builtinContext);
    if (value === undefined) return [];
    return builtin.relation === true ? members(value) : [value];
  } catch (error) {
    if (!(error instanceof BuiltinError)) throw error;
    if (!world.strictBuiltins) return [];
    throw new Failure(`${name}: ${error.message}`, { code: error.code, cause: error });
  }
}

function members(value: Value): readonly Value[] {
  return isArray(value) ? value : (value as RegoSet).items;
}
