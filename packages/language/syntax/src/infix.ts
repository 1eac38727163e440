// Infix operators are calls: `a + b` is `plus(a, b)`.

import type { InfixOperator } from "./ast.ts";

/** The built-in function that each operator is. */
export const INFIX_FUNCTIONS: { readonly [Operator in InfixOperator]: string } = {
  "==": "equal",
  "!=": "neq",
  "<": "lt",
  "<=": "lte",
  ">": "gt",
  ">=": "gte",
  "+": "plus",
  "-": "minus",
  "*": "mul",
  "/": "div",
  "%": "rem",
  "&": "and",
  "|": "or",
};
