// The objects of graphql-ast.ts back to GraphQL text, so that a document given as an object can be checked
// like one given as text.

import { BuiltinError, getMember, isArray, type Value } from "@writ/evaluator";

const NAME = /^[_A-Za-z][_0-9A-Za-z]*$/;
const NUMBER = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;

/** Throws BuiltinError for what is no document's object: nothing of it is taken as text unchecked. */
export function queryText(document: Value): string {
  return [
    ...list(document, "Operations").map(operation),
    ...list(document, "Fragments").map(
      (each) =>
        `fragment ${name(each, "Name")}${variables(each, "VariableDefinition")} on ${name(each, "TypeCondition")}${directives(each)}${selections(each)}`,
    ),
  ].join("\n");
}

export function schemaText(document: Value): string {
  return [
    ...list(document, "Schema").map((each) => `schema${schemaBody(each)}`),
    ...list(document, "SchemaExtension").map((each) => `extend schema${schemaBody(each)}`),
    ...list(document, "Directives").map(directiveDefinition),
    ...list(document, "Definitions").map((each) => description(each) + definition(each)),
    ...list(document, "Extensions").map((each) => `extend ${definition(each)}`),
  ].join("\n");
}

function list(of: Value, member: string): readonly Value[] {
  const value = getMember(of, member) ?? [];
  if (!isArray(value)) throw malformed(member);
  return value;
}

function text(of: Value, member: string): string {
  const value = getMember(of, member) ?? "";
  if (typeof value !== "string") throw malformed(member);
  return value;
}

function name(of: Value, member: string): string {
  return checkedName(text(of, member), member);
}

function checkedName(value: unknown, member: string): string {
  if (typeof value !== "string" || !NAME.test(value)) throw malformed(member);
  return value;
}

function malformed(member: string): BuiltinError {
  return new BuiltinError(`the object is no GraphQL document: its ${member}`);
}

function wrap(open: string, items: readonly string[], close: string): string {
  return items.length === 0 ? "" : `${open}${items.join(" ")}${close}`;
}

function operation(node: Value): string {
  const label = text(node, "Name") === "" ? "" : name(node, "Name");
  return `${name(node, "Operation")} ${label}${variables(node, "VariableDefinitions")}${directives(node)}${selections(node)}`;
}

function variables(node: Value, member: string): string {
  const items = list(node, member).map(
    (each) => `$${name(each, "Variable")}: ${type(each)}${defaultValue(each)}${directives(each)}`,
  );
  return wrap("(", items, ")");
}

function selections(node: Value): string {
  return wrap("{", list(node, "SelectionSet").map(selection), "}");
}

function selection(node: Value): string {
  if (getMember(node, "Alias") !== undefined) {
    const label = `${name(node, "Alias")}: ${name(node, "Name")}`;
    return `${label}${args(node)}${directives(node)}${selections(node)}`;
  }
  if (getMember(node, "Name") !== undefined) return `...${name(node, "Name")}${directives(node)}`;
  const condition = text(node, "TypeCondition") === "" ? "" : ` on ${name(node, "TypeCondition")}`;
  return `...${condition}${directives(node)}${selections(node)}`;
}

function args(node: Value): string {
  const items = list(node, "Arguments").map(
    (each) => `${name(each, "Name")}: ${value(getMember(each, "Value"))}`,
  );
  return wrap("(", items, ")");
}

function directives(node: Value): string {
  return list(node, "Directives")
    .map((each) => ` @${name(each, "Name")}${args(each)}`)
    .join("");
}

function defaultValue(node: Value): string {
  const given = getMember(node, "DefaultValue");
  return given === undefined ? "" : ` = ${value(given)}`;
}

function value(node: Value | undefined): string {
  if (node === undefined) throw malformed("Value");
  const raw = text(node, "Raw");
  const children = (): readonly Value[] => list(node, "Children");
  switch (getMember(node, "Kind")) {
    case 0:
      return `$${checkedName(raw, "Raw")}`;
    case 1:
    case 2:
      if (!NUMBER.test(raw)) throw malformed("Raw");
      return raw;
    case 3:
    case 4:
      return JSON.stringify(raw);
    case 5:
    case 6:
    case 7:
      return checkedName(raw, "Raw");
    case 8:
      return `[${children()
        .map((each) => value(getMember(each, "Value")))
        .join(" ")}]`;
    case 9:
      return `{${children()
        .map((each) => `${name(each, "Name")}: ${value(getMember(each, "Value"))}`)
        .join(" ")}}`;
    default:
      throw malformed("Kind");
  }
}

function type(of: Value): string {
  const node = getMember(of, "Type");
  if (node === undefined) throw malformed("Type");
  return typeText(node);
}

function typeText(node: Value): string {
  const element = getMember(node, "Elem");
  const inner = element === undefined ? name(node, "NamedType") : `[${typeText(element)}]`;
  return getMember(node, "NonNull") === true ? `${inner}!` : inner;
}

function description(node: Value): string {
  const given = text(node, "Description");
  return given === "" ? "" : `${JSON.stringify(given)} `;
}

function schemaBody(node: Value): string {
  const types = list(node, "OperationTypes").map(
    (each) => `${name(each, "Operation")}: ${name(each, "Type")}`,
  );
  return directives(node) + wrap(" {", types, "}");
}

function directiveDefinition(node: Value): string {
  const repeatable = getMember(node, "IsRepeatable") === true ? " repeatable" : "";
  const places = list(node, "Locations").map((each) => checkedName(each, "Locations"));
  return `${description(node)}directive @${name(node, "Name")}${parameters(node)}${repeatable} on ${places.join(" | ")}`;
}

function parameters(node: Value): string {
  return wrap("(", list(node, "Arguments").map(field), ")");
}

const KEYWORDS: { readonly [kind: string]: string | undefined } = {
  SCALAR: "scalar",
  OBJECT: "type",
  INTERFACE: "interface",
  UNION: "union",
  ENUM: "enum",
  INPUT_OBJECT: "input",
};

function definition(node: Value): string {
  const keyword = KEYWORDS[text(node, "Kind")];
  if (keyword === undefined) throw malformed("Kind");
  const names = (member: string): readonly string[] =>
    list(node, member).map((each) => checkedName(each, member));
  const interfaces = names("Interfaces");
  const types = names("Types");
  const values = list(node, "EnumValues").map(
    (each) => `${description(each)}${name(each, "Name")}${directives(each)}`,
  );
  return [
    `${keyword} ${name(node, "Name")}`,
    interfaces.length === 0 ? "" : ` implements ${interfaces.join(" & ")}`,
    directives(node),
    types.length === 0 ? "" : ` = ${types.join(" | ")}`,
    wrap(" {", [...list(node, "Fields").map(field), ...values], "}"),
  ].join("");
}

function field(node: Value): string {
  return `${description(node)}${name(node, "Name")}${parameters(node)}: ${type(node)}${defaultValue(node)}${directives(node)}`;
}
