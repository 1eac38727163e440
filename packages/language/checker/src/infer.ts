// Types: what every term of a rule may be, inferred in the order in which its body runs, from the schema
// of the input. Says what can never be so: a path that the input does not have, a comparison of things
// that have no value in common, a word outside a closed vocabulary, an argument of the wrong type.

import type { BuiltinTable, BuiltinType } from "@writ/builtins";
import { type Diagnostic, diagnostic, suggest } from "@writ/diagnostics";
import {
  ANY,
  alternatives,
  dataKeys,
  membersOf,
  NULL,
  overlaps,
  ownProperty,
  propertyOf,
  type RuleIR,
  STRING,
  type StatementIR,
  showType,
  type TermIR,
  type Type,
  unionOf,
  type VarId,
  type WithIR,
  widen,
} from "@writ/ir";
import { fromBuiltin } from "./builtin-type.ts";
import { checkComparison, checkMembers } from "./comparison.ts";
import type { RuleIndex } from "./rule-index.ts";
import { OPERATOR_TEXT } from "./subject.ts";

export interface InferContext {
  readonly input: Type;
  /** What is said of the base documents. */
  readonly data: Type;
  /** The base documents there are. */
  readonly base: Type;
  readonly index: RuleIndex;
  readonly rules: KnownRules;
  readonly builtins: BuiltinTable;
  readonly diagnostics: Diagnostic[];
  /** Only what OPA's own types tell: kinds of values, in `=` and in arguments of functions of the library. */
  readonly isLikeOpa?: boolean;
}

export interface KnownRules {
  /** The type of what the rules of a path come to. */
  readonly typeOf: (path: readonly string[]) => Type;
  /** A function is called with these arguments. */
  readonly noteCall: (path: readonly string[], args: readonly TermIR[]) => void;
  /** A function stands in for another: nothing is known of its arguments. */
  readonly noteStandIn: (path: readonly string[]) => void;
}

/** Fills in the types of a rule's terms. `params`: what a function is called with. */
export function inferRule(
  rule: RuleIR,
  context: InferContext,
  params: readonly Type[] | undefined,
): void {
  const isAsWritten = !rule.isTest;
  const vars = rule.vars.length === 0 ? NO_VARS : new Map<VarId, Type>();
  const inference = new Inference(context, isAsWritten ? context.input : ANY, isAsWritten, vars);
  for (const [index, param] of rule.params.entries())
    inference.pattern(param, params?.[index] ?? ANY);
  inference.body(rule.body);
  for (const key of rule.keys) inference.term(key);
  if (rule.element !== undefined) inference.term(rule.element);
  inference.term(rule.value);
  for (const branch of rule.elses) {
    inference.body(branch.body);
    inference.term(branch.value);
  }
}

/** A base document: its own type, undefined when there is none, and what a schema says of it. */
interface Document {
  readonly there: Type | undefined;
  readonly said: Type | undefined;
}

function memberOf({ there, said }: Document, key: string): Document {
  return {
    there: there === undefined ? undefined : ownProperty(there, key),
    said: said === undefined ? undefined : propertyOf(said, key),
  };
}

const COMPARISONS = new Set(["equal", "neq", "lt", "lte", "gt", "gte"]);

/** Of rules without variables: nothing is ever put into it. */
const NO_VARS: Map<VarId, Type> = new Map();

class Inference {
  readonly #context: InferContext;
  readonly #input: Type;
  /** Nothing is replaced by a `with`: rules are what they are. */
  readonly #isAsWritten: boolean;
  readonly #vars: Map<VarId, Type>;

  constructor(context: InferContext, input: Type, isAsWritten: boolean, vars: Map<VarId, Type>) {
    this.#context = context;
    this.#input = input;
    this.#isAsWritten = isAsWritten;
    this.#vars = vars;
  }

  body(statements: readonly StatementIR[]): void {
    for (const statement of statements) this.#statement(statement);
  }

