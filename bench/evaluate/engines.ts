// The engines of the evaluation benchmark: ours as its users call it, the code somebody would write by hand,
// and the peers, each the way its documentation says is fast.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import { parse as parseCel } from "@marcbachmann/cel-js";
import { loadPolicy } from "@open-policy-agent/opa-wasm";
import { builtins } from "@writ/builtins";
import { check } from "@writ/checker";
import { compile } from "@writ/compiler";
import { makeSources } from "@writ/diagnostics";
import { type CompiledPolicy, createPolicy } from "@writ/evaluator";
import { parseRego } from "@writ/syntax";
import { newEnforcer, newModelFromString } from "casbin";
import { Engine as RulesEngine } from "json-rules-engine";
import { BLOCKED, inputSchema, type Request, toRego, type Workload } from "./workload.ts";

type Decide = (request: Request) => boolean;

export interface BenchEngine {
  readonly name: string;
  /** The largest number of rules it is asked with: a run is minutes, not hours. */
  readonly maxRules: number;
  readonly load: (workload: Workload) => Decide | Promise<Decide | undefined>;
  /** `decide` gives a promise. */
  readonly isAsync?: true;
}

export function compileRego(
  text: string,
  schema: { readonly [keyword: string]: unknown },
): CompiledPolicy {
  const source = { file: "bench.rego", text };
  const parsed = parseRego(source);
  const checked = check([parsed.module], {
    builtins,
    sources: makeSources([source]),
    vocabularies: {},
    inputSchema: schema,
    data: {},
  });
  const problem = [...parsed.diagnostics, ...checked.diagnostics][0];
  if (checked.program === undefined) throw new Error(problem?.title ?? "no program");
  return compile(checked.program, {
    inputSchema: schema,
    vocabularies: {},
    data: {},
    locate: () => ({ line: 1, column: 1 }),
  });
}

const writ: BenchEngine = {
  name: "writ",
  maxRules: 10_000,
  load: ({ rules }) => {
    const policy = createPolicy(compileRego(toRego(rules), inputSchema), builtins);
    return (request) => policy.evaluate(request).effect === "allow";
  },
};

/** Maps in maps, over the strings as they come: what a careful programmer writes for these very rules. */
const nestedMaps: BenchEngine = {
  name: "nested Maps by hand",
  maxRules: 10_000,
  load: ({ rules }) => {
    const models = new Map<string, Map<string, Map<string, string[]>>>();
    for (const { model, action, group, label } of rules) {
      const actions = models.get(model) ?? new Map<string, Map<string, string[]>>();
      models.set(model, actions);
      const groups = actions.get(action) ?? new Map<string, string[]>();
      actions.set(action, groups);
      groups.set(group, [...(groups.get(group) ?? []), label]);
    }
    return ({ groups, model, action, labels }) => {
      if (labels.includes(BLOCKED)) return false;
      const found = models.get(model)?.get(action);
      if (found === undefined) return false;
      for (const group of groups) {
        const excluded = found.get(group);
        if (excluded?.some((label) => !labels.includes(label))) return true;
      }
      return false;
    };
  },
};

const linear: BenchEngine = {
  name: "closures in a row",
  maxRules: 10_000,
  load: ({ rules }) => {
    const tests = rules.map(
      ({ group, model, action, label }): Decide =>
        (request) =>
          request.model === model &&
          request.action === action &&
          request.groups.includes(group) &&
          !request.labels.includes(label),
    );
    return (request) => !request.labels.includes(BLOCKED) && tests.some((test) => test(request));
  },
};

const cedarWasm: BenchEngine = {
  name: "cedar-wasm",
  maxRules: 1_000,
  load: ({ rules }) => {
    const permits = rules.map(
      ({ group, model, action, label }) =>
        `permit(principal in Group::"${group}", action == Action::"${action}", resource == Model::"${model}") unless { context.labels.contains("${label}") };`,
    );
    const forbid = `forbid(principal, action, resource) when { context.labels.contains("${BLOCKED}") };`;
    const id = `bench-${rules.length}`;
    const answer = cedar.preparsePolicySet(id, { staticPolicies: [...permits, forbid].join("\n") });
    if (answer.type !== "success") throw new Error(JSON.stringify(answer.errors));
    return ({ groups, model, action, labels }) => {
      const parents = groups.map((group) => ({ type: "Group", id: group }));
      const result = cedar.statefulIsAuthorized({
        principal: { type: "User", id: "u" },
        action: { type: "Action", id: action },
        resource: { type: "Model", id: model },
        context: { labels: [...labels] },
        preparsedPolicySetId: id,
        entities: [{ uid: { type: "User", id: "u" }, attrs: {}, parents }],
      });
      if (result.type !== "success") throw new Error(JSON.stringify(result.errors));
      return result.response.decision === "allow";
    };
  },
};

