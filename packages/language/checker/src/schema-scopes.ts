// `schemas` of METADATA: what the author says of a path of the input or the data, for a rule, the rules of its
// name, its package, or the packages below. The nearest says last; as in OPA, it replaces what is known.

import { type Diagnostic, diagnostic, type Span, suggest } from "@writ/diagnostics";
import { ANY, type JsonSchema, type Type, type Vocabularies } from "@writ/ir";
import type { Annotation, Module } from "@writ/syntax";
import type { IndexedRule } from "./rule-index.ts";
import { schemaType } from "./schema-type.ts";
import { schemaProblem } from "./schema-validity.ts";

/** Schemas by name: `acme.user` for `schemas/acme/user.json`. */
export type NamedSchemas = ReadonlyMap<string, JsonSchema>;

export interface DocumentTypes {
  readonly input: Type;
  readonly data: Type;
}

interface Statement {
  /** From `input` or `data`. */
  readonly path: readonly string[];
  readonly type: Type;
}

export class SchemaScopes {
  readonly diagnostics: Diagnostic[] = [];
  readonly #known: DocumentTypes;
  readonly #vocabularies: Vocabularies;
  readonly #schemas: NamedSchemas;
  readonly #read = new Map<Annotation, readonly Statement[]>();
  readonly #ofPackages = new Map<string, Annotation[]>();
  readonly #ofDocuments = new Map<string, Annotation[]>();
  readonly #types = new Map<string, DocumentTypes>();

  constructor(
    modules: readonly Module[],
    rules: readonly IndexedRule[],
    options: {
      readonly known: DocumentTypes;
      readonly vocabularies: Vocabularies;
      readonly schemas?: NamedSchemas | undefined;
    },
  ) {
    this.#known = options.known;
    this.#vocabularies = options.vocabularies;
    this.#schemas = options.schemas ?? new Map();
    for (const { package: declared } of modules)
      for (const annotation of declared.annotations)
        this.#note(this.#ofPackages, declared.path, annotation);
    for (const { rule, path } of rules)
      for (const annotation of rule.annotations)
        if (annotation.scope === "document") this.#note(this.#ofDocuments, path, annotation);
        else this.#statements(annotation);
  }

  /** What a rule may rely on. */
  typesOf({ rule, path, module }: IndexedRule): DocumentTypes {
    const inPackage = module.package.path;
    const above = inPackage.map((_key, depth) => inPackage.slice(0, depth + 1));
    const applicable = [
      ...above.flatMap((at) => this.#ofPackage(at, "subpackages")),
      ...this.#ofPackage(inPackage, "package"),
      ...(this.#ofDocuments.get(key(path)) ?? []),
      ...rule.annotations.filter(({ scope }) => scope === "rule"),
    ].filter((annotation) => this.#statements(annotation).length > 0);
    if (applicable.length === 0) return this.#known;
    // Rules to which the same applies share their types, which may be large.
    const name = applicable.map(({ span }) => `${span.file}:${span.start}`).join(" ");
    const types =
      this.#types.get(name) ??
      applicable.flatMap((annotation) => this.#statements(annotation)).reduce(replace, this.#known);
    this.#types.set(name, types);
    return types;
  }

  #ofPackage(path: readonly string[], scope: Annotation["scope"]): readonly Annotation[] {
    return (this.#ofPackages.get(key(path)) ?? []).filter((each) => each.scope === scope);
  }

  #note(into: Map<string, Annotation[]>, path: readonly string[], annotation: Annotation): void {
    const list = into.get(key(path)) ?? [];
    list.push(annotation);
    into.set(key(path), list);
    this.#statements(annotation);
  }

  #statements(annotation: Annotation): readonly Statement[] {
    const known = this.#read.get(annotation);
    if (known !== undefined) return known;
    const read = this.#readSchemas(annotation);
    this.#read.set(annotation, read);
    return read;
  }

  #readSchemas({ value, span }: Annotation): readonly Statement[] {
    const schemas = value["schemas"];
    if (schemas === undefined) return [];
    if (!Array.isArray(schemas)) return this.#unusable("`schemas` must be a list", span);
    return schemas.flatMap((item: unknown) => {
      const entries = typeof item === "object" && item !== null ? Object.entries(item) : [];
      const [entry, ...others] = entries;
      if (entry === undefined || others.length > 0)
        return this.#unusable("each of `schemas` is a path and its schema", span);
      return this.#statement(entry[0], entry[1], span);
    });
  }

  #statement(written: string, schema: unknown, span: Span): readonly Statement[] {
    const path = readReference(written);
    if (path === undefined || (path[0] !== "input" && path[0] !== "data"))
      return this.#unusable(`\`${written}\` is no path of \`input\` or \`data\``, span);
    const type =
      typeof schema === "string" ? this.#named(schema, span) : this.#inline(schema, span);
    return type === undefined ? [] : [{ path, type }];
  }

  #named(written: string, span: Span): Type | undefined {
    const [root, ...names] = readReference(written) ?? [];
    const name = names.join(".");
    const schema = root === "schema" ? this.#schemas.get(name) : undefined;
    if (schema !== undefined) return this.#type(schema);
    const near = suggest(name, this.#schemas.keys());
    const help =
      near === undefined
        ? "schemas stand in a folder `schemas`: `schema.acme.user` is `schemas/acme/user.json`"
        : `did you mean \`schema.${near}\`?`;
    this.diagnostics.push(diagnostic("E0215", { name: written }, begin(span), { help }));
    return undefined;
  }

  #inline(schema: unknown, span: Span): Type | undefined {
    const reason = schemaProblem(schema);
    if (reason === undefined) return this.#type(schema as JsonSchema);
    this.diagnostics.push(diagnostic("E0216", { reason }, begin(span)));
    return undefined;
  }

  #type(schema: JsonSchema): Type {
    return schemaType(schema, this.#vocabularies, "closed");
  }

  #unusable(reason: string, span: Span): readonly Statement[] {
    this.diagnostics.push(diagnostic("E0108", { reason }, begin(span)));
    return [];
  }
}

function replace(types: DocumentTypes, { path, type }: Statement): DocumentTypes {
  const [root, ...keys] = path;
  return root === "input"
    ? { ...types, input: replaceAt(types.input, keys, type) }
    : { ...types, data: replaceAt(types.data, keys, type) };
}

/** A type with another one at a path; what is no object there becomes one. */
export function replaceAt(type: Type, path: readonly string[], by: Type): Type {
  const [first, ...others] = path;
  if (first === undefined) return by;
  const object = type.kind === "object" ? type : { properties: new Map(), rest: ANY };
  const known = object.properties.get(first);
  const properties = new Map(object.properties).set(first, {
    optional: known?.optional ?? true,
    type: replaceAt(known?.type ?? ANY, others, by),
  });
  return { ...object, kind: "object", properties };
}

/** `input.a.b` and `schema["my-name"].x`. */
export function readReference(text: string): readonly string[] | undefined {
  const parts = [...text.matchAll(/\.?([A-Za-z_][A-Za-z0-9_-]*)|\["([^"]+)"\]/gy)];
  const isWhole = parts.reduce((length, [part]) => length + part.length, 0) === text.length;
  return isWhole && parts.length > 0
    ? parts.map(([, name, quoted]) => name ?? quoted ?? "")
    : undefined;
}

/** The block is long, and what is in it has no places of its own. */
function begin(span: Span): Span {
  return { ...span, end: Math.min(span.end, span.start + "# METADATA".length) };
}

function key(path: readonly string[]): string {
  return path.join("\u0000");
}
