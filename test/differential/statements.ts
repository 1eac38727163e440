// Random statements. Each may bind variables, which those after it see.

import type { Choices } from "./choices.ts";
import {
  ANY,
  NUMBER,
  type RuleName,
  referTo,
  type Scope,
  STRING,
  Terms,
  type Type,
} from "./terms.ts";

interface Made {
  readonly text: string;
  readonly scope: Scope;
}

const COMPARISONS = ["==", "!=", "<", "<=", ">", ">="] as const;

const MOCKS: { readonly [name: string]: string } = { count: "2", upper: "lower" };

export class Statements {
  readonly terms: Terms;
  readonly #choices: Choices;

  constructor(choices: Choices) {
    this.#choices = choices;
    this.terms = new Terms(choices, (scope, depth) => this.body(scope, depth, "; "));
  }

  /** Some statements, in an order in which each can run; at times two change places. */
  body(scope: Scope, depth: number, separator = "\n\t"): Made {
    const choices = this.#choices;
    const texts: string[] = [];
    let within = scope;
    const count = 1 + choices.below(3);
    for (let index = 0; index < count; index += 1) {
      const made = this.#statement(within, depth);
      within = made.scope;
      texts.push(made.text);
    }
    const last = texts.length - 1;
    const isDeclaring = texts.some((text) => text.includes(":=") || text.includes("some "));
    if (last > 0 && !isDeclaring && choices.oneIn(3)) texts.unshift(texts.pop() as string);
    return { text: texts.join(separator), scope: within };
  }

