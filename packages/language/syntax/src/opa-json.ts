// A module as the JSON of OPA's syntax tree (`opa parse --format json`, `rego.parse_module`), without
// locations. Infix operators are calls there, as they are in Rego's meaning.

import type {
  Body,
  Expression,
  Import,
  Module,
  Name,
  RefPart,
  Rule,
  Statement,
  Term,
} from "./ast.ts";
import { INFIX_FUNCTIONS } from "./infix.ts";

type Json = unknown;
interface Members {
  readonly [name: string]: Json;
}

/** Objects of plain JSON; numbers as JavaScript has them. */
export function toOpaJson(module: Module): Members {
  return {
    package: { path: [variable("data"), ...module.package.path.map(text)] },
    ...(module.imports.length === 0 ? {} : { imports: module.imports.map(importJson) }),
    ...(module.rules.length === 0 ? {} : { rules: module.rules.map(rule) }),
  };
}

function variable(name: string): Members {
  return { type: "var", value: name };
}

function text(value: string): Members {
  return { type: "string", value };
}

function path([first = "", ...rest]: readonly string[]): Members {
  return { type: "ref", value: [variable(first), ...rest.map(text)] };
}

function importJson({ path: imported, alias }: Import): Members {
  return { path: path(imported), ...(alias === undefined ? {} : { alias }) };
}

function rule({ isDefault, head, body: conditions, elses }: Rule): Members {
  const ref = refTerms(head.ref);
  const base = {
    ...(head.args === undefined ? {} : { args: head.args.map(term) }),
    ...(head.ref.length === 1 ? { name: nameOf(head.ref) } : {}),
    ref,
  };
  const value = (given: Term | undefined): Members =>
    given === undefined
      ? { value: { type: "boolean", value: true } }
      : { assign: true, value: term(given) };
  const own = head.element === undefined ? value(head.value) : { key: term(head.element) };
  const chain = elses.reduceRight<Members | undefined>(
    (next, branch) => ({
      head: { ...base, ...value(branch.value) },
      body: body(branch.body),
      ...(next === undefined ? {} : { else: next }),
    }),
    undefined,
  );
  return {
    ...(isDefault ? { default: true } : {}),
    head: { ...base, ...own },
    body: body(conditions),
    ...(chain === undefined ? {} : { else: chain }),
  };
}

function nameOf([first]: readonly RefPart[]): string {
  return first?.term.kind === "var" ? first.term.name : "";
}

/** The first part of a head is a name; the others are terms. */
function refTerms(parts: readonly RefPart[]): readonly Json[] {
  return parts.map((part) => term(part.term));
}

function body(statements: Body | undefined): readonly Json[] {
  if (statements === undefined) return [{ index: 0, terms: { type: "boolean", value: true } }];
  return statements.map(statement);
}

function statement({ expression, withs }: Statement, index: number): Members {
  const modifiers = withs.map(({ target, value }) => ({
    target: term(target),
    value: term(value),
  }));
  return {
    index,
    ...terms(expression),
    ...(modifiers.length === 0 ? {} : { with: modifiers }),
  };
}

function terms(expression: Expression): Members {
  switch (expression.kind) {
    case "not":
      return { negated: true, ...terms(expression.expression) };
    case "some":
      return { terms: { symbols: expression.names.map(({ name }) => variable(name)) } };
    case "some-in": {
      const { key, value, collection } = expression;
      return { terms: { symbols: [member(key, value, collection)] } };
    }
    case "every": {
      const { key, value, domain, body: conditions } = expression;
      return {
        terms: {
          ...(key === undefined ? {} : { key: variable(key.name) }),
          value: variable(value.name),
          domain: term(domain),
          body: body(conditions),
        },
      };
    }
    case "assign":
    case "unify": {
      const operator = expression.kind === "assign" ? "assign" : "eq";
      return { terms: [path([operator]), term(expression.left), term(expression.right)] };
    }
    default: {
      const json = term(expression);
      return { terms: json["type"] === "call" ? json["value"] : json };
    }
  }
}

function call(operator: readonly string[], args: readonly Term[]): Members {
  return { type: "call", value: [path(operator), ...args.map(term)] };
}

function member(key: Term | undefined, value: Term, collection: Term): Members {
  return key === undefined
    ? call(["internal", "member_2"], [value, collection])
    : call(["internal", "member_3"], [key, value, collection]);
}

function term(given: Term): Members {
  switch (given.kind) {
    case "null":
      return { type: "null", value: {} };
    case "boolean":
    case "string":
      return { type: given.kind, value: given.value };
    case "number":
      return { type: "number", value: Number(given.text) };
    case "var":
      return variable(given.name);
    case "ref":
      return { type: "ref", value: [term(given.head), ...refTerms(given.parts)] };
    case "call":
      return call(
        given.operator.map(({ name }: Name) => name),
        given.args,
      );
    case "array":
    case "set":
      return { type: given.kind, value: given.items.map(term) };
    case "object":
      return { type: "object", value: given.entries.map((entry) => entry.map(term)) };
    case "array-comprehension":
    case "set-comprehension":
      return {
        type: given.kind.replace("-", ""),
        value: { term: term(given.value), body: body(given.body) },
      };
    case "object-comprehension":
      return {
        type: "objectcomprehension",
        value: { key: term(given.key), value: term(given.value), body: body(given.body) },
      };
    case "infix":
      return call([INFIX_FUNCTIONS[given.operator]], [given.left, given.right]);
    case "in":
      return member(given.key, given.value, given.collection);
    case "template":
      return {
        type: "templatestring",
        value: {
          parts: given.parts.map((part) => (typeof part === "string" ? text(part) : body(part)[0])),
        },
      };
  }
}
