// Rules that give a decision tree little to hold on to, as Rego and as the same tests in order.

import { type Request, seeded } from "./workload.ts";

type Test = (request: Request) => boolean;

export interface HostileShape {
  readonly name: string;
  readonly rules: number;
  readonly asRego: string;
  readonly holds: readonly Test[];
  readonly requests: readonly Request[];
}

const COUNT = 1_000;

export function hostileShapes(): readonly HostileShape[] {
  const shape = (
    name: string,
    rule: (index: number) => readonly [conditions: readonly string[], holds: Test],
  ): HostileShape => {
    const made = Array.from({ length: COUNT }, (_unused, index) => rule(index));
    const rules = made.map(([conditions]) => `allow if {\n\t${conditions.join("\n\t")}\n}\n`);
    return {
      name,
      rules: COUNT,
      asRego: `package bench\n\n${rules.join("\n")}`,
      holds: made.map(([, holds]) => holds),
      requests: makeRequests(),
    };
  };
  return [
    shape("sets only", (index) => {
      const [a, b] = [`label-${index % 40}`, `label-${(index * 7) % 41}`];
      const group = `group-${index % 97}`;
      return [
        [`"${a}" in input.labels`, `"${b}" in input.labels`, `"${group}" in input.groups`],
        ({ labels, groups }) => labels.includes(a) && labels.includes(b) && groups.includes(group),
      ];
    }),
    shape("chains of negations", (index) => {
      const models = [0, 1, 2, 3, 4, 5].map((step) => `model-${(index + step * 31) % 200}`);
      const action = `action-${index % 500}`;
      return [
        [...models.map((model) => `input.model != "${model}"`), `input.action == "${action}"`],
        (request) => models.every((model) => request.model !== model) && request.action === action,
      ];
    }),
    shape("prefixes", (index) => {
      const prefix = `model-${index}`;
      return [[`startswith(input.model, "${prefix}")`], ({ model }) => model.startsWith(prefix)];
    }),
    shape("one attribute each", (index) => {
      const value = `v-${Math.floor(index / 3)}`;
      const paths = ["model", "action", "stage"] as const;
      const path = paths[index % 3] as (typeof paths)[number];
      if (path === "stage")
        return [
          [`"${value}" in input.groups`, 'input.stage == "request"'],
          ({ groups }) => groups.includes(value),
        ];
      return [[`input.${path} == "${value}"`], (request) => request[path] === value];
    }),
  ];
}

function makeRequests(): readonly Request[] {
  const random = seeded(99);
  const pick = (limit: number): number => Math.floor(random() * limit);
  return Array.from({ length: 512 }, () => ({
    stage: "request" as const,
    groups: [`group-${pick(97)}`, `v-${pick(600)}`],
    model: random() < 0.5 ? `model-${pick(1500)}` : `v-${pick(600)}`,
    action: random() < 0.5 ? `action-${pick(700)}` : `v-${pick(600)}`,
    labels: [...new Set(Array.from({ length: pick(6) }, () => `label-${pick(41)}`))],
  }));
}
