// What a condition is about: a constant, or something that has one value as long as the variables of the
// body stand as they do. `input.x[i]` is such a subject; `input.x[_]` is another one each time.

import type { CallTarget, TermIR, VarId } from "@writ/ir";

export type Constant = string | number | boolean | null;

export type Subject =
  | { readonly kind: "constant"; readonly value: Constant }
  | {
      readonly kind: "value";
      readonly key: string;
      readonly text: () => string;
      readonly term: TermIR;
    };

/** What variables stand for, and their names. */
export interface Bindings {
  readonly closed: ClosedNames;
  readonly aliases: ReadonlyMap<VarId, Subject>;
  readonly nameOf: (id: VarId) => string;
}

/** Operators as they are written, by the built-ins they are. */
export const OPERATOR_TEXT: { readonly [name: string]: string | undefined } = {
  plus: "+",
  minus: "-",
  mul: "*",
  div: "/",
  rem: "%",
  and: "&",
  or: "|",
};

const OPERATORS: typeof OPERATOR_TEXT = { ...OPERATOR_TEXT, "internal.member_2": "in" };

/** Undefined for what may come to several values, and for numbers of more digits than are compared here. */
export function subjectOf(term: TermIR, bindings: Bindings): Subject | undefined {
  if (term.kind === "null") return { kind: "constant", value: null };
  if (term.kind === "string" || term.kind === "boolean")
    return { kind: "constant", value: term.value };
  if (term.kind === "number")
    return /^-?[\d.]{1,15}$/.test(term.text)
      ? { kind: "constant", value: Number(term.text) }
      : undefined;
  const named = nameTerm(term, bindings);
  if (named === undefined) return undefined;
  if (term.kind === "var")
    return bindings.aliases.get(term.id) ?? { kind: "value", ...named, term };
  return { kind: "value", ...named, term };
}

interface Named {
  readonly key: string;
  /** As an author reads it: asked for when something is said of it. */
  readonly text: () => string;
}

function constant(key: string): Named {
  return { key, text: () => key };
}

interface NameNode {
  readonly below: Map<unknown, NameNode>;
  named?: Named;
}

/** Names of what has no variable in it: made once, however many rules say it. */
export class ClosedNames {
  readonly #constants: NameNode = { below: new Map() };
  readonly #numbers: NameNode = { below: new Map() };
  readonly #paths: NameNode = { below: new Map() };
  readonly #calls: NameNode = { below: new Map() };

