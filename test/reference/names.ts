// What names mean. Rules are rewritten so that nothing about names is left to find out: a variable that
// is declared (`:=`, `some`, `every`, a parameter) gets a name no other has, each `_` too; the name of a
// rule or an import becomes a reference from `data` or `input`; the name of a function its full path.
// What is only short for something else is written in full: `some k, v in c` is `v = c[k]`, an operator
// is a call, `:=` is `=`; then an `assign` node is only what `f(x, y)` of a function of one argument is.

import type { BuiltinTable } from "@writ/evaluator";
import {
  type Body,
  type Expression,
  INFIX_FUNCTIONS,
  type Module,
  type Name,
  type RefPart,
  type Rule,
  type Statement,
  type Term,
  type WithModifier,
} from "@writ/syntax";
import { metadataTerm } from "./annotations.ts";

type Span = Term["span"];
type Ref = Extract<Term, { kind: "ref" }>;
type Call = Extract<Term, { kind: "call" }>;

/** A rule with the path of its document: the package and the constant start of the head. */
export interface NamedRule {
  readonly path: readonly string[];
  readonly rule: Rule;
  readonly module: Module;
}

/** The rules of all modules, names resolved. */
export function resolveNames(
  modules: readonly Module[],
  builtins: BuiltinTable,
): readonly NamedRule[] {
  const rules = modules.flatMap((module) =>
    module.rules.map((rule) => ({
      path: [...module.package.path, ...constantStart(rule)],
      rule,
      module,
    })),
  );
  const arities = new Map<string, number>();
  for (const { path, rule } of rules)
    if (rule.head.args !== undefined) arities.set(dotted(path), rule.head.args.length);
  for (const { name, args } of builtins.values()) arities.set(name, args.length);
  return rules.map((named) => ({
    ...named,
    rule: new Resolver(named, { rules, modules, arities }).rule(named.rule),
  }));
}

/** `data.a.b`, as functions are named. */
export function dotted(path: readonly string[]): string {
  return ["data", ...path].join(".");
}

function constantStart({ head }: Rule): readonly string[] {
  const [name, ...parts] = head.ref;
  const end = parts.findIndex(({ term }) => term.kind !== "string");
  const keys = (end < 0 ? parts : parts.slice(0, end)).map(
    ({ term }) => (term as { value: string }).value,
  );
  return [name?.term.kind === "var" ? name.term.name : "", ...keys];
}

interface Surroundings {
  readonly rules: readonly NamedRule[];
  readonly modules: readonly Module[];
  /** How many arguments each function takes, by its name. */
  readonly arities: ReadonlyMap<string, number>;
}

/** What the names of a body mean: `declared` are not the names of rules, `renamed` are declared by now. */
interface Scope {
  readonly declared: ReadonlySet<string>;
  readonly renamed: Map<string, string>;
  readonly outer?: Scope;
}

class Resolver {
  readonly #named: NamedRule;
  readonly #around: Surroundings;
  #count = 0;

  constructor(named: NamedRule, around: Surroundings) {
    this.#named = named;
    this.#around = around;
  }

