// References into documents under keys that are not constant: only what the keys lead to is evaluated, not the package
// around it.

import { getMember } from "./collection.ts";
import type { DocumentPath, Documents } from "./documents.ts";
import type { Evaluation } from "./evaluation.ts";
import type { ExprFn, Frame } from "./linked.ts";
import type { Expr } from "./plan.ts";
import { isPlainObject, type Value } from "./value.ts";

export interface DocumentReference {
  readonly path: DocumentPath;
  readonly keys: readonly Expr[];
}

/** The same, linked. */
export interface LinkedReference {
  readonly path: DocumentPath;
  readonly readKeys: readonly ExprFn[];
}

/** A document under keys that are not constant, if that is what an expression reads. */
export function documentAt(expr: Expr): DocumentReference | undefined {
  if (expr.op === "doc") return { path: expr.path, keys: [] };
  const from = expr.op === "get" ? documentAt(expr.from) : undefined;
  return expr.op === "get" && from !== undefined
    ? { path: from.path, keys: [...from.keys, expr.key] }
    : undefined;
}

interface Names {
  readonly path: readonly string[];
  readonly names: readonly string[];
}

/** The names below a document whose parts are evaluated one by one; undefined for other documents. */
export function linkNames(
  { path, readKeys }: LinkedReference,
  documents: Documents,
): (frame: Frame, evaluation: Evaluation) => Names | undefined {
  let isWhole: boolean | undefined;
  return (frame, evaluation) => {
    isWhole ??= documents.isWhole(path);
    if (isWhole) return undefined;
    const at = [...path, ...readKeys.map((readKey) => readKey(frame, evaluation))];
    if (!at.every((key) => typeof key === "string")) return undefined;
    const names = documents.namesAt(at, evaluation);
    return names && { path: at, names };
  };
}

export function linkDocument({ path, readKeys }: LinkedReference, documents: Documents): ExprFn {
  const memberAt = (at: DocumentPath, key: Value, evaluation: Evaluation): Value | undefined => {
    if (documents.hasOnlyNames(at, evaluation)) return undefined;
    const document = documents.value(at, evaluation);
    return document === undefined ? undefined : getMember(document, key);
  };
  const inParts: ExprFn = (frame, evaluation) => {
    const at = [...path];
    let found: Value | undefined;
    for (const readKey of readKeys) {
      const key = readKey(frame, evaluation);
      if (key === undefined) return undefined;
      if (found === undefined && isDocumentKey(key)) {
        at.push(key);
        continue;
      }
      found = found === undefined ? memberAt(at, key, evaluation) : getMember(found, key);
      if (found === undefined) return undefined;
    }
    return found === undefined ? documents.value(at, evaluation) : found;
  };
  const readWhole = documents.reader(path);
  let isWhole: boolean | undefined;
  return (frame, evaluation) => {
    isWhole ??= documents.isWhole(path);
    if (!isWhole || evaluation.scope.data.length > 0) return inParts(frame, evaluation);
    let found = readWhole(evaluation);
    for (const readKey of readKeys) {
      const key = readKey(frame, evaluation);
      if (key === undefined) return undefined;
      // A number may be the name of a member of a base document.
      if (typeof key === "number" && isPlainObject(found)) return inParts(frame, evaluation);
      found = found === undefined ? undefined : getMember(found, key);
    }
    return found;
  };
}

/** Looked up as a constant of a reference is: a number also names what its digits do in a base document. */
function isDocumentKey(key: Value): key is string | number {
  return typeof key === "string" || Number.isSafeInteger(key);
}
