// Random policy sets that fit the input schema, and inputs that do: decision rules of every form over
// helpers of every kind, with conditions that tests can say, that they cannot, and that are errors.

import type { Value } from "@writ/evaluator";
import type fc from "fast-check";
import { type Choices, generated } from "./choices.ts";

export interface DecisionProgram {
  readonly texts: readonly string[];
  readonly inputs: readonly Value[];
}

export const LABELS = ["pii.email", "pii.phone", "secret.key"] as const;
const STAGES = ["request", "retrieval", "response", "action"] as const;
const GROUPS = ["staff", "admins", "guests"] as const;
const MODELS = ["nova-pro", "nova-lite", "claude-x"] as const;

/** Base documents that policies look into. */
export const SETTINGS: { readonly settings: { readonly [key: string]: Value } } = {
  settings: { models: ["nova-pro", "claude-x"], limit: 100, owners: { staff: "nova-pro" } },
};

export const decisionPrograms: fc.Arbitrary<DecisionProgram> = generated(250, (choices) => ({
  texts: ["p", "q.r"]
    .slice(0, 1 + choices.below(2))
    .map((name) => new PolicyWriter(choices).module(name)),
  inputs: choices.list(1, 6, () => makeInput(choices)),
}));

class PolicyWriter {
  readonly #choices: Choices;
  /** Helpers that may be used: those written by now. */
  readonly #helpers: string[] = [];
  #variables = 0;

  constructor(choices: Choices) {
    this.#choices = choices;
  }

  module(name: string): string {
    const helpers = this.#choices.list(0, 3, () => this.#helper());
    const rules = this.#choices.list(1, 6, () => this.#rule());
    // An `allow` is a value or a set of reasons, not both.
    const isSet = this.#choices.oneIn(3);
    const fits = rules.filter(
      (rule) => !rule.startsWith("allow") || isSet === rule.startsWith("allow contains"),
    );
    return `package ${name}\n\n${[...helpers, ...fits].join("\n\n")}\n`;
  }

  #rule(): string {
    const choices = this.#choices;
    const body = (): string => this.#body();
    return choices.pick<() => string>([
      () => `allow if ${body()}`,
      () => `deny contains "${choices.pick(["a", "b", "c"])}" if ${body()}`,
      () => `allow contains "${choices.pick(["x", "y"])}" if ${body()}`,
      () =>
        `deny contains {"message": sprintf("%s on %s", [input.model.id, input.stage]), "code": "m"} if ${body()}`,
      () => `deny contains g if {\n\tsome g in input.identity.groups\n\t${this.#conditions()}\n}`,
      () => `redact contains "${choices.pick(LABELS)}" if ${body()}`,
      () => `redact contains l if {\n\tsome l in input.labels\n\t${this.#conditions()}\n}`,
      () =>
        `oblige contains {"log": ${choices.pick(["input.stage", '"all"', "input.request.stream"])}} if ${body()}`,
      () => `allow := input.request.stream if ${body()} else if ${body()}`,
      () => `allow := false if ${body()}`,
    ])();
  }

  /** Truths, values, sets and functions. */
  #helper(): string {
    const name = `h${this.#helpers.length}`;
    const choices = this.#choices;
    const [text, use] = choices.pick<() => readonly [string, string]>([
      () => [`${name} if ${this.#body()}\n\n${name} if ${this.#body()}`, name],
      () => [
        `${name} contains g if {\n\tsome g in input.identity.groups\n\t${this.#conditions()}\n}`,
        `count(${name}) > 0`,
      ],
      () => [
        `${name} := input.request.max_tokens if ${this.#body()} else := 7 if ${this.#body()}`,
        `${name} > 5`,
      ],
      () => [
        `${name}(x) if {\n\tx != "guests"\n\t${this.#conditions()}\n}`,
        `${name}(input.model.provider)`,
      ],
      () => [`default ${name} := false\n\n${name} if ${this.#body()}`, name],
      () => [
        `${name} := "one" if ${this.#body()}\n\n${name} := "two" if ${this.#body()}`,
        `${name} == "one"`,
      ],
    ])();
    this.#helpers.push(use);
    return text;
  }

  #body(): string {
    return `{\n\t${this.#conditions()}\n}`;
  }

  #conditions(): string {
    return this.#choices.list(1, 3, () => this.#statement()).join("\n\t");
  }

  #statement(): string {
    if (this.#choices.oneIn(5)) return `not ${this.#condition()}`;
    if (this.#choices.oneIn(5)) return this.#search();
    return this.#condition();
  }

  /** What may stand behind a `not`. */
  #condition(): string {
    const choices = this.#choices;
    const order = (): string => choices.pick(["<", "<=", ">", ">=", "==", "!="]);
    const number = (): number => choices.pick([0, 1, 7, 100]);
    const helper =
      this.#helpers.length === 0 ? "true" : choices.pick(this.#helpers as [string, ...string[]]);
    return choices.pick<() => string>([
      () => `input.stage == "${choices.pick(STAGES)}"`,
      () => `input.model.id ${choices.pick(["==", "!="])} "${choices.pick(MODELS)}"`,
      () => `"${choices.pick(GROUPS)}" in input.identity.groups`,
      () => `"${choices.pick(LABELS)}" in input.labels`,
      () => `input.request.max_tokens ${order()} ${number()}`,
      () => helper,
      () =>
        `input.model.id in ${choices.pick(['{"nova-pro", "nova-lite"}', "data.settings.models", '["claude-x"]'])}`,
      () => `startswith(input.model.id, "${choices.pick(["nova", "claude", ""])}")`,
      () => `input.identity.tenant == "${choices.pick(["t1", "t2"])}"`,
      () => choices.pick(["input.request.stream", "input.identity.subject", "input.agent"]),
      () => `input.action.name == "${choices.pick(["refund", "search"])}"`,
      () => `input.action.parameters.amount ${order()} ${number()}`,
      () => `count(input.labels) ${order()} ${choices.below(3)}`,
      () => `to_number(input.identity.claims.level) ${order()} ${number()}`,
      () => `input.usage.tokens + 1 ${order()} data.settings.limit`,
      () => `input.request.max_tokens % 2 == 0`,
      () => `data.settings.owners[input.identity.tenant] == input.model.id`,
      () => `${helper === "true" ? "input.request.stream" : helper} with input.stage as "action"`,
    ])();
  }

  /** What tries one by one. */
  #search(): string {
    this.#variables += 1;
    const name = `v${this.#variables}`;
    return this.#choices.pick<() => string>([
      () => `some ${name} in input.labels\n\tstartswith(${name}, "pii")`,
      () => `every ${name} in input.identity.groups { ${name} != "guests" }`,
      () => `input.documents[_].labels[_] == "${this.#choices.pick(LABELS)}"`,
      () => `${name} := input.request.max_tokens\n\t${name} > 5`,
      () =>
        `some ${name} in input.findings\n\t${name}.confidence == "certain"\n\t${name}.count > 1`,
    ])();
  }
}