  #statement(scope: Scope, depth: number): Made {
    const choices = this.#choices;
    const made = choices.pick([
      () => this.#comparison(scope, depth),
      () => this.#assignment(scope, depth),
      () => this.#someIn(scope, depth),
      () => this.#lookUp(scope, depth),
      () => this.#membership(scope, depth),
      () => this.#arrays(scope, depth),
      () => this.#objects(scope, depth),
      () => this.#negation(scope, depth),
      () => this.#every(scope, depth),
      () => this.#call(scope, depth),
      () => this.#declared(scope, depth),
      () => this.#walk(scope, depth),
    ])();
    return choices.oneIn(8)
      ? { ...made, text: `${made.text}${this.#withs(made.text, scope, depth)}` }
      : made;
  }

  #comparison(scope: Scope, depth: number): Made {
    const type = this.terms.type(1);
    const left = this.terms.term(type, scope, depth);
    const right = this.terms.term(type, scope, depth);
    return { text: `${left} ${this.#choices.pick(COMPARISONS)} ${right}`, scope };
  }

  #assignment(scope: Scope, depth: number): Made {
    const type = this.terms.type(2);
    const value = this.terms.term(type, scope, depth);
    const name = this.terms.fresh(scope);
    return {
      text: `${name} ${this.#choices.pick([":=", "="])} ${value}`,
      scope: bind(scope, [name, type]),
    };
  }

  #someIn(scope: Scope, depth: number): Made {
    const { text, key, of } = this.terms.collection(scope, depth);
    const value = this.terms.fresh(scope);
    if (this.#choices.oneIn(2))
      return { text: `some ${value} in ${text}`, scope: bind(scope, [value, of]) };
    const name = this.terms.fresh(scope);
    return {
      text: `some ${name}, ${value} in ${text}`,
      scope: bind(scope, [name, key], [value, of]),
    };
  }

  #lookUp(scope: Scope, depth: number): Made {
    const { text, key, of } = this.terms.collection(scope, depth);
    const name = this.terms.fresh(scope);
    const value = this.terms.fresh(scope);
    return {
      text: this.#choices.oneIn(2) ? `${value} = ${text}[${name}]` : `${text}[${name}] = ${value}`,
      scope: bind(scope, [name, key], [value, of]),
    };
  }

  /** `some k; v = c[k]`, also two levels deep. */
  #declared(scope: Scope, depth: number): Made {
    const { text, key, of } = this.terms.collection(scope, depth);
    const [name, inner, value] = [scope, scope, scope].map((each) => this.terms.fresh(each)) as [
      string,
      string,
      string,
    ];
    if (this.#choices.below(3) > 0)
      return {
        text: `some ${name}; ${value} = ${text}[${name}]`,
        scope: bind(scope, [name, key], [value, of]),
      };
    return {
      text: `some ${name}, ${inner}; ${value} = ${text}[${name}][${inner}]`,
      scope: bind(scope, [name, key], [inner, ANY], [value, ANY]),
    };
  }

  /** A relation: it holds for every part of a value. */
  #walk(scope: Scope, depth: number): Made {
    const whole = this.terms.term(ANY, scope, depth - 1);
    const path = this.terms.fresh(scope);
    const value = this.terms.fresh(scope);
    return {
      text: `walk(${whole}, [${path}, ${value}])`,
      scope: bind(scope, [path, { kind: "list", of: ANY }], [value, ANY]),
    };
  }

  #membership(scope: Scope, depth: number): Made {
    const { text, key, of } = this.terms.collection(scope, depth);
    const item = this.terms.term(of, scope, depth - 1);
    return this.#choices.oneIn(4)
      ? { text: `${this.terms.term(key, scope, 0)}, ${item} in ${text}`, scope }
      : { text: `${item} in ${text}`, scope };
  }

  /** Each pair has a new variable on one side, or on none. */
  #arrays(scope: Scope, depth: number): Made {
    const bound: [string, Type][] = [];
    const pairs = this.#choices.list(1, 3, () => {
      const type = this.terms.type(1);
      const value = this.terms.term(type, scope, depth - 1);
      const other = this.#choices.oneIn(4)
        ? this.terms.term(type, scope, depth - 1)
        : this.terms.fresh(scope);
      if (
        other.startsWith("v") &&
        !scope.variables.some(({ name }) => name === other) &&
        /^v\d+$/.test(other)
      )
        bound.push([other, type]);
      return this.#choices.oneIn(2) ? [value, other] : [other, value];
    });
    const sides = [0, 1].map((side) => `[${pairs.map((pair) => pair[side]).join(", ")}]`);
    return { text: sides.join(" = "), scope: bind(scope, ...bound) };
  }

  /** A pattern of keys, against a map or against one with the same keys. */
  #objects(scope: Scope, depth: number): Made {
    const of = this.terms.type(1);
    const term = (): string => this.terms.term(of, scope, depth - 1);
    const name = this.terms.fresh(scope);
    const other = this.terms.fresh(scope);
    const [pattern, map, ...bound] = this.#choices.pick([
      () => [`{"a": ${name}}`, `{"a": ${term()}}`, name],
      () => [`{"a": ${name}, "b": ${term()}}`, `{"b": ${other}, "a": ${term()}}`, name, other],
      () => [`{"a": ${name}, "b": ${this.terms.term(ANY, scope, 0)}}`, "input.map", name],
      () => [`{${this.terms.term(STRING, scope, 0)}: ${name}}`, "input.map", name],
    ])() as [string, string, ...string[]];
    const text = this.#choices.oneIn(2) ? `${pattern} = ${map}` : `${map} = ${pattern}`;
    const type = map === "input.map" ? ANY : of;
    return { text, scope: bind(scope, ...bound.map((each) => [each, type] as const)) };
  }

  #negation(scope: Scope, depth: number): Made {
    const inner = { ...scope, enumerates: false };
    const { text } = this.#choices.pick([
      () => this.#comparison(inner, depth),
      () => this.#membership(inner, depth),
      () => ({ text: this.terms.term(ANY, inner, depth) }),
      () => this.#test(inner, depth),
    ])();
    return { text: `not ${text}`, scope };
  }

  #test(scope: Scope, depth: number): { readonly text: string } {
    const text = (): string => this.terms.term(STRING, scope, depth - 1);
    return {
      text: this.#choices.pick([
        () => `startswith(${text()}, ${text()})`,
        () => `contains(${text()}, ${text()})`,
        () => `is_number(${this.terms.term(ANY, scope, depth - 1)})`,
        () => `regex.match("^a", ${text()})`,
      ])(),
    };
  }

  #every(scope: Scope, depth: number): Made {
    const { text, key, of } = this.terms.collection(scope, depth);
    const value = this.terms.fresh(scope);
    const name = this.terms.fresh(scope);
    const isKeyed = this.#choices.oneIn(3);
    const inner = isKeyed ? bind(scope, [name, key], [value, of]) : bind(scope, [value, of]);
    const { text: body } = this.body(inner, depth - 1, "; ");
    return { text: `every ${isKeyed ? `${name}, ` : ""}${value} in ${text} { ${body} }`, scope };
  }

  /** A function with its result as a last argument, or one that only holds. */
  #call(scope: Scope, depth: number): Made {
    const functions = scope.rules.filter(({ kind }) => kind === "function");
    if (functions.length === 0) return { ...this.#test(scope, depth), scope };
    const called = this.#choices.pick(functions as [RuleName, ...RuleName[]]);
    const args = called.params.map((param) => this.terms.term(param, scope, depth - 1));
    if (this.#choices.oneIn(2))
      return { text: `${referTo(called, scope)}(${args.join(", ")})`, scope };
    const result = this.terms.fresh(scope);
    return {
      text: `${referTo(called, scope)}(${[...args, result].join(", ")})`,
      scope: bind(scope, [result, called.type]),
    };
  }

  #withs(text: string, scope: Scope, depth: number): string {
    const fixed = { ...scope, enumerates: false };
    const withs = this.#choices.list(1, 2, () => this.#with(fixed, depth));
    // OPA knows the built-in functions that a module calls.
    const mocks = ["count", "upper"].filter(
      (name) => text.includes(`${name}(`) && this.#choices.oneIn(2),
    );
    return [...withs, ...mocks.map((name) => ` with ${name} as ${MOCKS[name]}`)].join("");
  }

  #with(scope: Scope, depth: number): string {
    const choices = this.#choices;
    const term = (type: Type): string => this.terms.term(type, scope, depth - 1);
    const of = (kind: RuleName["kind"]): RuleName[] =>
      scope.rules.filter((rule) => rule.kind === kind);
    const documents = of("document");
    const functions = of("function");
    const plain = [
      () => ` with input.n as ${term(NUMBER)}`,
      () => ` with input.s as ${term(STRING)}`,
      () => ` with input as {"n": ${term(NUMBER)}}`,
      () => ` with input.map.b as ${term(ANY)}`,
      () => ` with data.base.list as ${term({ kind: "list", of: NUMBER })}`,
      () => ` with data.base.map.a as ${term(NUMBER)}`,
    ] as const;
    const document =
      documents.length === 0 ? undefined : choices.pick(documents as [RuleName, ...RuleName[]]);
    if (document !== undefined && choices.oneIn(4))
      return ` with data.${document.package}.${document.name} as ${term(document.type)}`;
    const mocked =
      functions.length === 0 ? undefined : choices.pick(functions as [RuleName, ...RuleName[]]);
    if (mocked !== undefined && choices.oneIn(4)) {
      const others = functions.filter(
        (other) => other !== mocked && other.params.length === mocked.params.length,
      );
      const [other] = others;
      const by =
        other !== undefined && choices.oneIn(2) ? referTo(other, scope) : term(mocked.type);
      return ` with ${referTo(mocked, scope)} as ${by}`;
    }
    return choices.pick(plain)();
  }
}

function bind(scope: Scope, ...variables: readonly (readonly [string, Type])[]): Scope {
  const added = variables.map(([name, type]) => ({ name, type }));
  return { ...scope, variables: [...scope.variables, ...added] };
}