  /** Of constants, constant paths and calls of such; undefined for anything else. */
  nameOf(term: TermIR): Named | undefined {
    switch (term.kind) {
      case "null":
        return this.#constant(null);
      case "boolean":
      case "string":
        return this.#constant(term.value);
      case "number": {
        const node = step(this.#numbers, term.text);
        node.named ??= constant(term.text);
        return node.named;
      }
      case "ref":
        return typeof term.root === "string" ? this.#path(term, term.root) : undefined;
      case "call":
        return this.#call(term);
      default:
        return undefined;
    }
  }

  #constant(value: string | boolean | null): Named {
    const node = step(this.#constants, value);
    node.named ??= constant(JSON.stringify(value));
    return node.named;
  }

  #path(term: Extract<TermIR, { kind: "ref" }>, root: string): Named | undefined {
    let node = step(this.#paths, root);
    for (const part of term.parts) {
      if (part.kind !== "string") return undefined;
      node = step(node, part.value);
    }
    node.named ??= namePath(term, root);
    return node.named;
  }

  #call(term: Extract<TermIR, { kind: "call" }>): Named | undefined {
    const name = targetName(term.target);
    let node = step(step(this.#calls, term.target.kind), name);
    const args: Named[] = [];
    for (const arg of term.args) {
      const named = this.nameOf(arg);
      if (named === undefined) return undefined;
      args.push(named);
      node = step(node, named);
    }
    node.named ??= nameCall(term, args);
    return node.named;
  }
}

function step({ below }: NameNode, by: unknown): NameNode {
  let next = below.get(by);
  if (next === undefined) {
    next = { below: new Map() };
    below.set(by, next);
  }
  return next;
}

function nameTerm(term: TermIR, bindings: Bindings): Named | undefined {
  return bindings.closed.nameOf(term) ?? nameOpen(term, bindings);
}

/** Of what has variables, or more to it than constants, paths and calls. */
function nameOpen(term: TermIR, bindings: Bindings): Named | undefined {
  switch (term.kind) {
    case "var":
      return term.wildcard === true ? undefined : nameVariable(term.id, bindings);
    case "ref":
      return nameReference(term, bindings);
    case "call": {
      const args = nameAll(term.args, bindings);
      return args === undefined ? undefined : nameCall(term, args);
    }
    case "array":
    case "set": {
      const items = nameAll(term.items, bindings);
      const [open, close] = term.kind === "array" ? ["[", "]"] : ["{", "}"];
      const enclosed = (texts: readonly string[]): string => `${open}${texts.join(", ")}${close}`;
      return items === undefined ? undefined : joined(items, enclosed);
    }
    default:
      return undefined;
  }
}

function nameVariable(id: VarId, { aliases, nameOf }: Bindings): Named {
  const alias = aliases.get(id);
  if (alias === undefined) return { key: `$${id}`, text: () => nameOf(id) };
  return alias.kind === "value" ? alias : constant(JSON.stringify(alias.value));
}

function nameReference(
  term: Extract<TermIR, { kind: "ref" }>,
  bindings: Bindings,
): Named | undefined {
  const { root } = term;
  const start = typeof root === "string" ? constant(root) : nameTerm(root, bindings);
  const named = nameAll(term.parts, bindings);
  if (start === undefined || named === undefined) return undefined;
  return joined(
    named,
    (parts) => `${start.key}${parts.map((part) => `[${part}]`).join("")}`,
    (parts) =>
      `${start.text()}${parts.map((part) => (/^"\w+"$/.test(part) ? `.${part.slice(1, -1)}` : `[${part}]`)).join("")}`,
  );
}

/** Of a constant path, as most conditions are about. */
function namePath({ parts }: Extract<TermIR, { kind: "ref" }>, root: string): Named {
  let key = root;
  for (const part of parts) if (part.kind === "string") key += `[${quote(part.value)}]`;
  const text = (): string =>
    parts.reduce((start, part) => {
      const name = part.kind === "string" ? part.value : "";
      return /^\w+$/.test(name) ? `${start}.${name}` : `${start}[${quote(name)}]`;
    }, root);
  return { key, text };
}

function quote(name: string): string {
  return /^\w*$/.test(name) ? `"${name}"` : JSON.stringify(name);
}

function nameCall({ target }: Extract<TermIR, { kind: "call" }>, args: readonly Named[]): Named {
  const name = targetName(target);
  const operator = OPERATORS[name];
  return joined(
    args,
    (texts) => `${target.kind} ${name}(${texts.join(", ")})`,
    (texts) =>
      operator === undefined ? `${name}(${texts.join(", ")})` : texts.join(` ${operator} `),
  );
}

function targetName(target: CallTarget): string {
  return target.kind === "builtin" ? target.name : target.path.join(".");
}

/** Variables that name each other twice double with each line; nobody reads what is longer. */
const MAX_KEY = 10_000;

function nameAll(terms: readonly TermIR[], bindings: Bindings): readonly Named[] | undefined {
  const all: Named[] = [];
  let length = 0;
  for (const term of terms) {
    const named = nameTerm(term, bindings);
    if (named === undefined) return undefined;
    length += named.key.length;
    if (length > MAX_KEY) return undefined;
    all.push(named);
  }
  return all;
}

function joined(
  named: readonly Named[],
  toKey: (parts: readonly string[]) => string,
  toText = toKey,
): Named {
  return {
    key: toKey(named.map(({ key }) => key)),
    text: () => toText(named.map(({ text }) => text())),
  };
}
