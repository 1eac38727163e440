// `strings.render_template`: Go's text/template over values of Rego, with `missingkey=error` as OPA sets it.

import {
  type Builtin,
  BuiltinError,
  MAX_TEXT,
  spend,
  textSteps,
  type Value,
} from "@writ/evaluator";
import { COUNTED_SUPERLINEAR } from "./cost.ts";
import { anyObject, define, string } from "./define.ts";
import { TEMPLATE_FUNCTIONS } from "./template-functions.ts";
import {
  type Node,
  type Operand,
  type Pipeline,
  parseTemplate,
  type Template,
} from "./template-parse.ts";
import { type GoValue, goText, isList, isTrue, toGo } from "./template-values.ts";

/** Templates may call themselves. */
const MAX_CALLS = 100;

type Leaving = "break" | "continue" | undefined;

class Rendering {
  readonly #template: Template;
  readonly #parts: string[] = [];
  #size = 0;
  #calls = 0;
  /** Innermost last. */
  #variables: { readonly name: string; value: GoValue }[] = [];

  constructor(template: Template) {
    this.#template = template;
  }

  render(data: GoValue): string {
    this.#call(this.#template.body, data);
    return this.#parts.join("");
  }

  #call(nodes: readonly Node[], data: GoValue): void {
    const outer = this.#variables;
    this.#calls += 1;
    if (this.#calls > MAX_CALLS) throw fail("exceeded maximum template depth");
    this.#variables = [{ name: "$", value: data }];
    this.#nodes(nodes, data);
    this.#variables = outer;
    this.#calls -= 1;
  }

