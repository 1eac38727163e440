// Turns the expressions, patterns and statements of a plan into closures, once, when a policy is
// loaded; no code is generated from text. A frame is an array of slots. A body becomes one closure that
// calls what follows it for every solution and stops when that answers true. What a slot holds is only
// read after it was set (the compiler orders it so), so backtracking needs no undoing.

import type { BuiltinTable } from "./builtin.ts";
import { callBuiltin } from "./call-builtin.ts";
import {
  DuplicateKey,
  getMember,
  makeObject,
  makeSet,
  memberCount,
  someMember,
} from "./collection.ts";
import { decodeConstant } from "./constant.ts";
import type { Documents } from "./documents.ts";
import {
  type Evaluation,
  EvaluationError,
  functionKey,
  replaceAt,
  type Scope,
} from "./evaluation.ts";
import {
  type DocumentReference,
  documentAt,
  type LinkedReference,
  linkDocument,
  linkNames,
} from "./link-document.ts";
import type { Continue, ExprFn, Frame } from "./linked.ts";
import { textSteps } from "./meter.ts";
import { probed, type Watch, watchBody } from "./observe.ts";
import { equalValues } from "./order.ts";
import type { DocumentRef, Expr, FunctionRef, Pattern, Replacement, Stmt } from "./plan.ts";
import { regoText } from "./rego-text.ts";
import { withinLimit } from "./text-limit.ts";
import { isArray, objectEntries, type Value } from "./value.ts";

type MatchFn = (value: Value, frame: Frame, evaluation: Evaluation) => boolean;

/** What linking needs to know of the rest of the policy. */
export interface LinkContext {
  readonly documents: Documents;
  readonly builtins: BuiltinTable;
  /** Adds a slot for an accumulator to the frame being linked. */
  readonly slots: { count: number };
  /** Only when the evaluation is watched. */
  readonly watch?: Watch | undefined;
}

export function linkExpr(expr: Expr, context: LinkContext): ExprFn {
  switch (expr.op) {
    case "const": {
      const value = decodeConstant(expr.value);
      return () => value;
    }
    case "slot": {
      const { slot } = expr;
      return (frame) => frame[slot] as Value | undefined;
    }
    case "input":
      return (_frame, evaluation) => evaluation.scope.input;
    case "doc": {
      const read = context.documents.reader(expr.path);
      return (_frame, evaluation) => read(evaluation);
    }
    case "get": {
      const document = documentAt(expr);
      return document === undefined
        ? linkGet(linkExpr(expr.from, context), linkExpr(expr.key, context))
        : linkDocument(linkKeys(document, context), context.documents);
    }
    case "array":
      return linkItems(expr.items, context, (items) => items);
    case "set":
      return linkItems(expr.items, context, makeSet);
    case "object":
      return linkObject(expr.entries, context);
    case "comprehension":
      return linkComprehension(expr, context);
    case "call":
      return linkCall({ builtin: expr.name }, expr.args, context);
    case "apply":
      return linkCall({ rule: expr.path }, expr.args, context);
    case "template":
      return linkTemplate(expr.parts, context);
  }
}

/** A body as one closure: `then` is called for each solution, and true from it ends the search. */
export function linkBody(body: readonly Stmt[], context: LinkContext, then: Continue): Continue {
  if (context.watch === undefined) return linkStatements(body, context, then);
  return watchBody(body, context.watch).reduceRight<Continue>((next, { stmts, watch, probe }) => {
    const link = (after: Continue): Continue => linkStatements(stmts, { ...context, watch }, after);
    return probe === undefined ? link(next) : probed(probe, next, link);
  }, then);
}

function linkStatements(body: readonly Stmt[], context: LinkContext, then: Continue): Continue {
  return body.reduceRight<Continue>((next, stmt) => linkStmt(stmt, context, next), then);
}

