// The policies and inputs of the evaluation benchmark. Seeded: every run, and every engine, gets the same.

/** Allow when the caller is in the group, and model and action are these, and the label is not there. */
export interface AllowRule {
  readonly group: string;
  readonly model: string;
  readonly action: string;
  readonly label: string;
}

export interface Request {
  readonly stage: "request";
  readonly groups: readonly string[];
  readonly model: string;
  readonly action: string;
  readonly labels: readonly string[];
}

export interface Workload {
  readonly rules: readonly AllowRule[];
  readonly requests: readonly Request[];
  /** What each request's decision must be, worked out rule by rule. */
  readonly allowed: readonly boolean[];
}

export const BLOCKED = "quarantined";
export const REQUESTS = 4096;
const MODELS = 20;
const ACTIONS = 10;
const LABELS = 12;

/** Workload A of the documentation: N allow rules and one deny rule; half of the requests are allowed. */
export function makeWorkload(size: number): Workload {
  const random = seeded(size);
  const pick = (count: number): number => Math.floor(random() * count);
  const groupCount = Math.max(5, Math.floor(size / 20));
  const rules = Array.from({ length: size }, () => ({
    group: `group-${pick(groupCount)}`,
    model: `model-${pick(MODELS)}`,
    action: `action-${pick(ACTIONS)}`,
    label: `label-${pick(LABELS)}`,
  }));
  const requests: Request[] = [];
  const allowed: boolean[] = [];
  const wanted = { true: REQUESTS / 2, false: REQUESTS / 2 };
  while (requests.length < REQUESTS) {
    const near = rules[pick(size)] as AllowRule;
    const isNear = random() < 0.7;
    const request: Request = {
      stage: "request",
      groups: [
        `group-${pick(groupCount)}`,
        isNear ? near.group : `group-${pick(groupCount)}`,
        `group-${pick(groupCount)}`,
      ].filter((group, index, all) => all.indexOf(group) === index),
      model: isNear ? near.model : `model-${pick(MODELS)}`,
      action: isNear ? near.action : `action-${pick(ACTIONS)}`,
      labels: random() < 0.05 ? [BLOCKED] : random() < 0.5 ? [] : [`label-${pick(LABELS)}`],
    };
    const isAllowed = decide(rules, request);
    if (wanted[`${isAllowed}`] === 0) continue;
    wanted[`${isAllowed}`] -= 1;
    // From JSON, as a gateway has it.
    requests.push(JSON.parse(JSON.stringify(request)) as Request);
    allowed.push(isAllowed);
  }
  return { rules, requests, allowed };
}

/** The meaning of the rules, one after the other. */
function decide(rules: readonly AllowRule[], request: Request): boolean {
  const { groups, model, action, labels } = request;
  if (labels.includes(BLOCKED)) return false;
  return rules.some(
    (rule) =>
      rule.model === model &&
      rule.action === action &&
      groups.includes(rule.group) &&
      !labels.includes(rule.label),
  );
}

export function toRego(rules: readonly AllowRule[]): string {
  const allow = rules.map(
    ({ group, model, action, label }) =>
      `allow if {\n\t${JSON.stringify(group)} in input.groups\n\tinput.model == ${JSON.stringify(model)}\n\tinput.action == ${JSON.stringify(action)}\n\tnot ${JSON.stringify(label)} in input.labels\n}\n`,
  );
  return `package bench\n\ndeny contains "quarantined" if "${BLOCKED}" in input.labels\n\n${allow.join("\n")}`;
}

export const inputSchema: { readonly [keyword: string]: unknown } = {
  type: "object",
  additionalProperties: false,
  required: ["stage", "groups", "model", "action", "labels"],
  properties: {
    stage: { type: "string", enum: ["request", "response"] },
    groups: { type: "array", items: { type: "string" }, uniqueItems: true },
    model: { type: "string" },
    action: { type: "string" },
    labels: { type: "array", items: { type: "string" } },
  },
};

/** Mulberry32: small, and the same everywhere. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