function makeInput(choices: Choices): Value {
  const optional = (key: string, make: () => unknown): { readonly [key: string]: unknown } =>
    choices.oneIn(2) ? { [key]: make() } : {};
  const some = (all: readonly string[]): readonly string[] => all.filter(() => choices.oneIn(3));
  const stage = choices.pick(STAGES);
  const documents = (): unknown => choices.list(0, 2, () => ({ id: "d", labels: some(LABELS) }));
  const action = (): unknown => ({
    kind: "tool",
    name: choices.pick(["refund", "search"]),
    parameters: optional("amount", () => choices.pick([1, 7, 100, "7"])),
  });
  return {
    stage,
    identity: {
      iam: { arn: "arn:aws:iam::1:role/x", account: "1" },
      groups: some(GROUPS),
      roles: [],
      claims: optional("level", () => choices.pick(["7", "high", 7])),
      assurance: "signature",
      ...optional("tenant", () => choices.pick(["t1", "t2", "staff"])),
      ...optional("subject", () => "alice"),
    },
    request: {
      id: "r",
      surface: "bedrock",
      operation: "Converse",
      region: "eu-west-1",
      stream: choices.oneIn(2),
      tools: [],
      ...optional("max_tokens", () => choices.pick([0, 7, 100])),
    },
    model: {
      id: choices.pick(MODELS),
      provider: choices.pick(["amazon", "guests"]),
      family: "nova",
    },
    labels: some(LABELS),
    findings: choices.list(0, 2, () => ({
      label: choices.pick(LABELS),
      confidence: choices.pick(["certain", "possible"]),
      count: 1 + choices.below(3),
      where: "user",
    })),
    time: { rfc3339: "2026-01-01T10:00:00Z", unix_seconds: 1, weekday: "monday", hour: 10 },
    ...(stage === "retrieval" ? { documents: documents() } : optional("documents", documents)),
    ...(stage === "action" ? { action: action() } : {}),
    ...optional("agent", () => ({ id: "a" })),
  } as Value;
}