function linkStmt(stmt: Stmt, context: LinkContext, next: Continue): Continue {
  switch (stmt.op) {
    case "check": {
      const expr = linkExpr(stmt.expr, context);
      return (frame, evaluation) => {
        const value = expr(frame, evaluation);
        return value !== undefined && value !== false && next(frame, evaluation);
      };
    }
    case "match": {
      const expr = linkExpr(stmt.expr, context);
      const matches = linkPattern(stmt.pattern, context);
      return (frame, evaluation) => {
        const value = expr(frame, evaluation);
        return value !== undefined && matches(value, frame, evaluation) && next(frame, evaluation);
      };
    }
    case "scan": {
      const from = linkExpr(stmt.from, context);
      const matchesKey = linkPattern(stmt.key, context);
      const matchesValue = linkPattern(stmt.value, context);
      const scan: Continue = (frame, evaluation) => {
        const collection = from(frame, evaluation);
        if (collection === undefined) return false;
        return someMember(collection, (key, value) => {
          evaluation.step(1);
          return (
            matchesKey(key, frame, evaluation) &&
            matchesValue(value, frame, evaluation) &&
            next(frame, evaluation)
          );
        });
      };
      const document = documentAt(stmt.from);
      if (document === undefined) return scan;
      const namesOf = linkNames(linkKeys(document, context), context.documents);
      return (frame, evaluation) => {
        const found = namesOf(frame, evaluation);
        if (found === undefined) return scan(frame, evaluation);
        return found.names.some((name) => {
          evaluation.step(1);
          if (!matchesKey(name, frame, evaluation)) return false;
          if (stmt.keysOnly === true) return next(frame, evaluation);
          const value = context.documents.value([...found.path, name], evaluation);
          return (
            value !== undefined && matchesValue(value, frame, evaluation) && next(frame, evaluation)
          );
        });
      };
    }
    case "not": {
      const body = linkBody(stmt.body, context, () => true);
      return (frame, evaluation) => !body(frame, evaluation) && next(frame, evaluation);
    }
    case "every":
      return linkEvery(stmt, context, next);
    case "with":
      return linkWith(stmt.replace, stmt.body, context, next);
  }
}

function linkEvery(
  stmt: Extract<Stmt, { op: "every" }>,
  context: LinkContext,
  next: Continue,
): Continue {
  const domain = linkExpr(stmt.domain, context);
  const body = linkBody(stmt.body, context, () => true);
  const { key: keySlot, value: valueSlot } = stmt;
  return (frame, evaluation) => {
    const collection = domain(frame, evaluation);
    if (collection === undefined || memberCount(collection) === undefined) return false;
    const fails = someMember(collection, (key, value) => {
      evaluation.step(1);
      if (keySlot !== undefined) frame[keySlot] = key;
      frame[valueSlot] = value;
      return !body(frame, evaluation);
    });
    return !fails && next(frame, evaluation);
  };
}

function linkWith(
  replacements: readonly Replacement[],
  body: readonly Stmt[],
  context: LinkContext,
  next: Continue,
): Continue {
  const linked = replacements.map((replacement) => linkReplacement(replacement, context));
  // What follows the statement runs in the scope around it; the scope within comes back on backtracking.
  const run = linkBody(body, context, (frame, evaluation) => {
    const within = evaluation.scope;
    evaluation.scope = within.around ?? within;
    const stop = next(frame, evaluation);
    evaluation.scope = within;
    return stop;
  });
  return (frame, evaluation) => {
    const around = evaluation.scope;
    const within = openScope(linked, frame, evaluation);
    if (within === undefined) return false;
    evaluation.scope = within;
    const stop = run(frame, evaluation);
    evaluation.scope = around;
    return stop;
  };
}

/** The scope with the replacements made; undefined when one of their values is. */
function openScope(
  replacements: readonly LinkedReplacement[],
  frame: Frame,
  evaluation: Evaluation,
): Scope | undefined {
  const around = evaluation.scope;
  let { input, data, mocks } = around;
  for (const replacement of replacements) {
    if (replacement.kind === "function" && replacement.by !== undefined) {
      mocks = new Map(mocks).set(replacement.key, replacement.by);
      continue;
    }
    const by = replacement.value(frame, evaluation);
    if (by === undefined) return undefined;
    if (replacement.kind === "input") input = replaceAt(input, replacement.path, by);
    else if (replacement.kind === "data") data = [...data, { path: replacement.path, value: by }];
    else if (replacement.kind === "function")
      mocks = new Map(mocks).set(replacement.key, { result: by });
  }
  return { around, input, data, mocks, cache: new Map(), active: new Set(around.active) };
}

