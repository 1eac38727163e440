// The checker's type of what a built-in function declares.

import type { BuiltinType } from "@writ/builtins";
import { ANY, BOOLEAN, NULL, NUMBER, STRING, type Type, unionOf } from "@writ/ir";

export function fromBuiltin(type: BuiltinType): Type {
  switch (type.type) {
    case "any":
      return type.of === undefined ? ANY : unionOf(type.of.map(fromBuiltin));
    case "null":
      return NULL;
    case "boolean":
      return BOOLEAN;
    case "number":
      return NUMBER;
    case "string":
      return STRING;
    case "array":
      return { kind: "array", items: type.dynamic === undefined ? ANY : fromBuiltin(type.dynamic) };
    case "set":
      return { kind: "set", items: fromBuiltin(type.of) };
    case "object":
      return { kind: "object", properties: new Map(), rest: ANY, keys: ANY };
  }
}
