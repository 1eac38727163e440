// What a reviewer should know of a change besides decisions: packages that may now allow, findings that are silenced, and
// files that look like policies and are read by nobody.

import { suppressionIn } from "@writ/checker";
import type { PolicySet } from "./read/policy-set.ts";

/** What a reviewer should know besides which decisions change. */
export type DiffNote =
  | {
      readonly kind: "new-package";
      readonly package: string;
      readonly file: string;
      readonly line: number;
    }
  | {
      readonly kind: "suppression";
      readonly name: string;
      readonly reason: string;
      readonly file: string;
      readonly line: number;
    }
  | {
      readonly kind: "skipped-file";
      readonly change: "added" | "removed";
      readonly path: string;
      readonly why: string;
    };

/** What is new in a set, and no question of decisions. */
export function notesOn(before: PolicySet, after: PolicySet): readonly DiffNote[] {
  return [...newPackages(before, after), ...suppressions(before, after), ...skipped(before, after)];
}

function newPackages(before: PolicySet, after: PolicySet): readonly DiffNote[] {
  const known = new Set(allowing(before).map(({ name }) => name));
  const added = allowing(after).filter(({ name }) => !known.has(name));
  return [...new Map(added.map((each) => [each.name, each])).values()].map(
    ({ name, file, start }) => ({
      kind: "new-package",
      package: name,
      file,
      line: lineOf(after, file, start),
    }),
  );
}

interface Allowing {
  readonly name: string;
  readonly file: string;
  readonly start: number;
}

/** The packages that have an `allow`, but for tests. */
function allowing({ modules }: PolicySet): readonly Allowing[] {
  return modules.flatMap((module) => {
    if (module.file.endsWith("_test.rego")) return [];
    const rule = module.rules.find(({ head }) => {
      const [first] = head.ref;
      return first?.term.kind === "var" && first.term.name === "allow" && head.ref.length === 1;
    });
    if (rule === undefined) return [];
    return [
      { name: module.package.path.join("."), file: module.file, start: rule.head.span.start },
    ];
  });
}

type Suppression = Extract<DiffNote, { kind: "suppression" }>;

function suppressions(before: PolicySet, after: PolicySet): readonly DiffNote[] {
  const known = new Map<string, number>();
  const keyOf = ({ name, reason, file }: Suppression): string =>
    JSON.stringify([name, reason, file]);
  for (const each of suppressionsOf(before))
    known.set(keyOf(each), (known.get(keyOf(each)) ?? 0) + 1);
  return suppressionsOf(after).filter((each) => {
    const left = known.get(keyOf(each)) ?? 0;
    known.set(keyOf(each), left - 1);
    return left <= 0;
  });
}

function suppressionsOf(set: PolicySet): readonly Suppression[] {
  return set.modules.flatMap(({ comments }) =>
    comments.flatMap(({ text, span: { file, start } }): readonly Suppression[] => {
      const found = suppressionIn(text);
      if (found === undefined) return [];
      return [{ kind: "suppression", ...found, file, line: lineOf(set, file, start) }];
    }),
  );
}

function skipped(before: PolicySet, after: PolicySet): readonly DiffNote[] {
  const lists = [after.skipped ?? [], before.skipped ?? []] as const;
  return (["added", "removed"] as const).flatMap((change, at) => {
    const [own, other] = at === 0 ? lists : [lists[1], lists[0]];
    const known = new Set(other.map(({ path }) => path));
    const more = own.filter(({ path }) => !known.has(path));
    return more.map((each) => ({ kind: "skipped-file" as const, change, ...each }));
  });
}

function lineOf({ sources }: PolicySet, file: string, start: number): number {
  return sources.get(file)?.position(start).line ?? 1;
}
