// What METADATA says about a rule: what the policy keeps of it, and what `rego.metadata.rule()` and
// `rego.metadata.chain()` return, which are constants of the rule that calls them.

import { ANY, type RuleMetadata, type TermIR } from "@writ/ir";
import type { Annotation, Module } from "@writ/syntax";
import type { IndexedRule } from "./rule-index.ts";
import { readReference } from "./schema-scopes.ts";

type Json = unknown;

/** Annotations of the rule over those of its document; the package's are not the rule's. */
export function metadataOf({ rule }: IndexedRule): RuleMetadata {
  const merged: { [key: string]: unknown } = {};
  for (const { scope, value } of rule.annotations) {
    if (scope === "rule" || scope === "document") Object.assign(merged, value);
  }
  const { title, description, custom } = merged as RuleMetadata;
  return {
    ...(typeof title === "string" ? { title } : {}),
    ...(typeof description === "string" ? { description } : {}),
    ...(typeof custom === "object" && custom !== null ? { custom } : {}),
  };
}

/** The annotations of the rule itself, as an object. */
export function ruleAnnotations({ rule }: IndexedRule): Json {
  const own = rule.annotations.find(({ scope }) => scope === "rule");
  return own === undefined ? {} : annotationObject(own);
}

/** From the rule to its document, its package and the packages above. */
export function annotationChain(
  indexed: IndexedRule,
  rules: readonly IndexedRule[],
  modules: readonly Module[],
): Json {
  const path = [...indexed.path];
  const own = indexed.rule.annotations.find(({ scope }) => scope === "rule");
  const documents = rules
    .filter((other) => isSamePath(other.path, path))
    .flatMap(({ rule }) => rule.annotations.filter(({ scope }) => scope === "document"));
  const packagePath = indexed.module.package.path;
  const ofPackages = (scope: Annotation["scope"], at: readonly string[]): readonly Annotation[] =>
    modules
      .filter((module) => isSamePath(module.package.path, at))
      .flatMap((module) => module.package.annotations.filter((each) => each.scope === scope));
  const above = packagePath.map((_key, depth) => packagePath.slice(0, packagePath.length - depth));
  const entry = (annotation: Annotation, at: readonly string[]): Json => ({
    annotations: annotationObject(annotation),
    path: at,
  });
  return [
    own === undefined ? { path } : entry(own, path),
    ...documents.map((each) => entry(each, path)),
    ...ofPackages("package", packagePath).map((each) => entry(each, packagePath)),
    ...above.flatMap((at) => ofPackages("subpackages", at).map((each) => entry(each, at))),
  ];
}

function isSamePath(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((key, index) => key === b[index]);
}

function annotationObject({ scope, value }: Annotation): Json {
  const { authors, related_resources: resources, schemas, ...others } = value;
  return {
    ...others,
    ...(Array.isArray(authors) ? { authors: authors.map(author) } : {}),
    ...(Array.isArray(resources) ? { related_resources: resources.map(resource) } : {}),
    ...(Array.isArray(schemas) ? { schemas: schemas.map(schema) } : {}),
    scope,
  };
}

/** `Name <email>` may be written in one. */
function author(given: unknown): unknown {
  if (typeof given !== "string") return given;
  const [, name = given, email] = /^(.*?)\s*<([^>]*)>$/.exec(given.trim()) ?? [];
  return { ...(name === "" ? {} : { name }), ...(email === undefined ? {} : { email }) };
}

/** A path and a schema: by its name, which is a path too, or as it is. */
function schema(given: unknown): unknown {
  const [[path = "", said] = []] = Object.entries((given ?? {}) as { [path: string]: unknown });
  const about = { path: readReference(path) ?? [path] };
  return typeof said === "string"
    ? { ...about, schema: readReference(said) ?? [said] }
    : { ...about, definition: said };
}

function resource(given: unknown): unknown {
  return typeof given === "string" ? { ref: given } : given;
}

/** A constant of the source from JSON. */
export function jsonTerm(value: Json, span: TermIR["span"]): TermIR {
  const base = { type: ANY, span };
  if (value === null || value === undefined) return { ...base, kind: "null" };
  if (typeof value === "boolean") return { ...base, kind: "boolean", value };
  if (typeof value === "number") return { ...base, kind: "number", text: String(value) };
  if (typeof value !== "object") return { ...base, kind: "string", value: String(value) };
  if (Array.isArray(value))
    return { ...base, kind: "array", items: value.map((item) => jsonTerm(item, span)) };
  const entries = Object.entries(value).map(
    ([key, item]) => [jsonTerm(key, span), jsonTerm(item, span)] as const,
  );
  return { ...base, kind: "object", entries };
}