  #statement(statement: StatementIR): void {
    switch (statement.kind) {
      case "expression":
        this.term(statement.term);
        if (this.#context.isLikeOpa === true) this.#asEquation(statement.term);
        return;
      case "unify":
        this.#unify(statement.left, statement.right);
        return;
      case "scan": {
        const members = this.#members(this.term(statement.collection), statement.collection);
        if (statement.key !== undefined) this.pattern(statement.key, members.key);
        this.pattern(statement.value, members.item);
        return;
      }
      case "not":
        this.body(statement.body);
        return;
      case "every": {
        const members = this.#members(this.term(statement.domain), statement.domain);
        // OPA checks neither what is in a domain nor the body.
        const isOpen = this.#context.isLikeOpa === true;
        const context = isOpen ? { ...this.#context, diagnostics: [] } : this.#context;
        const inner = new Inference(context, this.#input, this.#isAsWritten, new Map(this.#vars));
        if (statement.key !== undefined) inner.#vars.set(statement.key, members.key);
        inner.#vars.set(statement.value, isOpen ? ANY : members.item);
        inner.body(statement.body);
        return;
      }
      case "with":
        this.#with(statement);
        return;
    }
  }

  #with({ targets, body }: Extract<StatementIR, { kind: "with" }>): void {
    for (const target of targets) {
      if ("type" in target.value) this.term(target.value);
      else if (target.value.kind === "function") this.#context.rules.noteStandIn(target.value.path);
      // A path that is replaced is read nowhere unless it is one that the input has, in tests as well.
      if (target.kind === "input" && target.path.length > 0)
        new Inference(this.#context, this.#context.input, false, NO_VARS).term(
          inputReference(target),
        );
    }
    // Under a replaced input nothing is known of it, nor of the rules that read what is replaced.
    const replacesInput = targets.some(({ kind }) => kind === "input");
    const input = replacesInput ? ANY : this.#input;
    const inner = new Inference(this.#context, input, false, new Map(this.#vars));
    inner.body(body);
    for (const [id, type] of inner.#vars) this.#vars.set(id, type);
  }

  /** Which side is matched against the other: the one with variables not known yet. */
  #unify(left: TermIR, right: TermIR): void {
    const isOpen = (term: TermIR): boolean =>
      (term.kind === "var" && !this.#vars.has(term.id)) ||
      (term.kind === "array" && term.items.some(isOpen)) ||
      (term.kind === "object" && term.entries.some(([, value]) => isOpen(value)));
    if (isOpen(right) && !isOpen(left)) this.pattern(right, this.term(left));
    else if (isOpen(left)) this.pattern(left, this.term(right));
    else this.#compare(left, right, this.term(left), this.term(right));
  }

  /** Gives the variables of a pattern the types of what it is matched against. */
  pattern(term: TermIR, against: Type): void {
    if (term.kind === "var" && !this.#vars.has(term.id)) {
      this.#vars.set(term.id, against);
      setType(term, against);
    } else if (term.kind === "array") {
      const arrays = alternatives(against).filter(({ kind }) => kind === "array" || kind === "any");
      const item = arrays.length === 0 ? ANY : (membersOf(unionOf(arrays))?.item ?? ANY);
      for (const child of term.items) this.pattern(child, item);
    } else if (term.kind === "object") {
      for (const [key, value] of term.entries) {
        this.term(key);
        this.pattern(value, key.kind === "string" ? (propertyOf(against, key.value) ?? ANY) : ANY);
      }
    } else {
      this.#compare(term, term, this.term(term), against);
    }
  }

  term(term: TermIR): Type {
    const type = this.#typeOf(term);
    setType(term, type);
    return type;
  }

  #typeOf(term: TermIR): Type {
    switch (term.kind) {
      case "null":
        return NULL;
      case "boolean":
        return { kind: "boolean", values: [term.value] };
      case "number":
        return { kind: "number", values: [term.text] };
      case "string":
        return { kind: "string", values: [term.value] };
      case "template":
        for (const part of term.parts) if (typeof part !== "string") this.term(part);
        return STRING;
      case "var":
        return this.#vars.get(term.id) ?? ANY;
      case "ref":
        return this.#reference(term);
      case "call":
        return this.#call(term);
      case "array": {
        const prefix = term.items.map((item) => this.term(item));
        return { kind: "array", items: prefix.length === 0 ? ANY : unionOf(prefix) };
      }
      case "set":
        return {
          kind: "set",
          items: term.items.length === 0 ? ANY : unionOf(term.items.map((item) => this.term(item))),
        };
      case "object":
        return this.#object(term);
      case "comprehension":
        return this.#comprehension(term);
    }
  }

  #object(term: Extract<TermIR, { kind: "object" }>): Type {
    const properties = new Map<string, { type: Type; optional: boolean }>();
    // To OPA an object of which nothing is said may be any.
    let isOpen = this.#context.isLikeOpa === true && term.entries.length === 0;
    for (const [key, value] of term.entries) {
      this.term(key);
      const type = this.term(value);
      if (key.kind === "string") properties.set(key.value, { type, optional: false });
      else isOpen = true;
    }
    if (!isOpen) return { kind: "object", properties };
    return { kind: "object", properties, rest: ANY, keys: ANY };
  }

  #comprehension(term: Extract<TermIR, { kind: "comprehension" }>): Type {
    this.body(term.body);
    const keys = term.key === undefined ? ANY : this.term(term.key);
    const items = this.term(term.value);
    if (term.form === "object") return { kind: "object", properties: new Map(), rest: items, keys };
    return { kind: term.form, items };
  }

