// Random programs: rules of every kind in several packages, whose bodies say anything the grammar has. A
// rule refers only to rules before it.

import type { PlainObject } from "@writ/evaluator";
import type fc from "fast-check";
import { type Choices, generated } from "./choices.ts";
import { Statements } from "./statements.ts";
import {
  ANY,
  type Forms,
  NUMBER,
  type RuleName,
  type Scope,
  STRING,
  type Terms,
  type Type,
  type Variable,
} from "./terms.ts";

export interface Program {
  /** A module a package, in an order in which each needs only those before it. */
  readonly modules: readonly { readonly package: string; readonly text: string }[];
  /** The documents that rules define, as paths. */
  readonly documents: readonly (readonly string[])[];
  readonly inputs: readonly unknown[];
}

/** The base documents of every program. */
export const BASE: PlainObject = {
  base: {
    one: 1,
    list: [3, 1, 2],
    map: { a: 1, b: [2] },
    mixed: [1, "a", { b: [1, null] }, ["a", 2]],
  },
};

const PACKAGES = ["p", "q", "q.sub"];

function makeProgram(choices: Choices, forms: Forms): Program {
  const rules: RuleName[] = [];
  const modules = PACKAGES.slice(0, 1 + choices.below(3)).map((name) => {
    const own = choices.list(1, 4, () => {
      const { text, rule } = new RuleWriter(choices, { name, forms }, rules).rule(
        `r${rules.length}`,
      );
      rules.push(rule);
      return text;
    });
    return { package: name, text: `package ${name}\n\n${own.join("\n\n")}\n` };
  });
  const documents = rules
    .filter(({ kind }) => kind === "document")
    .map((rule) => [...rule.package.split("."), rule.name]);
  return { modules, documents, inputs: choices.list(1, 3, () => makeInput(choices)) };
}

export function programs(forms: Forms): fc.Arbitrary<Program> {
  return generated(400, (choices) => makeProgram(choices, forms));
}

function makeInput(choices: Choices): unknown {
  const number = (): number => choices.pick([1, 0, 2, 3]);
  const text = (): string => choices.pick(["a", "b", "c", "ab"]);
  const all: { readonly [key: string]: () => unknown } = {
    n: number,
    s: text,
    flag: () => choices.below(2) === 0,
    list: () => choices.list(0, 3, () => (choices.oneIn(4) ? text() : number())),
    map: () => ({ a: number(), ...(choices.oneIn(2) ? { b: text() } : {}) }),
    nest: () => [[number()], [text(), number()]],
  };
  return Object.fromEntries(
    Object.entries(all).flatMap(([key, make]) => (choices.oneIn(5) ? [] : [[key, make()]])),
  );
}

/** The rules of one name. */
class RuleWriter {
  readonly #choices: Choices;
  readonly #package: string;
  readonly #forms: Forms;
  readonly #rules: readonly RuleName[];
  readonly #statements: Statements;
  readonly #terms: Terms;

  constructor(
    choices: Choices,
    { name, forms }: { readonly name: string; readonly forms: Forms },
    rules: readonly RuleName[],
  ) {
    this.#choices = choices;
    this.#package = name;
    this.#forms = forms;
    this.#rules = [...rules];
    this.#statements = new Statements(choices);
    this.#terms = this.#statements.terms;
  }

  rule(name: string): { readonly text: string; readonly rule: RuleName } {
    const choices = this.#choices;
    const made = choices.pick([
      () => this.#complete(name),
      () => this.#set(name),
      () => this.#object(name),
      () => this.#function(name),
      () => this.#complete(name),
      () => this.#objectOfSets(name),
      () => this.#branchedEntries(name),
      () => this.#deep(name),
      () => this.#failing(name),
    ])();
    const { texts, type, params } = made;
    return {
      text: texts.map(withoutUnused).join("\n\n"),
      rule: {
        package: this.#package,
        name,
        kind: params === undefined ? "document" : "function",
        type,
        params: params ?? [],
      },
    };
  }