type LinkedReplacement =
  | { readonly kind: "input"; readonly path: readonly string[]; readonly value: ExprFn }
  | { readonly kind: "data"; readonly path: readonly string[]; readonly value: ExprFn }
  | { readonly kind: "function"; readonly key: string; readonly by: FunctionRef | DocumentRef }
  | {
      readonly kind: "function";
      readonly key: string;
      readonly by?: never;
      readonly value: ExprFn;
    };

function linkReplacement(replacement: Replacement, context: LinkContext): LinkedReplacement {
  if (replacement.target !== "function") {
    const { target: kind, path } = replacement;
    return { kind, path, value: linkExpr(replacement.value, context) } as LinkedReplacement;
  }
  const key = functionKey(replacement.function);
  return "value" in replacement.by
    ? { kind: "function", key, value: linkExpr(replacement.by.value, context) }
    : { kind: "function", key, by: replacement.by };
}

export function linkPattern(pattern: Pattern, context: LinkContext): MatchFn {
  switch (pattern.op) {
    case "any":
      return () => true;
    case "bind": {
      const { slot } = pattern;
      return (value, frame) => {
        frame[slot] = value;
        return true;
      };
    }
    case "equal": {
      const to = linkExpr(pattern.to, context);
      return (value, frame, evaluation) => {
        const other = to(frame, evaluation);
        return other !== undefined && equalValues(value, other);
      };
    }
    case "array": {
      const items = pattern.items.map((item) => linkPattern(item, context));
      return (value, frame, evaluation) =>
        isArray(value) &&
        value.length === items.length &&
        items.every((matches, index) => matches(value[index] as Value, frame, evaluation));
    }
    case "object": {
      const entries = pattern.entries.map(
        ([key, item]) => [linkExpr(key, context), linkPattern(item, context)] as const,
      );
      return (value, frame, evaluation) => {
        if (objectEntries(value)?.length !== entries.length) return false;
        return entries.every(([readKey, matches]) => {
          const key = readKey(frame, evaluation);
          const item = key === undefined ? undefined : getMember(value, key);
          return item !== undefined && matches(item, frame, evaluation);
        });
      };
    }
  }
}

function linkKeys({ path, keys }: DocumentReference, context: LinkContext): LinkedReference {
  return { path, readKeys: keys.map((key) => linkExpr(key, context)) };
}

function linkGet(from: ExprFn, readKey: ExprFn): ExprFn {
  return (frame, evaluation) => {
    const collection = from(frame, evaluation);
    if (collection === undefined) return undefined;
    const key = readKey(frame, evaluation);
    return key === undefined ? undefined : getMember(collection, key);
  };
}

function linkItems(
  items: readonly Expr[],
  context: LinkContext,
  make: (items: readonly Value[]) => Value,
): ExprFn {
  const linked = items.map((item) => linkExpr(item, context));
  const weight = items.length >> 3;
  return (frame, evaluation) => {
    if (weight > 0) evaluation.step(weight);
    const values: Value[] = [];
    for (const item of linked) {
      const value = item(frame, evaluation);
      if (value === undefined) return undefined;
      values.push(value);
    }
    return make(values);
  };
}

function linkObject(entries: readonly (readonly [Expr, Expr])[], context: LinkContext): ExprFn {
  const linked = entries.map(
    ([key, value]) => [linkExpr(key, context), linkExpr(value, context)] as const,
  );
  const weight = entries.length >> 3;
  return (frame, evaluation) => {
    if (weight > 0) evaluation.step(weight);
    const values: [Value, Value][] = [];
    for (const [readKey, readValue] of linked) {
      const key = readKey(frame, evaluation);
      const value = key === undefined ? undefined : readValue(frame, evaluation);
      if (key === undefined || value === undefined) return undefined;
      values.push([key, value]);
    }
    return buildObject(values);
  };
}

function buildObject(entries: readonly (readonly [Value, Value])[]): Value {
  try {
    return makeObject(entries);
  } catch (error) {
    if (!(error instanceof DuplicateKey)) throw error;
    throw new EvaluationError("object keys must be unique", {
      code: "eval_conflict_error",
      cause: error,
    });
  }
}

