// Which rules are tests: those that `test` and `mutate` run and that coverage leaves out.

/** Whether a rule runs as a test: in a `*_test.rego` and named `test_…`; where OPA is followed, in any file. */
export function isTestRule(
  { path, isTest }: { readonly path: readonly string[]; readonly isTest?: boolean },
  likeOpa = false,
): boolean {
  return (isTest === true || likeOpa) && /^(?:todo_)?test_/.test(path.at(-1) ?? "");
}

/** A test named `todo_test_…` is reported and does not run. */
export function isSkipped(path: readonly string[]): boolean {
  return path.at(-1)?.startsWith("todo_") === true;
}
