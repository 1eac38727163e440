// One call of a built-in function: paid for before, bounded after, and whatever it throws an error of the
// evaluation with the function's name.

import type { Builtin } from "./builtin.ts";
import { BuiltinError, type Evaluation, EvaluationError } from "./evaluation.ts";
import { isTooLong, tooLong, withinLimit } from "./text-limit.ts";
import type { Value } from "./value.ts";

export function callBuiltin(
  builtin: Builtin,
  args: readonly Value[],
  evaluation: Evaluation,
): Value | undefined {
  try {
    evaluation.step(builtin.cost.before(args));
    return withinLimit(builtin.call(args, evaluation), builtin.name);
  } catch (error) {
    if (error instanceof EvaluationError) throw error;
    if (isTooLong(error)) throw tooLong(builtin.name);
    if (error instanceof BuiltinError && !evaluation.options.strictBuiltins) return undefined;
    throw failure(builtin.name, error);
  }
}

/** What OPA has an error for says why; everything else that is thrown is a bug, and still only this call's. */
function failure(name: string, error: unknown): EvaluationError {
  const bare = `\`${name}\` failed`;
  if (error instanceof BuiltinError)
    return new EvaluationError(`${name}: ${error.message}`, {
      code: error.code,
      cause: error,
      bare,
    });
  if (isTooDeep(error))
    return new EvaluationError(`${name}: its arguments are nested too deeply`, {
      code: "eval_limit_error",
      cause: error,
      bare,
    });
  const reason = error instanceof Error ? error.message : String(error);
  return new EvaluationError(`${name}: failed unexpectedly: ${reason}`, {
    code: "eval_builtin_error",
    cause: error,
    bare,
  });
}

/** What V8 says when a call has no place on the stack. */
function isTooDeep(error: unknown): boolean {
  return error instanceof RangeError && error.message === "Maximum call stack size exceeded";
}
