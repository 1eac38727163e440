// What a condition is about: a constant, or something that has one value as long as the variables of the
// body stand as they do. `input.x[i]` is such a subject; `input.x[_]` is another one each time.

import type { TermIR, VarId } from "./ir.ts";

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

function nameTerm(term: TermIR, bindings: Bindings): Named | undefined {
  switch (term.kind) {
    case "null":
    case "boolean":
    case "string":
      return constant(term.kind === "null" ? "null" : JSON.stringify(term.value));
    case "number":
      return constant(term.text);
    case "var":
      return term.wildcard === true ? undefined : nameVariable(term.id, bindings);
    case "ref":
      return nameReference(term, bindings);
    case "call":
      return nameCall(term, bindings);
    case "array":
    case "set": {
      const [open, close] = term.kind === "array" ? ["[", "]"] : ["{", "}"];
      return join(term.items, bindings, (items) => `${open}${items.join(", ")}${close}`);
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
  if (typeof root === "string" && term.parts.every(({ kind }) => kind === "string"))
    return namePath(term, root);
  const start = typeof root === "string" ? constant(root) : nameTerm(root, bindings);
  if (start === undefined) return undefined;
  return join(
    term.parts,
    bindings,
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

function nameCall(term: Extract<TermIR, { kind: "call" }>, bindings: Bindings): Named | undefined {
  const { target } = term;
  const name = target.kind === "builtin" ? target.name : target.path.join(".");
  const operator = OPERATORS[name];
  return join(
    term.args,
    bindings,
    (args) => `${target.kind} ${name}(${args.join(", ")})`,
    (args) => (operator === undefined ? `${name}(${args.join(", ")})` : args.join(` ${operator} `)),
  );
}

function join(
  terms: readonly TermIR[],
  bindings: Bindings,
  toKey: (parts: readonly string[]) => string,
  toText = toKey,
): Named | undefined {
  const named = terms.map((term) => nameTerm(term, bindings));
  if (named.includes(undefined)) return undefined;
  const parts = named as readonly Named[];
  return {
    key: toKey(parts.map(({ key }) => key)),
    text: () => toText(parts.map(({ text }) => text())),
  };
}
