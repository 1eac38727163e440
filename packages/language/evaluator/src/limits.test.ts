// A decision ends: by its steps, or when whoever has a clock says that it is over time.

import { builtins } from "@writ/builtins";
import { parseRego } from "@writ/syntax";
import { compileSet } from "@writ/workspace";
import { describe, expect, it } from "vitest";
import { emptyPolicySet } from "../../../apps/cli/src/policy-set.ts";
import { createPolicy } from "./policy.ts";

function query(body: string, options: { isOverTime?: () => boolean } = {}) {
  const text = `package p\n\np := x if {\n${body}\n}\n`;
  const { module } = parseRego({ file: "p.rego", text });
  const { compiled } = compileSet(
    { ...emptyPolicySet, modules: [module] },
    { includeTests: false },
  );
  if (compiled === undefined) throw new Error("the policy does not compile");
  return createPolicy(compiled, builtins).query(["p", "p"], {}, options);
}

const doubled = (levels: number): string =>
  [...Array(levels).keys()].map((at) => `\tx${at + 1} := [x${at}, x${at}]`).join("\n");

describe("an evaluation", () => {
  it.each([
    ["compares", `\ty0 := 1\n${doubled(40).replaceAll(/x(?=\d)/g, "y")}\n\tx := x40 == y40`],
    ["prints", '\tx := sprintf("%v", [x40])'],
    ["gives back", "\tx := x40"],
    ["makes a set of", "\tx := {x40, [x39, array.concat([], x39)]}"],
    ["marshals", "\tx := json.marshal(x40)"],
  ])("is over where it %s what shares its parts", (_name, last) => {
    const start = performance.now();
    const result = query(`\tx0 := 1\n${doubled(40)}\n${last}`);
    expect(result).toMatchObject({ ok: false, error: { code: "eval_limit_error" } });
    expect(performance.now() - start).toBeLessThan(5_000);
  });

  it("is over where its texts are too large together", () => {
    const texts =
      '\tt := concat("", [u | some i in numbers.range(1, 1000); u := sprintf("%9999d", [i])])\n';
    expect(query(`${texts}\tx := [upper(t) | some i in numbers.range(1, 100)]`)).toMatchObject({
      ok: false,
      error: { code: "eval_limit_error" },
    });
  });

  it("asks its host whether it is over time, and ends", () => {
    let asked = 0;
    const isOverTime = (): boolean => {
      asked += 1;
      return asked > 3;
    };
    const result = query("\tx := count([y | some y in numbers.range(1, 100000)])", { isOverTime });
    expect(result).toMatchObject({ ok: false, error: { code: "eval_limit_error" } });
    expect(asked).toBe(4);
  });

  it("compares objects in schemas", () => {
    const last =
      '\tx := json.match_schema({"a": {"b": 1}}, {"properties": {"a": {"enum": [{"b": 1}]}}})[0]';
    expect(query(last)).toEqual({ ok: true, value: true });
  });
});
