// Which rules are tests: those that `test` and `mutate` run and that coverage leaves out.

interface TestRuleOptions {
  /** Tests are in any file. */
  readonly likeOpa?: boolean | undefined;
  /** The paths of packages. With them a test may have a name with more parts: `test_a.b if …`. */
  readonly packages?: readonly (readonly string[])[];
}

/** Whether a rule runs as a test: in a `*_test.rego` and named `test_…`; where OPA is followed, in any file. */
export function isTestRule(
  { path, isTest }: { readonly path: readonly string[]; readonly isTest?: boolean },
  { likeOpa = false, packages = [] }: TestRuleOptions = {},
): boolean {
  if (isTest !== true && !likeOpa) return false;
  const around = packages.filter((each) => each.every((key, at) => key === path[at]));
  const length = Math.max(-1, ...around.map((each) => each.length));
  const name = length < 0 ? path.slice(-1) : path.slice(length);
  return name.some((key) => /^(?:todo_)?test_/.test(key));
}

/** A test named `todo_test_…` is reported and does not run. */
export function isSkipped(path: readonly string[]): boolean {
  return path.some((key) => key.startsWith("todo_test_"));
}
