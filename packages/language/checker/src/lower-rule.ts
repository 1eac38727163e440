// From AST to IR, a rule at a time: names are resolved, operators become calls, bodies are ordered.

import { type Diagnostic, diagnostic, type Span } from "@writ/diagnostics";
import {
  ANY,
  builtinCall,
  constantPath,
  type DocumentIR,
  isPattern,
  negateStatements,
  pathReference,
  patternVars,
  type RuleIR,
  type StatementIR,
  splitEquation,
  splitHeads,
  splitStatement,
  type TermIR,
  trueAt,
  type VarId,
  type WithIR,
} from "@writ/ir";
import {
  type Body,
  type ElseBranch,
  type Expression,
  INFIX_FUNCTIONS,
  type Name,
  type Statement,
  type Term,
  type WithModifier,
} from "@writ/syntax";
import { findRedeclared } from "./declarations.ts";
import { jsonTerm, metadataOf } from "./metadata.ts";
import type { ModuleNames } from "./module-names.ts";
import { type ClosureLocals, missingOf, orderBody, outputs } from "./order.ts";
import type { IndexedRule } from "./rule-index.ts";
import { ruleKey } from "./rule-key.ts";
import { collectPattern, declaredNames, mentions, Scope, usedNames, visitTerm } from "./scope.ts";
import { unusedVariables } from "./unused-variables.ts";

export function lowerRule(
  indexed: IndexedRule,
  id: string,
  names: ModuleNames,
  diagnostics: Diagnostic[],
): RuleIR {
  return new RuleLowering(indexed, names, diagnostics).lower(id);
}

/** A parameter that must be computed: the variable that takes what is given, and what it must equal. */
interface ComputedParam {
  readonly left: TermIR;
  readonly arg: Term;
}

interface ClosureOptions {
  readonly heads: readonly Term[];
  readonly given: readonly VarId[];
}

interface Closure {
  readonly body: readonly StatementIR[];
  readonly heads: readonly TermIR[];
}

/** By bodies, each of which is one rule's. */
const locals: ClosureLocals = new WeakMap();

class RuleLowering {
  readonly #indexed: IndexedRule;
  readonly #names: ModuleNames;
  readonly #diagnostics: Diagnostic[];
  readonly #root = new Scope();
  readonly #unsafe = new Set<VarId>();
  #isHead = false;

  constructor(indexed: IndexedRule, names: ModuleNames, diagnostics: Diagnostic[]) {
    this.#indexed = indexed;
    this.#names = names;
    this.#diagnostics = diagnostics;
  }

  lower(id: string): RuleIR {
    const { rule, module, path, kind, isTest } = this.#indexed;
    const { head } = rule;
    const shared = this.#root;
    // The body has a scope of its own, and so has each `else`: what they share are the arguments.
    const scope = new Scope(shared);
    this.#diagnostics.push(...findRedeclared(rule, (name) => this.#names.means(name)));
    const argNames: Name[] = [];
    for (const arg of head.args ?? []) collectPattern(arg, argNames);
    for (const name of argNames)
      if (!shared.declares(name.name) && name.name !== "_")
        shared.declare(name.name, name.span, false);
    const headTerms = [
      ...(head.args ?? []),
      ...head.ref.slice(1).map(({ term }) => term),
      ...(head.element ? [head.element] : []),
      ...(head.value ? [head.value] : []),
    ];
    const ownStatements = this.#statements(rule.body ?? [], scope, headTerms);
    const { params, computed } = this.#params(head.args ?? [], scope);
    const statements = [...this.#equations(computed, scope), ...ownStatements];
    const keyTerms =
      kind === "object" ? head.ref.slice(path.length - module.package.path.length) : [];
    const keys = this.#afterBody(() => keyTerms.map(({ term }) => this.#term(term, scope)));
    const [element, value = trueAt(head.span)] = this.#afterBody(() =>
      [head.element, head.value].map((term) => term && this.#term(term, scope)),
    );

    const bound = new Set<VarId>(params.flatMap((param) => patternVars(param)));
    const afterParams = new Set(bound);
    const ordered = this.#order(statements, bound, [
      ...keys,
      value,
      ...(element === undefined ? [] : [element]),
    ]);
    const { body, heads } = ordered;
    const elses = rule.elses.map((branch) =>
      this.#else(branch, shared, new Set(afterParams), computed),
    );
    this.#report();
    return {
      id,
      path,
      package: module.package.path,
      kind,
      isDefault: rule.isDefault,
      isTest,
      vars: scope.vars.map(({ name, span }) => ({ name, span })),
      params,
      keys: heads.slice(0, keys.length),
      ...(element === undefined ? {} : { element: heads.at(-1) as TermIR }),
      value: heads[keys.length] as TermIR,
      body,
      elses,
      metadata: metadataOf(this.#indexed),
      span: rule.span,
      headSpan: head.span,
    };
  }

