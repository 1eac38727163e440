// Which rules are tests: those that `test` and `mutate` run and that coverage leaves out.

interface TestRuleOptions {
  /** Tests are in any file. */
  readonly likeOpa?: boolean | undefined;
  /** The paths of packages. With them a test may have a name with more parts: `a.test_b if …`. */
  readonly packages?: readonly (readonly string[])[];
}

interface NamedRule {
  readonly path: readonly string[];
  readonly isTest?: boolean;
}

/** Whether a rule runs as a test: in a `*_test.rego` and named `test_…`; where OPA is followed, in any file. */
export function isTestRule(rule: NamedRule, options: TestRuleOptions = {}): boolean {
  return testPathOf(rule, options) !== undefined;
}

/**
 * The test that a rule is of: its path up to the first part named `test_…`. So `test_a.b if …` is the test
 * `test_a`, whose value is an object: it never passes.
 */
export function testPathOf(
  { path, isTest }: NamedRule,
  { likeOpa = false, packages = [] }: TestRuleOptions = {},
): readonly string[] | undefined {
  if (isTest !== true && !likeOpa) return undefined;
  const around = packages.filter((each) => each.every((key, at) => key === path[at]));
  const length = Math.max(-1, ...around.map((each) => each.length));
  const from = length < 0 ? path.length - 1 : length;
  const name = path.slice(from).findIndex((key) => TEST_NAME.test(key));
  return name < 0 ? undefined : path.slice(0, from + name + 1);
}

export const TEST_NAME: RegExp = /^(?:todo_)?test_/;

/** A test named `todo_test_…` is reported and does not run. */
export function isSkipped(path: readonly string[]): boolean {
  return path.at(-1)?.startsWith("todo_test_") === true;
}