const celJs: BenchEngine = {
  name: "cel-js",
  maxRules: 1_000,
  load: ({ rules }) => {
    const expressions = rules.map(({ group, model, action, label }) =>
      parseCel(
        `"${group}" in groups && model == "${model}" && action == "${action}" && !("${label}" in labels)`,
      ),
    );
    const forbid = parseCel(`"${BLOCKED}" in labels`);
    return (request) => {
      const context = { ...request };
      if (forbid(context) === true) return false;
      return expressions.some((expression) => expression(context) === true);
    };
  },
};

const CASBIN_MODEL = `
[request_definition]
r = groups, model, action, labels
[policy_definition]
p = group, model, action, label, eft
[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))
[matchers]
m = (p.eft == "deny" && has(r.labels, p.label)) || (p.eft == "allow" && r.model == p.model && r.action == p.action && has(r.groups, p.group) && !has(r.labels, p.label))
`;

const casbin: BenchEngine = {
  name: "casbin",
  maxRules: 1_000,
  load: async ({ rules }) => {
    const enforcer = await newEnforcer(newModelFromString(CASBIN_MODEL));
    await enforcer.addFunction("has", (list: readonly string[], item: string) =>
      list.includes(item),
    );
    const allow = rules.map(({ group, model, action, label }) => [
      group,
      model,
      action,
      label,
      "allow",
    ]);
    const unique = [...new Map(allow.map((rule) => [rule.join(" "), rule])).values()];
    await enforcer.addPolicies([...unique, ["-", "-", "-", BLOCKED, "deny"]]);
    return ({ groups, model, action, labels }) =>
      enforcer.enforceSync(groups, model, action, labels);
  },
};

const jsonRulesEngine: BenchEngine = {
  name: "json-rules-engine",
  maxRules: 100,
  isAsync: true,
  load: ({ rules }) => {
    const engine = new RulesEngine();
    for (const { group, model, action, label } of rules) {
      engine.addRule({
        event: { type: "allow" },
        conditions: {
          all: [
            { fact: "groups", operator: "contains", value: group },
            { fact: "model", operator: "equal", value: model },
            { fact: "action", operator: "equal", value: action },
            { fact: "labels", operator: "doesNotContain", value: label },
            { fact: "labels", operator: "doesNotContain", value: BLOCKED },
          ],
        },
      });
    }
    const decide = async (request: Request): Promise<boolean> =>
      (await engine.run({ ...request })).events.length > 0;
    // SAFETY: `isAsync` says that the answer is awaited.
    return decide as unknown as Decide;
  },
};

/** Compiled by the OPA that the environment variable names; absent without one. */
const opaWasm: BenchEngine = {
  name: "opa-wasm",
  maxRules: 1_000,
  load: async ({ rules }) => {
    const opa = process.env["OPA"];
    if (opa === undefined) return undefined;
    const folder = mkdtempSync(join(tmpdir(), "writ-bench-"));
    try {
      const file = join(folder, "bench.rego");
      const main = "\ndefault decision := false\n\ndecision if {\n\tallow\n\tcount(deny) == 0\n}\n";
      writeFileSync(file, toRego(rules) + main);
      const bundle = join(folder, "bundle.tar.gz");
      execFileSync(opa, ["build", "-t", "wasm", "-e", "bench/decision", "-o", bundle, file]);
      execFileSync("tar", ["xzf", bundle, "-C", folder, "/policy.wasm"]);
      const policy = await loadPolicy(readFileSync(join(folder, "policy.wasm")));
      policy.setData({});
      return (request) => policy.evaluate(request)[0].result === true;
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

export const engines: readonly BenchEngine[] = [
  writ,
  nestedMaps,
  linear,
  celJs,
  opaWasm,
  cedarWasm,
  casbin,
  jsonRulesEngine,
];
