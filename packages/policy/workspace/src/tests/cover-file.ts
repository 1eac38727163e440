// Proposed inputs as a test file: one base input, and for each case what differs from it.

import type { Proposal } from "@writ/analysis";
import { equalValues, isPlainObject, type Value } from "@writ/evaluator";
import { stringify } from "yaml";

const HEAD = `# Proposed by \`writ cover --write\`: inputs that reach what no other test does, and what the policy decides on
# them now. Read each one: where the decision is not what you want, the policy is wrong, not the test.
`;

/** Whether a file is one of these, and may be written anew. */
export function isProposed(text: string): boolean {
  return text.startsWith("# Proposed by `writ cover --write`");
}

/** The text of a test file with a case for each proposal. */
export function renderProposals(base: Value, proposals: readonly Proposal[]): string {
  const names = new Map<string, number>();
  const tests = proposals.map(({ input, decision, rules }) => {
    const { effect, reasons, redactions } = decision;
    const about = rules[0] ?? "nothing";
    const count = (names.get(about) ?? 0) + 1;
    names.set(about, count);
    const number = count === 1 ? "" : ` (${count})`;
    return {
      name: rules.length === 0 ? "no rule allows this" : `${rules.join(" and ")} decides${number}`,
      ...asChanges(base, input),
      expect: {
        effect,
        reasons: reasons.map(({ code, message }) => code ?? message),
        redactions,
      },
    };
  });
  return `${HEAD}${stringify({ inputs: { base }, tests }, { lineWidth: 0, aliasDuplicateObjects: false })}`;
}

/** As changes of the base where its paths can be written with dots; else the input itself. */
function asChanges(base: Value, input: Value): object {
  const set: { [path: string]: Value } = {};
  const without: string[] = [];
  const isWritable = compare(base, input, "input", set, without);
  if (!isWritable) return { input };
  return {
    input: "base",
    ...(Object.keys(set).length === 0 ? {} : { with: set }),
    ...(without.length === 0 ? {} : { without }),
  };
}

function compare(
  base: Value,
  input: Value,
  path: string,
  set: { [path: string]: Value },
  without: string[],
): boolean {
  if (!isPlainObject(base) || !isPlainObject(input)) {
    if (!equalValues(base, input)) set[path] = input;
    return path !== "input" || equalValues(base, input);
  }
  for (const key of new Set([...Object.keys(base), ...Object.keys(input)])) {
    const [before, after] = [base[key], input[key]];
    const at = `${path}.${key}`;
    const isChanged = before === undefined || after === undefined || !equalValues(before, after);
    if (isChanged && !/^[\w-]+$/.test(key)) return false;
    if (after === undefined) without.push(at);
    else if (before === undefined) set[at] = after;
    else if (!compare(before, after, at, set, without)) return false;
  }
  return true;
}