  #reference(term: Extract<TermIR, { kind: "ref" }>): Type {
    const { root, parts } = term;
    if (root === "data") return this.#dataReference(term);
    let type = root === "input" ? this.#input : this.term(root);
    let path = root === "input" ? "input" : "";
    for (const part of parts) {
      type = this.#step(type, part, path);
      path = part.kind === "string" && path !== "" ? `${path}.${part.value}` : "";
    }
    return type;
  }

  /** The type of a member, and a diagnostic when there can be none. */
  #step(type: Type, part: TermIR, path: string): Type {
    if (part.kind === "string") {
      const property = propertyOf(type, part.value);
      if (property !== undefined) return property;
      this.#noAttribute(type, part, path);
      return ANY;
    }
    const members = membersOf(type) ?? { key: ANY, item: ANY };
    const isOpen =
      (part.kind === "var" && !this.#vars.has(part.id)) ||
      part.kind === "array" ||
      part.kind === "object";
    if (isOpen) this.pattern(part, members.key);
    else {
      const name = onlyText(this.term(part));
      // A name for a constant is that constant, wherever it stands.
      if (name !== undefined && part.kind === "var" && this.#context.isLikeOpa !== true)
        return this.#step(type, { kind: "string", value: name, type: ANY, span: part.span }, path);
    }
    if (membersOf(type) === undefined) {
      this.#report("E0304", { found: showType(type) }, part);
    }
    // What OPA knows of a member depends on the form of its key: too little is said rather than too much.
    return this.#context.isLikeOpa === true ? ANY : members.item;
  }

  #noAttribute(type: Type, part: Extract<TermIR, { kind: "string" }>, path: string): void {
    const objects = alternatives(type).filter((option) => option.kind === "object");
    if (objects.length === 0) {
      const collection = membersOf(type) !== undefined;
      // A string key of an array or of a set of strings: the latter asks whether it is a member.
      if (collection && type.kind !== "array") return;
      this.#report(
        "E0304",
        { found: `${path === "" ? "it" : `\`${path}\``} is ${showType(type)}, which` },
        part,
      );
      return;
    }
    const names = objects.flatMap((object) => [...object.properties.keys()]);
    const near = suggest(part.value, names);
    const help =
      near === undefined ? `it has ${names.slice(0, 12).join(", ")}` : `did you mean \`${near}\`?`;
    const params = { path: path === "" ? "this" : path, attribute: part.value };
    const label = path === "" ? "not among its attributes" : "not in the input schema";
    this.#context.diagnostics.push(diagnostic("E0203", params, part.span, { label, help }));
  }

  #dataReference(term: Extract<TermIR, { kind: "ref" }>): Type {
    const { index } = this.#context;
    const path: string[] = [];
    let document: Document = { there: this.#context.base, said: this.#context.data };
    for (const [at, part] of term.parts.entries()) {
      if (part.kind !== "string")
        return this.#dynamicReference(path, document, term.parts.slice(at));
      path.push(part.value);
      document = memberOf(document, part.value);
      if (index.entry(path) !== undefined) return this.#throughRule(path, term.parts.slice(at + 1));
      if (document.there === undefined && index.below(path) === undefined) {
        this.#unknownDocument(path, part);
        return ANY;
      }
    }
    return index.below(path) === undefined ? (document.said ?? document.there ?? ANY) : ANY;
  }

  #throughRule(path: readonly string[], parts: readonly TermIR[]): Type {
    const { index, rules } = this.#context;
    const isKnown = this.#isAsWritten && index.below(path) === undefined;
    let type = isKnown ? rules.typeOf(path) : ANY;
    for (const part of parts) type = this.#step(type, part, "");
    return type;
  }

  /** From a path on that is not constant. */
  #dynamicReference(
    path: readonly string[],
    { there, said }: Document,
    parts: readonly TermIR[],
  ): Type {
    const isBase = there !== undefined && this.#context.index.below(path) === undefined;
    // What a schema says of documents is as good as what one says of the input.
    if (isBase && said !== undefined && said !== there)
      return parts.reduce((at, part) => this.#step(at, part, ""), said);
    for (const part of parts) this.#step(ANY, part, "");
    return isBase ? this.#throughData(there, parts) : ANY;
  }

  #throughData(type: Type, parts: readonly TermIR[]): Type {
    return parts.reduce<Type>((at, part) => {
      if (part.kind === "string") return ownProperty(at, part.value) ?? ANY;
      return membersOf(at)?.item ?? ANY;
    }, type);
  }

  #unknownDocument(path: readonly string[], part: TermIR): void {
    const around = path.slice(0, -1);
    const last = path.at(-1) ?? "";
    const known = [
      ...(this.#context.index.below(around) ?? []),
      ...dataKeys(this.#context.base, around),
    ];
    const near = suggest(last, known);
    const help =
      near === undefined ? undefined : `did you mean \`${["data", ...around, near].join(".")}\`?`;
    const params = { path: ["data", ...path].join(".") };
    this.#context.diagnostics.push(diagnostic("E0210", params, part.span, { help }));
  }

  #call(term: Extract<TermIR, { kind: "call" }>): Type {
    const types = term.args.map((arg) => this.term(arg));
    if (term.target.kind === "function") {
      this.#context.rules.noteCall(term.target.path, term.args);
      return ANY;
    }
    const { name } = term.target;
    const [a, b] = term.args;
    const [typeA = ANY, typeB = ANY] = types;
    const compares = COMPARISONS.has(name) && this.#context.isLikeOpa !== true;
    if (compares && a !== undefined && b !== undefined) this.#compare(a, b, typeA, typeB, name);
    const asksMembers = name === "internal.member_2" && this.#context.isLikeOpa !== true;
    if (asksMembers && a !== undefined && b !== undefined) {
      const members = membersOf(typeB);
      if (members === undefined) this.#report("E0304", { found: showType(typeB) }, b);
      else {
        const outside = checkMembers({ term: a, type: typeA }, b);
        this.#context.diagnostics.push(...outside);
        if (outside.length === 0) this.#compare(a, b, typeA, members.item);
      }
    }
    if (name === "object.get" && a !== undefined && b !== undefined) this.#lookUp(a, b, typeA);
    const builtin = this.#context.builtins.get(name);
    if (builtin === undefined) return ANY;
    if (name !== "internal.member_2" && name !== "internal.member_3")
      this.#checkArgs(term, name, builtin.args, types);
    return fromBuiltin(builtin.result);
  }

  /** The keys of `object.get(from, keys, …)` are those of a reference, but for what is missing. */
  #lookUp(from: TermIR, keys: TermIR, type: Type): void {
    if (this.#context.isLikeOpa === true) return;
    const isInput = from.kind === "ref" && from.root === "input";
    const parts = isInput
      ? from.parts.map((part) => (part.kind === "string" ? part.value : ""))
      : [];
    let path = isInput && !parts.includes("") ? ["input", ...parts].join(".") : "";
    let at = type;
    for (const key of keys.kind === "array" ? keys.items : [keys]) {
      if (key.kind !== "string") return;
      at = this.#step(at, key, path);
      path = path === "" ? "" : `${path}.${key.value}`;
    }
  }

  #checkArgs(
    term: Extract<TermIR, { kind: "call" }>,
    name: string,
    declared: readonly BuiltinType[],
    types: readonly Type[],
  ): void {
    term.args.forEach((arg, index) => {
      const type = types[index] ?? ANY;
      const expected = declared[index] === undefined ? ANY : fromBuiltin(declared[index]);
      if (overlaps(type, expected)) return;
      const params = {
        name: OPERATOR_TEXT[name] ?? name,
        index: index + 1,
        expected: showType(expected),
        found: showType(type),
      };
      this.#context.diagnostics.push(diagnostic("E0302", params, arg.span));
    });
  }

  /** To OPA `a == b` is an equation where it is a condition, and a call of any values where it is an operand. */
  #asEquation(term: TermIR): void {
    if (term.kind !== "call" || term.target.kind !== "builtin" || term.target.name !== "equal")
      return;
    const [a, b] = term.args;
    if (a !== undefined && b !== undefined) this.#compare(a, b, a.type, b.type);
  }

  #compare(a: TermIR, b: TermIR, typeA: Type, typeB: Type, name = "equal"): void {
    const [left, right] =
      this.#context.isLikeOpa === true ? [widen(typeA), widen(typeB)] : [typeA, typeB];
    const found = checkComparison({ term: a, type: left }, { term: b, type: right }, name);
    if (found !== undefined) this.#context.diagnostics.push(found);
  }

  #members(type: Type, at: TermIR): { readonly key: Type; readonly item: Type } {
    const members = membersOf(type);
    if (members === undefined) this.#report("E0304", { found: showType(type) }, at);
    return members ?? { key: ANY, item: ANY };
  }

  #report(code: "E0304", params: { found: string }, at: TermIR): void {
    this.#context.diagnostics.push(diagnostic(code, params, at.span));
  }
}

/** The one text that a value can be. */
function onlyText(type: Type): string | undefined {
  return type.kind === "string" && type.values?.length === 1 ? type.values[0] : undefined;
}

function setType(term: TermIR, type: Type): void {
  // SAFETY: terms are made by this package with a type to be filled in here, before anyone else sees them.
  (term as { type: Type }).type = type;
}

/** The input's path that a `with` replaces, as if it were read. */
function inputReference({ path, span }: Extract<WithIR, { kind: "input" | "data" }>): TermIR {
  const parts = path.map((value): TermIR => ({ kind: "string", value, type: ANY, span }));
  return { kind: "ref", root: "input", parts, type: ANY, span };
}
