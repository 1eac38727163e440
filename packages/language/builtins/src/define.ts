// How the families define their functions: a name, the declared types of OPA's capabilities.json, and a
// plain function that may rely on them. Arguments are checked against the declaration before the call.

import {
  type Builtin,
  type BuiltinContext,
  BuiltinError,
  type BuiltinType,
  type Cost,
  integerOf,
  isArray,
  isPlainObject,
  type NumberValue,
  RegoNumber,
  RegoObject,
  RegoSet,
  type Value,
} from "@writ/evaluator";

export const any: BuiltinType = { type: "any" };
export const boolean: BuiltinType = { type: "boolean" };
export const nullType: BuiltinType = { type: "null" };
export const number: BuiltinType = { type: "number" };
export const string: BuiltinType = { type: "string" };
export const anyArray: BuiltinType = { type: "array", dynamic: any };
export const anySet: BuiltinType = { type: "set", of: any };
export const anyObject: BuiltinType = { type: "object", dynamic: { key: any, value: any } };

export function arrayOf(dynamic: BuiltinType): BuiltinType {
  return { type: "array", dynamic };
}

/** An array with these items, in this order. */
export function tupleOf(...items: readonly BuiltinType[]): BuiltinType {
  return { type: "array", static: items };
}

export function objectOf(key: BuiltinType, value: BuiltinType): BuiltinType {
  return { type: "object", dynamic: { key, value } };
}

export function setOf(of: BuiltinType): BuiltinType {
  return { type: "set", of };
}

export function oneOf(...of: readonly BuiltinType[]): BuiltinType {
  return { type: "any", of };
}

/** Any function of values: each definition names the argument types its declaration promises. */
type Call = (...args: never[]) => Value | undefined;
type UncheckedCall = (...args: readonly (Value | BuiltinContext)[]) => Value | undefined;

/** As `define`, for a function of the clock, the network or chance: refused in bundles. */
export function defineNondeterministic(...parts: Parameters<typeof define>): Builtin {
  return { ...define(...parts), nondeterministic: true };
}

/** A function of values, and what calls of it cost; `call` gets the arguments as its declared types say, and the context last. */
export function define(
  name: string,
  args: readonly BuiltinType[],
  result: BuiltinType,
  cost: Cost,
  call: Call,
): Builtin {
  // SAFETY: the arguments are checked against the declared types before the call.
  const unchecked = call as UncheckedCall;
  return {
    name,
    args,
    result,
    cost,
    call: (values: readonly Value[], context: BuiltinContext) => {
      for (const [index, type] of args.entries()) {
        if (!fits(values[index], type)) {
          throw new BuiltinError(
            `operand ${index + 1} must be ${describeType(type)} but got ${kindOf(values[index])}`,
            { code: "eval_type_error" },
          );
        }
      }
      return unchecked(...values, context);
    },
  };
}

function fits(value: Value | undefined, type: BuiltinType): boolean {
  switch (type.type) {
    case "any":
      return type.of === undefined || type.of.some((option) => fits(value, option));
    case "array":
      return isArray(value) && everyFits(value, type.dynamic);
    case "set":
      return value instanceof RegoSet && everyFits(value.items, type.of);
    case "object":
      return isPlainObject(value) || value instanceof RegoObject;
    default:
      return kindOf(value) === type.type;
  }
}

function everyFits(items: readonly Value[], type: BuiltinType | undefined): boolean {
  if (type === undefined || (type.type === "any" && type.of === undefined)) return true;
  return items.every((item) => fits(item, type));
}

function describeType(type: BuiltinType): string {
  if (type.type !== "any") return type.type;
  return type.of === undefined ? "anything" : `one of {${type.of.map(describeType).join(", ")}}`;
}

/** An operand that counts something: a number with a fraction is none. */
export function integerOperand(value: NumberValue, operand: number): number {
  if (integerOf(value) !== undefined) return Number(value);
  throw new BuiltinError(
    `operand ${operand} must be integer number but got floating-point number`,
    { code: "eval_type_error" },
  );
}

/** Rego's name for the type of a value. */
export function kindOf(value: Value | undefined): string {
  if (value === undefined) return "undefined";
  if (value === null) return "null";
  if (isArray(value)) return "array";
  if (value instanceof RegoNumber) return "number";
  if (value instanceof RegoSet) return "set";
  return typeof value;
}
