// Which rules are tests: those that `test` and `mutate` run and that coverage leaves out.

import type { Module, Rule } from "@writ/syntax";

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

/** Tests of one name are each a test of their own, as in OPA: the second is `test_a#01`. */
export function separateTests(modules: readonly Module[]): readonly Module[] {
  const counts = new Map<string, number>();
  const separate = (rule: Rule, around: string): Rule => {
    const [first, ...others] = rule.head.ref;
    const isTest = first?.term.kind === "var" && /^test_/.test(first.term.name);
    if (!isTest || others.length > 0 || rule.isDefault || rule.head.args !== undefined) return rule;
    const key = `${around}\u0000${first.term.name}`;
    const count = counts.get(key) ?? 0;
    counts.set(key, count + 1);
    if (count === 0) return rule;
    const name = `${first.term.name}#${String(count).padStart(2, "0")}`;
    const ref = [{ ...first, term: { ...first.term, name } }];
    return { ...rule, head: { ...rule.head, ref } };
  };
  return modules.map((module) => {
    const around = module.package.path.join("\u0000");
    return { ...module, rules: module.rules.map((rule) => separate(rule, around)) };
  });
}

/** A test named `todo_test_…` is reported and does not run. */
export function isSkipped(path: readonly string[]): boolean {
  return path.some((key) => key.startsWith("todo_test_"));
}