  /** A parameter that must be computed to be compared is a variable and an equation of the body. */
  #params(
    args: readonly Term[],
    scope: Scope,
  ): { readonly params: readonly TermIR[]; readonly computed: readonly ComputedParam[] } {
    const computed: ComputedParam[] = [];
    const params = args.map((arg) => {
      const term = this.#term(arg, scope);
      if (isPattern(term)) return term;
      const { span } = arg;
      const left: TermIR = { kind: "var", id: scope.fresh("_", span), type: ANY, span };
      computed.push({ left, arg });
      return left;
    });
    return { params, computed };
  }

  /** What is computed may name variables of a body, and each branch has its own. */
  #equations(computed: readonly ComputedParam[], scope: Scope): readonly StatementIR[] {
    return computed.map(({ left, arg }) => {
      const right = this.#term(arg, scope);
      return { kind: "unify", left, right, span: arg.span };
    });
  }

  #else(
    branch: ElseBranch,
    outer: Scope,
    bound: Set<VarId>,
    computed: readonly ComputedParam[],
  ): RuleIR["elses"][number] {
    const scope = new Scope(outer);
    const value = branch.value;
    const headTerms = [...computed.map(({ arg }) => arg), ...(value === undefined ? [] : [value])];
    const statements = this.#statements(branch.body ?? [], scope, headTerms);
    const equations = this.#equations(computed, scope);
    const lowered =
      value === undefined ? trueAt(branch.span) : this.#afterBody(() => this.#term(value, scope));
    const { body, heads } = this.#order([...equations, ...statements], bound, [lowered]);
    return { value: heads[0] as TermIR, body, span: branch.span };
  }

  /** A head is written before its body and means what it does after it. */
  #afterBody<T>(lower: () => T): T {
    return this.#lowering(true, lower);
  }

  #lowering<T>(isHead: boolean, lower: () => T): T {
    const outer = this.#isHead;
    this.#isHead = isHead;
    const lowered = lower();
    this.#isHead = outer;
    return lowered;
  }

  readonly #fresh = (span: Span): VarId => this.#root.fresh("_", span);

  /** Where statements wait for each other, the calls of a head do not wait for all of them: nor in OPA. */
  #order(statements: readonly StatementIR[], bound: Set<VarId>, heads: readonly TermIR[]): Closure {
    const split = (statement: StatementIR): readonly StatementIR[] =>
      splitStatement(statement, this.#fresh);
    const finish = (statement: StatementIR, known: ReadonlySet<VarId>): readonly StatementIR[] => {
      const parts = splitEquation(statement, this.#fresh);
      return parts.length === 1 || this.#root.vars.length === 0
        ? parts
        : orderBody(parts, new Set(known), locals).body;
    };
    // Without variables nothing waits.
    if (this.#root.vars.length === 0)
      return { body: statements.flatMap((statement) => finish(statement, bound)), heads };
    const options = { split, finish };
    const before = new Set(bound);
    let body = orderBody(statements, bound, locals, options);
    let own = heads;
    // `p[x] := q[x]`: what one part of a head looks up may bind what another needs.
    const isOpen = heads.some((head) => missingOf(head, bound, locals).length > 0);
    if (body.hasWaited || isOpen) {
      const lifted = splitHeads(heads, this.#fresh);
      own = lifted.heads;
      body = orderBody([...statements, ...lifted.before], before, locals, options);
      for (const id of before) bound.add(id);
    }
    for (const id of body.unsafe) this.#unsafe.add(id);
    for (const id of body.unsafe) bound.add(id);
    for (const head of own) this.#checkHead(head, bound);
    return { body: body.body, heads: own };
  }

  #checkHead(term: TermIR, bound: Set<VarId>): void {
    for (const id of missingOf(term, bound, locals)) this.#unsafe.add(id);
    for (const id of outputs(term)) bound.add(id);
  }

  #report(): void {
    for (const id of this.#unsafe) {
      const variable = this.#root.vars[id];
      if (variable === undefined) continue;
      const { name, span } = variable;
      const help =
        name === "_"
          ? "under `not` nothing can be tried one by one: put it in a helper rule, or use `every`"
          : this.#names.helpWithName(name);
      this.#diagnostics.push(diagnostic("E0204", { name }, span, { help }));
    }
    const exempt = !this.#names.isLikeOpa;
    this.#diagnostics.push(...unusedVariables(this.#indexed.rule, this.#root.vars, { exempt }));
  }

  /** Declares what the body declares and uses, then lowers its statements. */
  #statements(body: Body, scope: Scope, headTerms: readonly Term[]): readonly StatementIR[] {
    const used: Name[] = [...usedNames(body)];
    for (const term of headTerms) visitTerm(term, used);
    const isUsed = (name: string): boolean => used.some((other) => other.name === name);
    for (const { name, span, from, isOnlyNamed } of declaredNames(body)) {
      // What `some x` names and only closures use is a variable of each closure.
      const isTheirs = isOnlyNamed === true && !isUsed(name) && mentions(body, name);
      if (!isTheirs && !scope.declares(name)) scope.declare(name, span, true, from);
    }
    for (const { name, span } of used) {
      if (
        name !== "_" &&
        scope.lookup(name, span.start) === undefined &&
        this.#names.resolve(name) === undefined
      ) {
        scope.declare(name, span, false);
      }
    }
    return body.flatMap((statement) => this.#statement(statement, scope));
  }

  #statement(statement: Statement, scope: Scope): readonly StatementIR[] {
    const lowered = this.#expression(statement.expression, scope, statement.span);
    if (statement.withs.length === 0) return lowered;
    const targets = statement.withs.flatMap((modifier) => this.#with(modifier, scope));
    // Each by itself: what one binds another may wait for.
    return lowered.map((inner) => ({
      kind: "with",
      targets,
      body: [inner],
      span: statement.span,
    }));
  }

  #expression(expression: Expression, scope: Scope, span: Span): readonly StatementIR[] {
    switch (expression.kind) {
      case "not": {
        const inner = expression.expression;
        return negateStatements(
          this.#expression(inner, scope, inner.span),
          expression.span,
          this.#fresh,
        );
      }
      case "some":
        return [];
      case "some-in": {
        const key = expression.key === undefined ? {} : { key: this.#term(expression.key, scope) };
        const value = this.#term(expression.value, scope);
        const collection = this.#term(expression.collection, scope);
        return [{ kind: "scan", ...key, value, collection, span: expression.span }];
      }
      case "every":
        return [this.#every(expression, scope)];
      case "assign":
      case "unify": {
        const left = this.#term(expression.left, scope);
        const right = this.#term(expression.right, scope);
        return [{ kind: "unify", left, right, span: expression.span }];
      }
      case "call":
        return this.#callStatement(expression, scope, span);
      default:
        return [{ kind: "expression", term: this.#term(expression, scope), span }];
    }
  }

  /** `f(x, y)` with one argument more than `f` takes gives `y` the result. `print` says nothing about the policy. */
  #callStatement(
    call: Extract<Term, { kind: "call" }>,
    scope: Scope,
    span: Span,
  ): readonly StatementIR[] {
    if (call.operator.length === 1 && call.operator[0]?.name === "print") {
      // What is only printed is used all the same.
      const printed = this.#print(call, scope, span);
      return this.#names.keepsPrint ? [printed] : [];
    }
    const signature = this.#names.callable(call.operator, scope);
    if (signature === undefined || call.args.length !== signature.arity + 1) {
      return [{ kind: "expression", term: this.#term(call, scope), span }];
    }
    const result = this.#term(call.args.at(-1) as Term, scope);
    const right = this.#term({ ...call, args: call.args.slice(0, -1) }, scope);
    return [{ kind: "unify", left: result, right, isCall: true, span }];
  }

  /** What is undefined is printed, too, and must not end the body: each argument is a set of its values. */
  #print(call: Extract<Term, { kind: "call" }>, scope: Scope, span: Span): StatementIR {
    const sets = call.args.map((arg): Term => {
      const name: Term = { kind: "var", name: "$value", span: arg.span };
      const assign = { kind: "assign", left: name, right: arg, span: arg.span } as const;
      const statement = {
        kind: "statement",
        expression: assign,
        withs: [],
        span: arg.span,
      } as const;
      return { kind: "set-comprehension", value: name, body: [statement], span: arg.span };
    });
    const list: Term = { kind: "array", items: sets, span };
    return {
      kind: "expression",
      term: builtinCall("internal.print", [this.#term(list, scope)], span),
      span,
    };
  }

  #every(expression: Extract<Expression, { kind: "every" }>, outer: Scope): StatementIR {
    const domain = this.#term(expression.domain, outer);
    const scope = this.#closureScope(outer);
    const first = scope.vars.length;
    const key = expression.key === undefined ? undefined : this.#declareName(expression.key, scope);
    const value = this.#declareName(expression.value, scope);
    const given = key === undefined ? [value] : [key, value];
    const { body } = this.#closure(expression.body, scope, first, { heads: [], given });
    return {
      kind: "every",
      ...(key === undefined ? {} : { key }),
      value,
      domain,
      body,
      span: expression.span,
    };
  }

  #declareName({ name, span }: Name, scope: Scope): VarId {
    return name === "_" ? scope.fresh(name, span) : scope.declare(name, span, false);
  }

  /**
   * A body with variables of its own: those from `first` on, of which `given` are bound before it. What is
   * outside counts as bound; the statement around the closure needs it to be.
   */
  #closure(body: Body, scope: Scope, first: number, { heads, given }: ClosureOptions): Closure {
    const statements = this.#lowering(false, () => this.#statements(body, scope, heads));
    const loweredHeads = this.#afterBody(() => heads.map((head) => this.#term(head, scope)));
    const bound = new Set<VarId>(given);
    for (let id = 0; id < first; id += 1) bound.add(id);
    const closure = this.#order(statements, bound, loweredHeads);
    const own = new Set<VarId>();
    for (let id = first; id < scope.vars.length; id += 1) own.add(id);
    locals.set(closure.body, own);
    return closure;
  }

  /** Within a closure, what is declared around it counts by where it stands; in a head all of it is before. */
  #closureScope(outer: Scope): Scope {
    return new Scope(outer, { isAfter: this.#isHead });
  }

  #with(modifier: WithModifier, scope: Scope): readonly WithIR[] {
    const target = this.#term(modifier.target, scope, true);
    const { span } = modifier.target;
    if (
      target.kind === "ref" &&
      target.root === "input" &&
      target.parts.every(({ kind }) => kind === "string")
    ) {
      return [
        {
          kind: "input",
          path: constantPath(target),
          value: this.#term(modifier.value, scope),
          span,
        },
      ];
    }
    const callable = this.#names.callable(nameParts(modifier.target), scope);
    if (callable !== undefined) {
      const replacement = this.#names.callable(nameParts(modifier.value), scope);
      if (replacement !== undefined && replacement.arity !== callable.arity) {
        const name = nameParts(modifier.value)
          .map((part) => part.name)
          .join(".");
        const expected = argumentsText(replacement.arity);
        const params = { name, expected, found: callable.arity };
        this.#diagnostics.push(diagnostic("E0207", params, modifier.value.span));
      }
      const value = replacement?.target ?? this.#standIn(this.#term(modifier.value, scope));
      return [{ kind: "function", target: callable.target, value }];
    }
    if (
      target.kind === "ref" &&
      target.root === "data" &&
      target.parts.every(({ kind }) => kind === "string")
    ) {
      return [
        {
          kind: "data",
          path: constantPath(target),
          value: this.#term(modifier.value, scope),
          span,
        },
      ];
    }
    this.#diagnostics.push(diagnostic("E0211", {}, span));
    return [];
  }

  /** What stands in for a function: what rules say is asked for where the function is called. */
  #standIn(term: TermIR): TermIR | DocumentIR {
    if (term.kind !== "ref" || term.root !== "data") return term;
    const path = constantPath(term);
    const isWhole = path.length === term.parts.length && this.#names.isDocument(path);
    return isWhole ? { kind: "document", path } : term;
  }

  #term(term: Term, scope: Scope, isTarget = false): TermIR {
    const { span } = term;
    switch (term.kind) {
      case "null":
        return { kind: "null", type: ANY, span };
      case "boolean":
      case "string":
        return { kind: term.kind, value: term.value, type: ANY, span } as TermIR;
      case "number":
        return { kind: "number", text: term.text, type: ANY, span };
      case "var":
        return this.#variable(term, scope);
      case "ref":
        return this.#reference(term, scope);
      case "call":
        return isTarget ? { kind: "null", type: ANY, span } : this.#call(term, scope);
      default:
        return this.#composite(term, scope);
    }
  }

  #composite(
    term: Exclude<
      Term,
      { kind: "null" | "boolean" | "string" | "number" | "var" | "ref" | "call" }
    >,
    scope: Scope,
  ): TermIR {
    const { span } = term;
    const lower = (inner: Term): TermIR => this.#term(inner, scope);
    switch (term.kind) {
      case "template":
        return {
          kind: "template",
          parts: term.parts.map((part) =>
            typeof part === "string" ? part : this.#templatePart(part, scope),
          ),
          type: ANY,
          span,
        };
      case "array":
      case "set":
        return { kind: term.kind, items: term.items.map(lower), type: ANY, span };
      case "object":
        return {
          kind: "object",
          entries: lastOfEach(
            term.entries.map(([key, value]) => [lower(key), lower(value)] as const),
          ),
          type: ANY,
          span,
        };
      case "infix":
        return builtinCall(
          INFIX_FUNCTIONS[term.operator],
          [lower(term.left), lower(term.right)],
          span,
        );
      case "in": {
        const args = [lower(term.value), lower(term.collection)];
        return term.key === undefined
          ? builtinCall("internal.member_2", args, span)
          : builtinCall("internal.member_3", [lower(term.key), ...args], span);
      }
      default:
        return this.#comprehension(term, scope);
    }
  }

  #templatePart(body: Body, scope: Scope): TermIR {
    const last = body.at(-1);
    const expression = last?.expression;
    if (last !== undefined && last.withs.length > 0) return this.#term(statementValue(last), scope);
    const [statement] =
      expression === undefined ? [] : this.#expression(expression, scope, expression.span);
    return statement?.kind === "expression"
      ? statement.term
      : { kind: "null", type: ANY, span: body[0]?.span ?? this.#indexed.rule.span };
  }

  #comprehension(term: Extract<Term, { body: Body }>, outer: Scope): TermIR {
    const scope = this.#closureScope(outer);
    const first = scope.vars.length;
    const isObject = term.kind === "object-comprehension";
    const { body, heads } = this.#closure(term.body, scope, first, {
      heads: isObject ? [term.key, term.value] : [term.value],
      given: [],
    });
    const form = term.kind === "array-comprehension" ? "array" : isObject ? "object" : "set";
    const value = heads.at(-1) as TermIR;
    const key = isObject ? { key: heads[0] as TermIR } : {};
    return { kind: "comprehension", form, ...key, value, body, type: ANY, span: term.span };
  }

  #variable(term: Extract<Term, { kind: "var" }>, scope: Scope): TermIR {
    const { name, span } = term;
    if (name === "_")
      return { kind: "var", id: scope.fresh(name, span), wildcard: true, type: ANY, span };
    const id = scope.lookup(name, this.#isHead ? Number.POSITIVE_INFINITY : span.start);
    if (id !== undefined) {
      const variable = scope.vars[id];
      if (variable !== undefined) variable.uses += 1;
      return { kind: "var", id, type: ANY, span };
    }
    const path = this.#names.resolve(name);
    if (path !== undefined) return pathReference(path, span);
    return { kind: "var", id: scope.declare(name, span, false), type: ANY, span };
  }

  #reference(term: Extract<Term, { kind: "ref" }>, scope: Scope): TermIR {
    const root = this.#term(term.head, scope);
    const parts = term.parts.map((part) => this.#term(part.term, scope));
    const { span } = term;
    // Only a name's own path is extended; a composite or a local is a value to look into.
    if (root.kind === "ref" && term.head.kind === "var")
      return {
        kind: "ref",
        root: root.root,
        parts: root.parts.length === 0 ? parts : [...root.parts, ...parts],
        type: ANY,
        span,
      };
    return { kind: "ref", root, parts, type: ANY, span };
  }

  #call(term: Extract<Term, { kind: "call" }>, scope: Scope): TermIR {
    const { operator, span } = term;
    const args = term.args.map((arg) => this.#term(arg, scope));
    const signature = this.#names.callable(operator, scope);
    const name = operator.map((part) => part.name).join(".");
    if (args.length === 0 && name.startsWith("rego.metadata.")) {
      const found = this.#names.metadata(name, this.#indexed);
      if (found !== undefined) return jsonTerm(found, span);
    }
    const nameSpan = { ...span, end: operator.at(-1)?.span.end ?? span.end };
    if (signature === undefined) {
      const help = this.#names.helpWithCallable(name);
      this.#diagnostics.push(diagnostic("E0202", { name }, nameSpan, { help }));
      return { kind: "call", target: { kind: "builtin", name }, args, type: ANY, span };
    }
    if (args.length !== signature.arity) {
      const expected = argumentsText(signature.arity);
      this.#diagnostics.push(diagnostic("E0207", { name, expected, found: args.length }, nameSpan));
    }
    const call: TermIR = { kind: "call", target: signature.target, args, type: ANY, span };
    if (!signature.isRelation) return call;
    const id = scope.fresh("_", span);
    const any: TermIR = { kind: "var", id, wildcard: true, type: ANY, span };
    return { kind: "ref", root: call, parts: [any], type: ANY, span };
  }
}

