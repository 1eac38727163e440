// No function declares less than in OPA: it takes what it takes there, and is not known to come to more.
// Asked of OPA, where OPA names a binary.

import { spawnSync } from "node:child_process";
import type { BuiltinType } from "@writ/evaluator";
import { expect, it } from "vitest";
import { builtins } from "./index.ts";

const opa = process.env["OPA"];

interface Declared {
  readonly name: string;
  readonly decl: { readonly args?: readonly BuiltinType[]; readonly result?: BuiltinType };
}

it.skipIf(opa === undefined)("no function is declared more narrowly than in OPA", () => {
  const { stdout } = spawnSync(opa ?? "", ["capabilities", "--current"], { maxBuffer: 2 ** 25 });
  const all = (JSON.parse(String(stdout)) as { readonly builtins: readonly Declared[] }).builtins;
  const narrower = all.flatMap(({ name, decl: { args = [], result } }) => {
    const own = builtins.get(name);
    if (own === undefined) return [];
    const declared = [...args, ...(result === undefined ? [] : [result])];
    const isWide = [...own.args, own.result].every((type, at) => isAsWide(type, declared[at]));
    return isWide ? [] : [name];
  });
  expect(narrower).toEqual([]);
});

function isAsWide(own: BuiltinType, theirs: BuiltinType | undefined): boolean {
  if (theirs === undefined || (own.type === "any" && own.of === undefined)) return true;
  if (theirs.type === "any") return theirs.of?.every((option) => isAsWide(own, option)) === true;
  if (own.type === "any") return (own.of ?? []).some((option) => isAsWide(option, theirs));
  return own.type === theirs.type;
}
