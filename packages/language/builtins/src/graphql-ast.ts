// GraphQL documents as the objects OPA makes of them: the members of gqlparser's syntax tree, without
// positions and without what is empty.

import type { Value } from "@writ/evaluator";
import type {
  ArgumentNode,
  DefinitionNode,
  DirectiveNode,
  DocumentNode,
  EnumValueDefinitionNode,
  FieldDefinitionNode,
  FragmentDefinitionNode,
  InputValueDefinitionNode,
  OperationDefinitionNode,
  OperationTypeDefinitionNode,
  SelectionNode,
  TypeNode,
  ValueNode,
  VariableDefinitionNode,
} from "graphql";
// All of it that is needed while it runs: the rest of the library is loaded for documents.
import { Kind } from "graphql/language/kinds.js";

type Members = readonly (readonly [name: string, value: Value | undefined])[];

const VALUE_KINDS: readonly string[] = [
  Kind.VARIABLE,
  Kind.INT,
  Kind.FLOAT,
  Kind.STRING,
  "BlockValue",
  Kind.BOOLEAN,
  Kind.NULL,
  Kind.ENUM,
  Kind.LIST,
  Kind.OBJECT,
];

const DEFINITION_KINDS: { readonly [kind: string]: string } = {
  Scalar: "SCALAR",
  Object: "OBJECT",
  Interface: "INTERFACE",
  Union: "UNION",
  Enum: "ENUM",
  InputObject: "INPUT_OBJECT",
};

/** Members that are undefined or empty are left out, as OPA prunes them. */
function object(members: Members): Value {
  const out: { [name: string]: Value } = Object.create(null);
  for (const [name, value] of members) {
    const isEmpty =
      value === undefined ||
      (typeof value === "object" && value !== null && Object.keys(value).length === 0);
    if (!isEmpty) out[name] = value;
  }
  return out;
}

export function queryObject({ definitions }: DocumentNode): Value {
  const of = <T extends DefinitionNode>(kind: Kind): readonly T[] =>
    definitions.filter((each) => each.kind === kind) as unknown as readonly T[];
  return object([
    ["Operations", of<OperationDefinitionNode>(Kind.OPERATION_DEFINITION).map(operation)],
    ["Fragments", of<FragmentDefinitionNode>(Kind.FRAGMENT_DEFINITION).map(fragment)],
  ]);
}

function operation(node: OperationDefinitionNode): Value {
  return object([
    ["Operation", node.operation],
    ["Name", node.name?.value ?? ""],
    ["VariableDefinitions", node.variableDefinitions?.map(variable)],
    ["Directives", node.directives?.map(directive)],
    ["SelectionSet", node.selectionSet.selections.map(selection)],
  ]);
}

function fragment(node: FragmentDefinitionNode): Value {
  return object([
    ["Name", node.name.value],
    ["VariableDefinition", node.variableDefinitions?.map(variable)],
    ["TypeCondition", node.typeCondition.name.value],
    ["Directives", node.directives?.map(directive)],
    ["SelectionSet", node.selectionSet.selections.map(selection)],
  ]);
}

function variable(node: VariableDefinitionNode): Value {
  return object([
    ["Variable", node.variable.name.value],
    ["Type", type(node.type)],
    ["DefaultValue", node.defaultValue && value(node.defaultValue)],
    ["Directives", node.directives?.map(directive)],
    ["Used", false],
  ]);
}

function selection(node: SelectionNode): Value {
  const directives = ["Directives", node.directives?.map(directive)] as const;
  switch (node.kind) {
    case Kind.FIELD:
      return object([
        ["Alias", (node.alias ?? node.name).value],
        ["Name", node.name.value],
        ["Arguments", node.arguments?.map(argument)],
        directives,
        ["SelectionSet", node.selectionSet?.selections.map(selection)],
      ]);
    case Kind.FRAGMENT_SPREAD:
      return object([["Name", node.name.value], directives]);
    case Kind.INLINE_FRAGMENT:
      return object([
        ["TypeCondition", node.typeCondition?.name.value ?? ""],
        directives,
        ["SelectionSet", node.selectionSet.selections.map(selection)],
      ]);
  }
}

function argument(node: ArgumentNode): Value {
  return object([
    ["Name", node.name.value],
    ["Value", value(node.value)],
  ]);
}

function directive(node: DirectiveNode): Value {
  return object([
    ["Name", node.name.value],
    ["Arguments", node.arguments?.map(argument)],
    ["Location", ""],
  ]);
}

function value(node: ValueNode): Value {
  const kind = node.kind === Kind.STRING && node.block === true ? "BlockValue" : node.kind;
  return object([
    ["Raw", raw(node)],
    ["Children", children(node)],
    ["Kind", VALUE_KINDS.indexOf(kind)],
    ["ExpectedTypeHasDefault", false],
  ]);
}