  #scope(): Scope {
    return {
      package: this.#package,
      rules: this.#rules,
      variables: [],
      enumerates: true,
      forms: this.#forms,
      names: { count: 0 },
    };
  }

  #complete(name: string): Made {
    const choices = this.#choices;
    const type = this.#terms.type(2);
    const byDefault = choices.oneIn(3) ? [`default ${name} := ${constant(type)}`] : [];
    const clauses = choices.list(1, 2, () => `${name} := ${this.#branches(type, this.#scope())}`);
    return { texts: [...byDefault, ...clauses], type };
  }

  /** A conflict on most inputs, or undefined on most. */
  #failing(name: string): Made {
    const [one, other] = this.#choices.pick([
      ["input.n", "[input.n]"],
      ["input.missing", "input.missing"],
    ]);
    return { texts: [`${name} := ${one}`, `${name} := ${other}`], type: ANY };
  }

  /** A value and a body, and what else there is. */
  #branches(type: Type, scope: Scope): string {
    const branch = (): string => {
      const { text, scope: within } = this.#statements.body(scope, 2);
      return `${this.#terms.term(type, { ...within }, 2)} if {\n\t${text}\n}`;
    };
    const others = this.#choices.oneIn(4)
      ? this.#choices.list(1, 2, () => ` else := ${branch()}`)
      : [];
    return `${branch()}${others.join("")}`;
  }

  #set(name: string): Made {
    const of = this.#terms.type(2);
    const texts = this.#choices.list(1, 2, () => {
      const { text, scope } = this.#statements.body(this.#scope(), 2);
      return `${name} contains ${this.#terms.term(of, scope, 2)} if {\n\t${text}\n}`;
    });
    return { texts, type: { kind: "set", of } };
  }

  #object(name: string): Made {
    const of = this.#terms.type(2);
    const texts = this.#choices.list(1, 2, () => {
      const { text, scope } = this.#statements.body(this.#scope(), 2);
      const key = this.#terms.term(STRING, { ...scope, enumerates: false }, 1);
      return `${name}[${key}] := ${this.#terms.term(of, scope, 2)} if {\n\t${text}\n}`;
    });
    return { texts, type: { kind: "map", of } };
  }

  #objectOfSets(name: string): Made {
    const of = this.#terms.type(1);
    const texts = this.#choices.list(1, 2, () => {
      const { text, scope } = this.#statements.body(this.#scope(), 2);
      const key = this.#terms.term(STRING, { ...scope, enumerates: false }, 1);
      return `${name}[${key}] contains ${this.#terms.term(of, scope, 1)} if {\n\t${text}\n}`;
    });
    return { texts, type: { kind: "map", of: { kind: "set", of } } };
  }

  /** Entries under constant keys, with branches. */
  #branchedEntries(name: string): Made {
    const choices = this.#choices;
    const texts = choices.list(1, 2, () => {
      const key = choices.pick(["1", '"a"', "true"]);
      return `${name}[${key}] := ${this.#branches(this.#terms.type(1), this.#scope())}`;
    });
    return { texts, type: { kind: "map", of: ANY } };
  }

  /** `r[k].a := v`, `r.a[k] := v` and `r.a.b := v` together. */
  #deep(name: string): Made {
    const of = this.#terms.type(1);
    const texts = this.#choices.list(1, 3, () => {
      const { text, scope } = this.#statements.body(this.#scope(), 1);
      const key = (): string => this.#terms.term(STRING, { ...scope, enumerates: false }, 0);
      const head = this.#choices.pick([
        () => `${name}[${key()}].a`,
        () => `${name}[${key()}][${key()}]`,
        () => `${name}.a[${key()}]`,
        () => `${name}.b.a`,
      ])();
      return `${head} := ${this.#terms.term(of, scope, 1)} if {\n\t${text}\n}`;
    });
    return { texts, type: { kind: "map", of: { kind: "map", of } } };
  }

  #function(name: string): Made {
    const choices = this.#choices;
    const type = this.#terms.type(1);
    const params = choices.list(1, 2, () =>
      choices.pick<Type>([NUMBER, STRING, ANY, { kind: "list", of: NUMBER }]),
    );
    const byDefault = choices.oneIn(5)
      ? [`default ${name}(${params.map((_, at) => `a${at}`).join(", ")}) := ${constant(type)}`]
      : [];
    const clauses = choices.list(1, 2, () => {
      const made = params.map((param, at) => this.#parameter(param, `a${at}`));
      const patterns = made.map(({ pattern }) => pattern);
      const bound = made.flatMap(({ variables }) => variables);
      const head = `${name}(${patterns.join(", ")})`;
      return `${head} := ${this.#branches(type, { ...this.#scope(), variables: bound })}`;
    });
    return { texts: [...byDefault, ...clauses], type, params };
  }

  #parameter(
    type: Type,
    name: string,
  ): { readonly pattern: string; readonly variables: readonly Variable[] } {
    const variable = (of: Type): Variable => ({ name, type: of });
    const choices = this.#choices;
    if (choices.below(4) < 3) return { pattern: name, variables: [variable(type)] };
    if (type.kind === "list") return { pattern: `[${name}, _]`, variables: [variable(type.of)] };
    if (type.kind === "any" && choices.oneIn(2))
      return {
        pattern: choices.pick([`[${name}]`, `{"a": ${name}}`, `[_, [${name}]]`]),
        variables: [variable(ANY)],
      };
    return { pattern: constant(type), variables: [] };
  }
}

interface Made {
  readonly texts: readonly string[];
  readonly type: Type;
  readonly params?: readonly Type[];
}

function constant(type: Type): string {
  return { number: "1", string: '"a"', any: "null", list: "[]", set: "set()", map: "{}" }[
    type.kind
  ];
}

/** OPA refuses variables that are declared and not used. */
function withoutUnused(clause: string): string {
  const counts = new Map<string, number>();
  for (const [name] of clause.matchAll(/\bv\d+\b/g)) counts.set(name, (counts.get(name) ?? 0) + 1);
  return clause
    .replace(/\bv\d+\b/g, (name) => (counts.get(name) === 1 ? "_" : name))
    .replaceAll("_ :=", "_ =");
}
