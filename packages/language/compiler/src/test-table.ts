// One object for a path, and for a comparison of it with a constant, however many rules of a program say it: what is
// worked out about a test, as its key, is worked out once, and paths of one table are the same if they are equal.

import type { InputPath, PathTest, Scalar } from "@writ/evaluator";
import type { TermIR } from "@writ/ir";
import { type Dnf, one } from "./dnf.ts";

interface PathNode {
  readonly path: InputPath;
  readonly below: Map<string, PathNode>;
}

type ValueTest = Extract<PathTest, { readonly value: Scalar }>;

export class TestTable {
  readonly #root: PathNode = { path: [], below: new Map() };
  readonly #tests = new Map<InputPath, Map<string, Map<Scalar, Dnf>>>();

  /** As `inputPath` of terms.ts, as the table's own path. */
  path(term: TermIR | undefined): InputPath | undefined {
    if (term?.kind !== "ref" || term.root !== "input" || term.parts.length === 0) return undefined;
    let node = this.#root;
    for (const part of term.parts) {
      if (part.kind !== "string") return undefined;
      let next = node.below.get(part.value);
      if (next === undefined) {
        next = { path: [...node.path, part.value], below: new Map() };
        node.below.set(part.value, next);
      }
      node = next;
    }
    return node.path;
  }

  /** `path`: of this table. */
  compare(op: ValueTest["op"], path: InputPath, value: Scalar): Dnf {
    let byOp = this.#tests.get(path);
    if (byOp === undefined) {
      byOp = new Map();
      this.#tests.set(path, byOp);
    }
    let byValue = byOp.get(op);
    if (byValue === undefined) {
      byValue = new Map();
      byOp.set(op, byValue);
    }
    let test = byValue.get(value);
    if (test === undefined) {
      // SAFETY: which operators go with which values has been looked at by the caller, as for a test made in place.
      test = one({ op, path, value } as ValueTest);
      byValue.set(value, test);
    }
    return test;
  }
}
