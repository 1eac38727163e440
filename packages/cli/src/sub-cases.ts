// The cases of a test with keys: `test_x[name] if { some name, case in cases; … }` is tried for every name,
// and a name that is tried and not found is a case that failed. Of several keys each combination is a case.

import {
  type CompiledPolicy,
  createPolicy,
  getMember,
  type Observer,
  type RuleGroup,
  regoText,
  SILENT_PROBE,
  type Value,
} from "@writ/evaluator";
import { builtins } from "./builtins.ts";

export interface SubCase {
  readonly name: string;
  readonly hasPassed: boolean;
}

/** Says of a test with a key which cases it tried, given what the test came to. */
export function makeSubCases(
  compiled: CompiledPolicy,
): (group: RuleGroup, value: Value | undefined) => readonly SubCase[] {
  let known: ReadonlyMap<string, readonly Key[]> | undefined;
  let tried: (readonly Value[])[] = [];
  let keys: readonly Key[] | undefined;
  const observer: Observer = {
    rule: ({ id }) => {
      known ??= keysOfRules(compiled);
      keys = known.get(id);
      return SILENT_PROBE;
    },
    condition: () => {
      const own = keys;
      if (own === undefined) return SILENT_PROBE;
      return {
        ...SILENT_PROBE,
        hold: (frame) => {
          // SAFETY: a slot holds its key, once it has one.
          const values = own.map((key) => ("slot" in key ? frame[key.slot] : key.value) as Value);
          if (!values.includes(undefined as never)) tried.push(values);
        },
      };
    },
  };
  let watched: ReturnType<typeof createPolicy> | undefined;
  return ({ path }, value) => {
    watched ??= createPolicy(compiled, builtins, observer);
    tried = [];
    watched.query(path, undefined);
    const cases = new Map(tried.map((values) => [values.map(nameOf).join(" / "), values]));
    return [...cases].map(([name, values]) => {
      const found = values.reduce<Value | undefined>(
        (at, key) => (at === undefined ? undefined : getMember(at, key)),
        value,
      );
      return { name, hasPassed: found === true };
    });
  };
}

type Key = { readonly slot: number } | { readonly value: Value };

/** Where each rule with keys has them, by the rule's id. */
function keysOfRules({ plan }: CompiledPolicy): ReadonlyMap<string, readonly Key[]> {
  return new Map(
    plan.groups.flatMap(({ clauses }) =>
      clauses.flatMap(({ id, keys = [] }) => {
        const known = keys.flatMap((key): Key[] => {
          if (key.op === "slot") return [{ slot: key.slot }];
          // SAFETY: texts, numbers and the like stand for themselves.
          return key.op === "const" ? [{ value: key.value as Value }] : [];
        });
        const isKnown = known.length === keys.length && known.some((key) => "slot" in key);
        return isKnown ? [[id, known] as const] : [];
      }),
    ),
  );
}

function nameOf(key: Value): string {
  return typeof key === "string" ? key : regoText(key);
}
