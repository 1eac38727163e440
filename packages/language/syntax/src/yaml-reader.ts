// Reading a YAML document with spans: keys that are known, values that have the right type, and
// diagnostics where they are not.

import { diagnostic, type Span, suggest } from "@writ/diagnostics";
import { isMap, isScalar, isSeq, type Node, type YAMLMap } from "yaml";
import type { Term } from "./ast.ts";
import type { YamlContext } from "./yaml-context.ts";

export interface YamlEntry {
  readonly key: string;
  readonly keyNode: Node;
  readonly value: Node | undefined;
}

/** Keys in the order they are written; keys that are no scalars by their text. */
export function entriesOf(map: YAMLMap): readonly YamlEntry[] {
  return map.items.map(({ key, value }) => ({
    key: String(isScalar(key) ? key.value : key),
    keyNode: key as Node,
    value: (value ?? undefined) as Node | undefined,
  }));
}

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

export class YamlReader {
  readonly #context: YamlContext;

  constructor(context: YamlContext) {
    this.#context = context;
  }

  span(node: Node): Span {
    const [start, end] = node.range ?? [0, 0];
    return { file: this.#context.file, start, end: Math.max(end, start + 1) };
  }

  get(map: YAMLMap, key: string): Node | undefined {
    return entriesOf(map).find((entry) => entry.key === key)?.value;
  }

  need(map: YAMLMap, key: string, where: string): Node | undefined {
    const value = this.get(map, key);
    if (value === undefined) {
      const { file, start } = this.span(map);
      this.#context.diagnostics.push(
        diagnostic("E0122", { key, where }, { file, start, end: start + 1 }),
      );
    }
    return value;
  }

  checkKeys(map: YAMLMap, known: readonly string[], where: string): void {
    for (const { key, keyNode } of entriesOf(map)) {
      if (!known.includes(key)) this.unknownKey(keyNode, key, where, known);
    }
  }

  unknownKey(node: Node, key: string, where: string, known: readonly string[]): void {
    const near = suggest(key, known);
    const list = known.map((name) => `\`${name}\``).join(", ");
    const help =
      near === undefined
        ? known.length === 0
          ? undefined
          : `it may have ${list}`
        : `did you mean \`${near}\`?`;
    this.#context.diagnostics.push(diagnostic("E0121", { key, where }, this.span(node), { help }));
  }

  wrongType(node: Node | null, what: string, expected: string, span?: Span): void {
    const at = node === null ? span : this.span(node);
    if (at !== undefined)
      this.#context.diagnostics.push(diagnostic("E0123", { what, expected }, at));
  }

  string(node: Node, what: string): string | undefined {
    if (isScalar(node) && typeof node.value === "string") return node.value;
    this.wrongType(node, what, "a text");
    return undefined;
  }

  oneOf<T extends string>(node: Node, values: readonly T[], what: string): T | undefined {
    const given = isScalar(node) ? String(node.value) : "";
    const found = values.find((value) => value === given);
    if (found !== undefined) return found;
    const near = suggest(given, values);
    const help = near === undefined ? undefined : `did you mean \`${near}\`?`;
    const expected = `one of ${values.join(", ")}`;
    this.#context.diagnostics.push(
      diagnostic("E0123", { what, expected }, this.span(node), { help }),
    );
    return undefined;
  }

  /** A YAML value as a constant term. */
  term(node: Node): Term {
    const span = this.span(node);
    if (isSeq(node))
      return { kind: "array", items: node.items.map((item) => this.term(item as Node)), span };
    if (isMap(node)) {
      const entries = entriesOf(node).map(({ key, keyNode, value }) => {
        const name: Term = { kind: "string", value: key, raw: false, span: this.span(keyNode) };
        return [
          name,
          value === undefined ? ({ kind: "null", span } as const) : this.term(value),
        ] as const;
      });
      return { kind: "object", entries, span };
    }
    const value: unknown = isScalar(node) ? node.value : null;
    if (typeof value === "string") return { kind: "string", value, raw: false, span };
    if (typeof value === "boolean") return { kind: "boolean", value, span };
    if (typeof value === "number" && Number.isFinite(value)) {
      // As written where Rego writes it so: no digit is lost.
      const source = isScalar(node) ? (node.source ?? "") : "";
      return { kind: "number", text: NUMBER.test(source) ? source : String(value), span };
    }
    if (value !== null)
      this.wrongType(node, "a value", "a text, a number, a truth, a list or a mapping");
    return { kind: "null", span };
  }
}