  #nodes(nodes: readonly Node[], dot: GoValue): Leaving {
    for (const node of nodes) {
      spend(2);
      const leaving = this.#node(node, dot);
      if (leaving !== undefined) return leaving;
    }
    return undefined;
  }

  #node(node: Node, dot: GoValue): Leaving {
    switch (node.kind) {
      case "text":
        this.#write(node.text);
        return undefined;
      case "action": {
        const value = this.#pipeline(node.pipeline, dot);
        if (node.pipeline.variables.length === 0)
          this.#write(value === null ? "<no value>" : goText(value));
        return undefined;
      }
      case "break":
      case "continue":
        return node.kind;
      case "template": {
        const named = this.#template.named.get(node.name);
        if (named === undefined) throw fail(`template ${JSON.stringify(node.name)} not defined`);
        this.#call(named, node.pipeline === undefined ? null : this.#pipeline(node.pipeline, dot));
        return undefined;
      }
      default:
        return this.#scoped(() => this.#control(node, dot));
    }
  }

  #control(node: Extract<Node, { body: unknown }>, dot: GoValue): Leaving {
    const value = this.#pipeline(node.pipeline, dot);
    if (node.kind === "range") {
      this.#range(node, value, dot);
      return undefined;
    }
    const isChosen = isTrue(value);
    const inner = isChosen && node.kind === "with" ? value : dot;
    return this.#nodes(isChosen ? node.body : node.otherwise, inner);
  }

  #range(node: Extract<Node, { body: unknown }>, over: GoValue, dot: GoValue): void {
    const { variables, isAssignment } = node.pipeline;
    const entries = entriesOf(over);
    if (entries.length === 0) this.#nodes(node.otherwise, dot);
    for (const [key, item] of entries) {
      const leaving = this.#scoped(() => {
        const values = variables.length === 2 ? [key, item] : [item];
        for (const [index, name] of variables.entries())
          this.#set(name, values[index] ?? null, isAssignment);
        return this.#nodes(node.body, item);
      });
      if (leaving === "break") break;
    }
  }

  #scoped<T>(work: () => T): T {
    const { length } = this.#variables;
    const result = work();
    this.#variables.length = length;
    return result;
  }

  #pipeline({ variables, isAssignment, commands }: Pipeline, dot: GoValue): GoValue {
    let value: GoValue | undefined;
    for (const command of commands) value = this.#command(command, dot, value);
    const [name] = variables;
    if (variables.length === 1 && name !== undefined) this.#set(name, value ?? null, isAssignment);
    return value ?? null;
  }

  #set(name: string, value: GoValue, isAssignment: boolean): void {
    if (!isAssignment) {
      this.#variables.push({ name, value });
      return;
    }
    const known = this.#variables.findLast((variable) => variable.name === name);
    if (known === undefined) throw fail(`undefined variable ${JSON.stringify(name)}`);
    known.value = value;
  }

  /** `piped` is the last argument, when there is one. */
  #command(operands: readonly Operand[], dot: GoValue, piped: GoValue | undefined): GoValue {
    const [first, ...others] = operands;
    if (first?.kind === "function") return this.#function(first.name, others, dot, piped);
    if (first === undefined || others.length > 0 || piped !== undefined)
      throw fail("can't give argument to non-function");
    if (first.kind === "nil") throw fail("nil is not a command");
    return this.#operand(first, dot);
  }

  #function(
    name: string,
    operands: readonly Operand[],
    dot: GoValue,
    piped: GoValue | undefined,
  ): GoValue {
    if (name === "and" || name === "or") {
      let value: GoValue | undefined;
      for (const operand of operands) {
        value = this.#operand(operand, dot);
        if (isTrue(value) === (name === "or")) return value;
      }
      if (piped === undefined && value === undefined) throw fail("missing argument");
      return piped ?? value ?? null;
    }
    const call = TEMPLATE_FUNCTIONS.get(name);
    if (call === undefined) throw fail(`function ${JSON.stringify(name)} not defined`);
    const args = operands.map((operand) => this.#operand(operand, dot));
    const given = piped === undefined ? args : [...args, piped];
    for (const each of given) if (typeof each === "string") spend(each.length >> 2);
    const made = call(...given);
    if (typeof made === "string") spend(textSteps(made.length));
    return made;
  }

  #operand(operand: Operand, dot: GoValue): GoValue {
    switch (operand.kind) {
      case "nil":
        return null;
      case "dot":
        return dot;
      case "constant":
        return operand.value;
      case "function":
        return this.#function(operand.name, [], dot, undefined);
      case "variable": {
        const known = this.#variables.findLast(({ name }) => name === operand.name);
        if (known === undefined) throw fail(`undefined variable ${JSON.stringify(operand.name)}`);
        return known.value;
      }
      case "field":
        return operand.names.reduce(fieldOf, this.#operand(operand.of, dot));
      case "pipeline":
        return this.#pipeline(operand.pipeline, dot);
    }
  }

  #write(text: string): void {
    this.#size += text.length;
    spend(textSteps(text.length));
    if (this.#size > MAX_TEXT) throw fail("its text is too long");
    this.#parts.push(text);
  }
}

function fieldOf(value: GoValue, name: string): GoValue {
  if (!(value instanceof Map)) throw fail(`can't evaluate field ${name}`);
  const found = (value as ReadonlyMap<string, GoValue>).get(name);
  if (found === undefined) throw fail(`map has no entry for key ${JSON.stringify(name)}`);
  return found;
}

function entriesOf(over: GoValue): readonly (readonly [GoValue, GoValue])[] {
  if (over instanceof Map) return [...(over as ReadonlyMap<string, GoValue>)];
  if (over !== null && isList(over)) return over.map((item, index) => [{ int: index }, item]);
  if (typeof over === "object" && over !== null && "int" in over) {
    spend(over.int);
    return Array.from({ length: Math.max(0, over.int) }, (_none, int) => [{ int }, { int }]);
  }
  throw fail(`range can't iterate over ${over === null ? "nil" : goText(over)}`);
}

function fail(reason: string): BuiltinError {
  return new BuiltinError(`template: ${reason}`);
}

export const template: readonly Builtin[] = [
  define(
    "strings.render_template",
    [string, anyObject],
    string,
    COUNTED_SUPERLINEAR,
    (text: string, values: Value) => new Rendering(parseTemplate(text)).render(toGo(values)),
  ),
];