function raw(node: ValueNode): string {
  switch (node.kind) {
    case Kind.VARIABLE:
      return node.name.value;
    case Kind.NULL:
      return "null";
    case Kind.LIST:
    case Kind.OBJECT:
      return "";
    default:
      return String(node.value);
  }
}

function children(node: ValueNode): readonly Value[] {
  if (node.kind === Kind.LIST)
    return node.values.map((each) =>
      object([
        ["Name", ""],
        ["Value", value(each)],
      ]),
    );
  if (node.kind !== Kind.OBJECT) return [];
  return node.fields.map((field) =>
    object([
      ["Name", field.name.value],
      ["Value", value(field.value)],
    ]),
  );
}

function type(node: TypeNode): Value {
  const [inner, isNonNull] =
    node.kind === Kind.NON_NULL_TYPE ? [node.type, true] : ([node, false] as const);
  return object([
    ["NamedType", inner.kind === Kind.NAMED_TYPE ? inner.name.value : ""],
    ["Elem", inner.kind === Kind.LIST_TYPE ? type(inner.type) : undefined],
    ["NonNull", isNonNull],
  ]);
}

export function schemaObject({ definitions }: DocumentNode): Value {
  const types = definitions.filter((node) => /TypeDefinition$/.test(node.kind));
  const extensions = definitions.filter((node) => /TypeExtension$/.test(node.kind));
  return object([
    ["Schema", definitions.filter(({ kind }) => kind === Kind.SCHEMA_DEFINITION).map(schema)],
    [
      "SchemaExtension",
      definitions.filter(({ kind }) => kind === Kind.SCHEMA_EXTENSION).map(schema),
    ],
    [
      "Directives",
      definitions.filter(({ kind }) => kind === Kind.DIRECTIVE_DEFINITION).map(directiveDefinition),
    ],
    ["Definitions", types.map(definition)],
    ["Extensions", extensions.map(definition)],
  ]);
}

/** What type definitions and extensions have between them. */
interface TypeLike {
  readonly kind: string;
  readonly name?: { readonly value: string };
  readonly description?: { readonly value: string };
  readonly directives?: readonly DirectiveNode[];
  readonly interfaces?: readonly { readonly name: { readonly value: string } }[];
  readonly fields?: readonly (FieldDefinitionNode | InputValueDefinitionNode)[];
  readonly types?: readonly { readonly name: { readonly value: string } }[];
  readonly values?: readonly EnumValueDefinitionNode[];
  readonly operationTypes?: readonly OperationTypeDefinitionNode[];
  readonly arguments?: readonly InputValueDefinitionNode[];
  readonly locations?: readonly { readonly value: string }[];
  readonly repeatable?: boolean;
}

function schema(node: TypeLike): Value {
  return object([
    ["Description", node.description?.value ?? ""],
    ["Directives", node.directives?.map(directive)],
    [
      "OperationTypes",
      node.operationTypes?.map((each) =>
        object([
          ["Operation", each.operation],
          ["Type", each.type.name.value],
        ]),
      ),
    ],
  ]);
}

function directiveDefinition(node: TypeLike): Value {
  return object([
    ["Description", node.description?.value ?? ""],
    ["Name", node.name?.value],
    ["Arguments", node.arguments?.map(field)],
    ["Locations", node.locations?.map((each) => each.value)],
    ["IsRepeatable", node.repeatable ?? false],
  ]);
}

function definition(node: TypeLike): Value {
  return object([
    ["Kind", DEFINITION_KINDS[node.kind.replace(/Type(Definition|Extension)$/, "")]],
    ["Description", node.description?.value ?? ""],
    ["Name", node.name?.value],
    ["Directives", node.directives?.map(directive)],
    ["Interfaces", node.interfaces?.map((each) => each.name.value)],
    ["Fields", node.fields?.map(field)],
    ["Types", node.types?.map((each) => each.name.value)],
    [
      "EnumValues",
      node.values?.map((each) =>
        object([
          ["Description", each.description?.value ?? ""],
          ["Name", each.name.value],
          ["Directives", each.directives?.map(directive)],
        ]),
      ),
    ],
    ["BuiltIn", false],
  ]);
}

function field(node: FieldDefinitionNode | InputValueDefinitionNode): Value {
  const isField = node.kind === Kind.FIELD_DEFINITION;
  return object([
    ["Description", node.description?.value ?? ""],
    ["Name", node.name.value],
    ["Arguments", isField ? node.arguments?.map(field) : undefined],
    [
      "DefaultValue",
      isField || node.defaultValue === undefined ? undefined : value(node.defaultValue),
    ],
    ["Type", type(node.type)],
    ["Directives", node.directives?.map(directive)],
  ]);
}
