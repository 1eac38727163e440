// The cases of a test with a key: `test_x[name] if { some name, case in cases; … }` is tried for every name,
// and a name that is tried and not found is a case that failed.

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
  let slots: ReadonlyMap<string, number> | undefined;
  let tried: Value[] = [];
  let slot: number | undefined;
  const observer: Observer = {
    rule: ({ id }) => {
      slots ??= keySlots(compiled);
      slot = slots.get(id);
      return SILENT_PROBE;
    },
    condition: () => {
      const at = slot;
      if (at === undefined) return SILENT_PROBE;
      return {
        ...SILENT_PROBE,
        hold: (frame) => {
          // SAFETY: the slot holds the key, once it has one.
          const key = frame[at] as Value | undefined;
          if (key !== undefined) tried.push(key);
        },
      };
    },
  };
  let watched: ReturnType<typeof createPolicy> | undefined;
  return ({ path }, value) => {
    watched ??= createPolicy(compiled, builtins, observer);
    tried = [];
    watched.query(path, undefined);
    const names = new Map(tried.map((key) => [nameOf(key), key]));
    return [...names].map(([name, key]) => ({
      name,
      hasPassed: value !== undefined && getMember(value, key) === true,
    }));
  };
}

/** Where each rule with a key keeps it, by the rule's id. */
function keySlots({ plan }: CompiledPolicy): ReadonlyMap<string, number> {
  return new Map(
    plan.groups.flatMap(({ clauses }) =>
      clauses.flatMap(({ id, keys }) => {
        const [key] = keys ?? [];
        return key?.op === "slot" ? [[id, key.slot] as const] : [];
      }),
    ),
  );
}

function nameOf(key: Value): string {
  return typeof key === "string" ? key : regoText(key);
}