  rule(rule: Rule): Rule {
    const { head } = rule;
    const args = this.#open((head.args ?? []).flatMap(patternNames));
    for (const name of args.declared) this.#rename(name, args);
    const params = head.args?.map((arg) => this.#term(arg, args));
    const scope = this.#bodyScope(rule.body ?? [], args);
    const body = this.#statements(rule.body ?? [], scope);
    const [name, ...parts] = head.ref;
    return {
      ...rule,
      head: {
        ...head,
        ref: [name as RefPart, ...parts.map((part) => this.#part(part, scope))],
        ...(params === undefined ? {} : { args: params }),
        ...(head.element === undefined ? {} : { element: this.#term(head.element, scope) }),
        ...(head.value === undefined ? {} : { value: this.#term(head.value, scope) }),
      },
      body,
      elses: rule.elses.map((branch) => {
        const inner = this.#bodyScope(branch.body ?? [], args);
        const elseBody = this.#statements(branch.body ?? [], inner);
        const value = branch.value === undefined ? {} : { value: this.#term(branch.value, inner) };
        return { ...branch, ...value, body: elseBody };
      }),
    };
  }

  #open(declared: readonly string[], outer?: Scope): Scope {
    return {
      declared: new Set(declared),
      renamed: new Map(),
      ...(outer === undefined ? {} : { outer }),
    };
  }

  #bodyScope(body: Body, outer: Scope): Scope {
    return this.#open(body.flatMap(declaredNames), outer);
  }

  #rename(name: string, scope: Scope): string {
    this.#count += 1;
    const fresh = `${name}#${this.#count}`;
    scope.renamed.set(name, fresh);
    return fresh;
  }

  #statements(body: Body, scope: Scope): Body {
    return body.flatMap((statement) => {
      // The values of `with` are of the scope around what they modify.
      const withs = statement.withs.map((modifier) => this.#with(modifier, scope));
      return this.#expression(statement.expression, scope).map(
        (expression): Statement => ({ ...statement, expression, withs }),
      );
    });
  }

  #expression(expression: Expression, scope: Scope): readonly Expression[] {
    const { span } = expression;
    switch (expression.kind) {
      case "not":
        return this.#expression(expression.expression, scope).map((inner) => ({
          kind: "not",
          expression: inner,
          span,
        }));
      case "some":
        for (const { name } of expression.names) this.#rename(name, scope);
        return [];
      case "some-in": {
        const collection = this.#term(expression.collection, scope);
        const declare = [expression.key, expression.value].flatMap((term) =>
          term === undefined ? [] : patternNames(term),
        );
        for (const name of declare) this.#rename(name, scope);
        const key = expression.key ?? wildcard(span);
        const right = extend(collection, [
          { term: this.#term(key, scope), dot: false, span: key.span },
        ]);
        return [{ kind: "unify", left: this.#term(expression.value, scope), right, span }];
      }
      case "every": {
        const domain = this.#term(expression.domain, scope);
        const names = [expression.key, expression.value].flatMap((name) => name ?? []);
        const own = this.#open(
          names.map(({ name }) => name),
          scope,
        );
        const fresh = names.map((name) => ({ ...name, name: this.#rename(name.name, own) }));
        const key = expression.key === undefined ? {} : { key: fresh[0] as Name };
        const inner = this.#bodyScope(expression.body, own);
        const body = this.#statements(expression.body, inner);
        return [{ kind: "every", ...key, value: fresh.at(-1) as Name, domain, body, span }];
      }
      case "assign":
      case "unify": {
        const right = this.#term(expression.right, scope);
        if (expression.kind === "assign")
          for (const name of patternNames(expression.left)) this.#rename(name, scope);
        return [{ kind: "unify", left: this.#term(expression.left, scope), right, span }];
      }
      case "call":
        return this.#callStatement(expression, scope);
      default:
        return [this.#term(expression, scope)];
    }
  }

  #callStatement(call: Call, scope: Scope): readonly Expression[] {
    if (call.operator.length === 1 && call.operator[0]?.name === "print") return [];
    const arity = this.#around.arities.get(this.#function(call.operator, scope));
    if (arity === undefined || call.args.length !== arity + 1) return [this.#term(call, scope)];
    const right = this.#term({ ...call, args: call.args.slice(0, -1) }, scope);
    const left = this.#term(call.args.at(-1) as Term, scope);
    return [{ kind: "assign", left, right, span: call.span }];
  }

  /**
   * A function that is replaced, or replaces one, is a variable with the function's name after `&`; a document of
   * rules that replaces one is its name after `*`, for it is what it is where the function is called.
   */
  #with(modifier: WithModifier, scope: Scope): WithModifier {
    const functionVar = (term: Term): Term | undefined => {
      const operator = nameParts(term);
      const name = operator === undefined ? undefined : this.#function(operator, scope);
      return name !== undefined && this.#around.arities.has(name)
        ? { kind: "var", name: `&${name}`, span: term.span }
        : undefined;
    };
    const target = functionVar(modifier.target);
    if (target === undefined)
      return {
        ...modifier,
        target: this.#term(modifier.target, scope),
        value: this.#term(modifier.value, scope),
      };
    const value = functionVar(modifier.value) ?? this.#term(modifier.value, scope);
    const path = documentPath(value);
    const isOfRules = this.#around.rules.some((rule) => isBelow(path, rule.path));
    return {
      ...modifier,
      target,
      value: isOfRules ? { kind: "var", name: `*${dotted(path ?? [])}`, span: value.span } : value,
    };
  }

  #term(term: Term, scope: Scope): Term {
    const inner = (child: Term): Term => this.#term(child, scope);
    const { span } = term;
    switch (term.kind) {
      case "var":
        return this.#variable(term.name, span, scope);
      case "ref":
        return extend(
          inner(term.head),
          term.parts.map((part) => this.#part(part, scope)),
          term.head.kind !== "var",
        );
      case "call": {
        const name = this.#function(term.operator, scope);
        if (name.startsWith("rego.metadata."))
          return metadataTerm(name, this.#named, this.#around, span);
        return call(name, term.args.map(inner), span);
      }
      case "infix":
        return call(INFIX_FUNCTIONS[term.operator], [inner(term.left), inner(term.right)], span);
      case "in":
        return term.key === undefined
          ? call("internal.member_2", [inner(term.value), inner(term.collection)], span)
          : call("internal.member_3", [term.key, term.value, term.collection].map(inner), span);
      case "array":
      case "set":
        return { ...term, items: term.items.map(inner) };
      case "object":
        return {
          ...term,
          entries: term.entries.map(([key, value]) => [inner(key), inner(value)] as const),
        };
      case "template":
        return {
          ...term,
          parts: term.parts.map((part) =>
            typeof part === "string" ? part : this.#statements(part, scope),
          ),
        };
      case "array-comprehension":
      case "set-comprehension":
      case "object-comprehension": {
        const own = this.#bodyScope(term.body, scope);
        const body = this.#statements(term.body, own);
        const value = this.#term(term.value, own);
        return term.kind === "object-comprehension"
          ? { ...term, key: this.#term(term.key, own), value, body }
          : { ...term, value, body };
      }
      default:
        return term;
    }
  }

  #part(part: RefPart, scope: Scope): RefPart {
    return { ...part, term: this.#term(part.term, scope) };
  }

  #variable(name: string, span: Span, scope: Scope): Term {
    if (name === "_") {
      this.#count += 1;
      return { kind: "var", name: `_#${this.#count}`, span };
    }
    const [local, path] = this.#lookup(name, scope);
    if (path === undefined) return { kind: "var", name: local, span };
    const [root = "data", ...keys] = path;
    const head: Term = { kind: "var", name: root, span };
    return keys.length === 0 ? head : { kind: "ref", head, parts: keys.map(keyPart(span)), span };
  }

  /** A local name, or also the path it stands for. */
  #lookup(
    name: string,
    scope: Scope,
  ): readonly [name: string, path?: readonly string[] | undefined] {
    let isLocal = false;
    for (let at: Scope | undefined = scope; at !== undefined; at = at.outer) {
      const renamed = at.renamed.get(name);
      if (renamed !== undefined) return [renamed];
      isLocal ||= at.declared.has(name);
    }
    return isLocal ? [name] : [name, this.#globalPath(name)];
  }

  #globalPath(name: string): readonly string[] | undefined {
    if (name === "input" || name === "data") return [name];
    const { module } = this.#named;
    const imported = module.imports.find(
      ({ alias, path }) =>
        (alias ?? path.at(-1)) === name && !["rego", "future"].includes(path[0] ?? ""),
    );
    if (imported !== undefined) return imported.path;
    const own = module.package.path;
    const isRule = this.#around.rules.some(
      ({ path, module: other }) =>
        dotted(other.package.path) === dotted(own) && path[own.length] === name,
    );
    return isRule ? ["data", ...own, name] : undefined;
  }

  #function(operator: readonly Name[], scope: Scope): string {
    const [first = "", ...rest] = operator.map(({ name }) => name);
    const [, path] = this.#lookup(first, scope);
    const own = path === undefined ? undefined : [...path, ...rest].join(".");
    return own !== undefined && this.#around.arities.has(own) ? own : [first, ...rest].join(".");
  }
}

/** `a.b` and then `[c]` is one reference, but for a value that is no name. */
function extend(head: Term, parts: readonly RefPart[], isValue = false): Ref {
  const { span } = head;
  if (head.kind === "ref" && !isValue) return { ...head, parts: [...head.parts, ...parts] };
  return { kind: "ref", head, parts, span };
}

function call(name: string, args: readonly Term[], span: Span): Call {
  return { kind: "call", operator: [{ name, span }], args, span };
}

function keyPart(span: Span): (key: string) => RefPart {
  return (value) => ({ term: { kind: "string", value, raw: false, span }, dot: true, span });
}

function wildcard(span: Span): Term {
  return { kind: "var", name: "_", span };
}

function declaredNames({ expression }: Statement): readonly string[] {
  switch (expression.kind) {
    case "assign":
      return patternNames(expression.left);
    case "some":
      return expression.names.map(({ name }) => name);
    case "some-in":
      return [
        ...(expression.key === undefined ? [] : patternNames(expression.key)),
        ...patternNames(expression.value),
      ];
    default:
      return [];
  }
}

/** The names that matching against a pattern binds. */
function patternNames(term: Term): readonly string[] {
  if (term.kind === "var") return term.name === "_" ? [] : [term.name];
  if (term.kind === "array") return term.items.flatMap(patternNames);
  return term.kind === "object" ? term.entries.flatMap(([, value]) => patternNames(value)) : [];
}

/** `data.a.b` as a path; undefined for any other term. */
function documentPath(term: Term): readonly string[] | undefined {
  const [root, ...keys] = nameParts(term) ?? [];
  return root?.name === "data" && keys.length > 0 ? keys.map(({ name }) => name) : undefined;
}

function isBelow(path: readonly string[] | undefined, other: readonly string[]): boolean {
  return path?.every((key, at) => key === other[at]) === true;
}

/** `a.b.c` as names; undefined for any other term. */
function nameParts(term: Term): readonly Name[] | undefined {
  if (term.kind === "var") return [term];
  if (term.kind !== "ref" || term.head.kind !== "var") return undefined;
  const keys = term.parts.map(({ term: part, span }) =>
    part.kind === "string" ? { name: part.value, span } : undefined,
  );
  return keys.includes(undefined) ? undefined : [term.head, ...(keys as Name[])];
}
