// Base documents that no rule has a part in: constants for the life of a bundle, as those written in a rule are.

import type { Scalar } from "@writ/evaluator";
import type { TermIR } from "@writ/ir";
import { constantOf } from "./lower.ts";

export class BaseDocuments {
  readonly #data: unknown;
  readonly #rules = new Set<string>();
  /** The paths that rules lie below: there a document is more than its base. */
  readonly #above = new Set<string>();

  constructor(data: unknown, rules: Iterable<readonly string[]>) {
    this.#data = data;
    for (const path of rules) {
      this.#rules.add(path.join("\u0000"));
      for (let length = 0; length < path.length; length += 1)
        this.#above.add(path.slice(0, length).join("\u0000"));
    }
  }

  /** What is at `data` followed by constant parts; undefined where that is not known. */
  at(parts: readonly TermIR[]): unknown {
    let at: unknown = this.#data;
    const path: string[] = [];
    for (const part of parts) {
      if (part.kind !== "string") return undefined;
      path.push(part.value);
      if (this.#rules.has(path.join("\u0000"))) return undefined;
      if (typeof at !== "object" || at === null || Array.isArray(at)) return undefined;
      if (!Object.hasOwn(at, part.value)) return undefined;
      at = (at as { readonly [key: string]: unknown })[part.value];
    }
    return this.#above.has(path.join("\u0000")) ? undefined : at;
  }

  /** A constant, written in the rule or in a document. */
  scalar(term: TermIR): Scalar | undefined {
    const written = scalarOf(term);
    if (written !== undefined) return written;
    if (term.kind !== "ref" || term.root !== "data") return undefined;
    const document = this.at(term.parts);
    return isScalar(document) ? document : undefined;
  }

  /** The members of a list of constants. */
  scalars(collection: TermIR): readonly Scalar[] | undefined {
    if (collection.kind === "array" || collection.kind === "set") {
      const values = collection.items.map((each) => this.scalar(each));
      return values.includes(undefined) ? undefined : (values as Scalar[]);
    }
    const document =
      collection.kind === "ref" && collection.root === "data"
        ? this.at(collection.parts)
        : undefined;
    return Array.isArray(document) && document.every(isScalar) ? document : undefined;
  }
}

export function scalarOf(term: TermIR): Scalar | undefined {
  const constant = constantOf(term);
  return isScalar(constant) ? constant : undefined;
}

function isScalar(value: unknown): value is Scalar {
  return value === null || ["boolean", "number", "string"].includes(typeof value);
}