function linkComprehension(
  expr: Extract<Expr, { op: "comprehension" }>,
  context: LinkContext,
): ExprFn {
  const slot = context.slots.count;
  context.slots.count += 1;
  const readValue = linkExpr(expr.value, context);
  const readKey = expr.key === undefined ? undefined : linkExpr(expr.key, context);
  const body = linkBody(expr.body, context, (frame, evaluation) => {
    const key = readKey?.(frame, evaluation);
    if (readKey !== undefined && key === undefined) return false;
    const value = readValue(frame, evaluation);
    if (value === undefined) return false;
    evaluation.step(1);
    // SAFETY: the slot is this comprehension's own and holds the list put there below.
    (frame[slot] as Value[]).push(readKey === undefined ? value : [key as Value, value]);
    return false;
  });
  const { form } = expr;
  return (frame, evaluation) => {
    const collected: Value[] = [];
    frame[slot] = collected;
    body(frame, evaluation);
    if (form === "array") return collected;
    if (form === "set") return makeSet(collected);
    return buildObject(collected as unknown as readonly (readonly [Value, Value])[]);
  };
}

function linkCall(target: FunctionRef, args: readonly Expr[], context: LinkContext): ExprFn {
  const linked = args.map((arg) => linkExpr(arg, context));
  const key = functionKey(target);
  const direct = resolveFunction(target, context);
  return (frame, evaluation) => {
    const values: Value[] = [];
    for (const arg of linked) {
      const value = arg(frame, evaluation);
      if (value === undefined) return undefined;
      values.push(value);
    }
    evaluation.step(1);
    const { mocks } = evaluation.scope;
    const mock = mocks.size === 0 ? undefined : mocks.get(key);
    if (mock === undefined) return direct(values, evaluation);
    if ("result" in mock) return mock.result;
    if ("document" in mock) return context.documents.value(mock.document, evaluation);
    return callUnmocked(mock, key, values, evaluation, context);
  };
}

type Callable = (args: readonly Value[], evaluation: Evaluation) => Value | undefined;

/** Inside the replacement the replaced function is itself again, as OPA has it; otherwise it would call itself. */
function callUnmocked(
  mock: FunctionRef,
  key: string,
  args: readonly Value[],
  evaluation: Evaluation,
  context: LinkContext,
): Value | undefined {
  const around = evaluation.scope;
  const mocks = new Map(around.mocks);
  mocks.delete(key);
  evaluation.scope = { ...around, mocks, cache: new Map() };
  try {
    return resolveFunction(mock, context)(args, evaluation);
  } finally {
    evaluation.scope = around;
  }
}

function resolveFunction(target: FunctionRef, context: LinkContext): Callable {
  if ("rule" in target) {
    const { rule } = target;
    const { documents } = context;
    return (args, evaluation) => {
      const group = documents.group(rule);
      return group?.kind === "function"
        ? group.apply(args, evaluation)
        : documents.value(rule, evaluation);
    };
  }
  const builtin = context.builtins.get(target.builtin);
  if (builtin === undefined) {
    throw new Error(`the plan calls \`${target.builtin}\`, which this evaluator does not have`);
  }
  return (args, evaluation) => {
    const result = callBuiltin(builtin, args, evaluation);
    if (typeof result === "string") evaluation.step(result.length >> 5);
    // Some functions take every error for "no", that of the limit too.
    else evaluation.step(0);
    return result;
  };
}

function linkTemplate(parts: readonly (string | Expr)[], context: LinkContext): ExprFn {
  const linked = parts.map((part) => (typeof part === "string" ? part : linkExpr(part, context)));
  return (frame, evaluation) => {
    const texts = linked.map((part) =>
      typeof part === "string" ? part : printed(part(frame, evaluation)),
    );
    const text = withinLimit(texts.join(""), "a template");
    evaluation.step(textSteps(text.length));
    return text;
  };
}

/** How a value appears inside text: strings bare, everything else as Rego writes it. */
function printed(value: Value | undefined): string {
  if (value === undefined) return "<undefined>";
  return typeof value === "string" ? value : regoText(value);
}
