// `rego.metadata.rule()` and `rego.metadata.chain()`: what the METADATA comments say about the rule that
// asks, as a constant of its source.

import type { Annotation, Module, Term } from "@writ/syntax";
import type { NamedRule } from "./names.ts";

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export function metadataTerm(
  name: string,
  { path, rule, module }: NamedRule,
  { rules, modules }: { readonly rules: readonly NamedRule[]; readonly modules: readonly Module[] },
  span: Term["span"],
): Term {
  const own = rule.annotations.find(({ scope }) => scope === "rule");
  if (name === "rego.metadata.rule") return term(own === undefined ? {} : described(own), span);
  const inPackage = module.package.path;
  const link = (annotation: Annotation, at: readonly string[]): Json => ({
    annotations: described(annotation),
    path: at,
  });
  const ofDocument = rules
    .filter((other) => other.path.join(".") === path.join("."))
    .flatMap((other) => other.rule.annotations.filter(({ scope }) => scope === "document"));
  const ofPackages = (scope: Annotation["scope"], at: readonly string[]): readonly Json[] =>
    modules
      .filter((other) => other.package.path.join(".") === at.join("."))
      .flatMap((other) => other.package.annotations)
      .filter((annotation) => annotation.scope === scope)
      .map((annotation) => link(annotation, at));
  const above = inPackage.map((_, depth) => inPackage.slice(0, inPackage.length - depth));
  const chain = [
    own === undefined ? { path } : link(own, path),
    ...ofDocument.map((annotation) => link(annotation, path)),
    ...ofPackages("package", inPackage),
    ...above.flatMap((at) => ofPackages("subpackages", at)),
  ];
  return term(chain, span);
}

/** An author may be written `Name <email>`, a resource as its address alone. */
function described({ scope, value }: Annotation): Json {
  const said = value as { readonly [key: string]: Json };
  const { authors, related_resources: resources, schemas, ...others } = said;
  return {
    ...others,
    ...(Array.isArray(authors) ? { authors: authors.map(author) } : {}),
    ...(Array.isArray(resources)
      ? {
          related_resources: resources.map((each) =>
            typeof each === "string" ? { ref: each } : each,
          ),
        }
      : {}),
    ...(Array.isArray(schemas) ? { schemas: schemas.map(schemaOf) } : {}),
    scope,
  };
}

/** `input.a: schema.b` is a path and the path of a schema; what is no name is the schema itself. */
function schemaOf(given: Json): Json {
  const [[path, said] = ["", null]] = Object.entries(given as { readonly [path: string]: Json });
  if (typeof said === "string") return { path: keysOf(path), schema: keysOf(said) };
  return { path: keysOf(path), definition: said };
}

function keysOf(text: string): readonly string[] {
  const keys = [...text.matchAll(/\["([^"]*)"\]|([^.[\]]+)/g)];
  return keys.map(([, quoted, plain]) => quoted ?? plain ?? "");
}

function author(given: Json): Json {
  if (typeof given !== "string") return given;
  const [, name = given, email] = /^(.*?)\s*<([^>]*)>$/.exec(given.trim()) ?? [];
  return { ...(name === "" ? {} : { name }), ...(email === undefined ? {} : { email }) };
}

function term(value: Json, span: Term["span"]): Term {
  if (value === null) return { kind: "null", span };
  if (typeof value === "boolean") return { kind: "boolean", value, span };
  if (typeof value === "number") return { kind: "number", text: String(value), span };
  if (typeof value === "string") return { kind: "string", value, raw: false, span };
  if (Array.isArray(value))
    return { kind: "array", items: value.map((item) => term(item, span)), span };
  const entries = Object.entries(value).map(
    ([key, item]) => [term(key, span), term(item, span)] as const,
  );
  return { kind: "object", entries, span };
}