/** Of two values under one constant the later one counts, as in OPA; where keys are worked out that is a conflict. */
function lastOfEach<Entry extends readonly [TermIR, TermIR]>(
  entries: readonly Entry[],
): readonly Entry[] {
  const byKey = new Map<string, Entry>();
  for (const [index, entry] of entries.entries()) {
    const [key] = entry;
    const isConstant = ["string", "boolean", "null", "number"].includes(key.kind);
    const isWhole = key.kind === "number" && /^-?\d{1,15}(?:\.0+)?$/.test(key.text);
    const name = isWhole ? `number ${Number(key.text)}` : ruleKey(key);
    const id = isConstant ? name : `entry ${index}`;
    byKey.delete(id);
    byKey.set(id, entry);
  }
  return byKey.size === entries.length ? entries : [...byKey.values()];
}

/** The value of a statement with modifiers, as a term: `[v | v := statement][0]`. */
function statementValue(statement: Statement): Term {
  const { span, expression } = statement;
  const name: Term = { kind: "var", name: "$value", span };
  const assign = { kind: "assign", left: name, right: expression as Term, span } as const;
  const body = [{ ...statement, expression: assign }];
  const first: Term = { kind: "number", text: "0", span };
  const head: Term = { kind: "array-comprehension", value: name, body, span };
  return { kind: "ref", head, parts: [{ term: first, dot: false, span }], span };
}

function argumentsText(count: number): string {
  return count === 1 ? "one argument" : `${count} arguments`;
}

function nameParts(term: Term): readonly Name[] {
  if (term.kind === "var") return [term];
  if (term.kind !== "ref" || term.head.kind !== "var") return [];
  const parts = term.parts.map(({ term: part, span }) =>
    part.kind === "string" ? { name: part.value, span } : undefined,
  );
  return parts.includes(undefined) ? [] : [term.head, ...(parts as Name[])];
}
