// The check of an input's shape as JavaScript made for it: every property is read where the engine can
// remember its place, which is eight times as fast as reading by a key it does not know. An option on top:
// where code may not be generated (`--disallow-code-generation-from-strings`), conform.ts checks the same.

import { linkShape } from "./conform.ts";
import type { Shape } from "./shape.ts";

type Check = (value: unknown) => boolean;

/** Undefined where the runtime does not allow code from strings. */
export function generateShape(shape: Shape): Check | undefined {
  const source = new ShapeSource();
  const root = source.check(shape, "value");
  const body = `"use strict";\n${source.functions.join("\n")}\nreturn (value) => ${root};`;
  try {
    // The text is made of the schema's own keys and words, each written as a JSON string.
    return new Function("constants", body)(source.constants) as Check;
  } catch (error) {
    if (error instanceof EvalError) return undefined;
    throw error;
  }
}

/** Enumerations longer than this are sets. */
const MAX_ALTERNATIVES = 8;

class ShapeSource {
  readonly functions: string[] = [];
  /** What the code refers to as `constants[i]`. */
  readonly constants: unknown[] = [];

  /** An expression that says whether the value in a variable fits. */
  check(shape: Shape, value: string): string {
    switch (shape.kind) {
      case "null":
        return `${value} === null`;
      case "boolean":
        return `typeof ${value} === "boolean"`;
      case "number":
        return `Number.isFinite(${value})`;
      case "integer":
        return shape.minimum === undefined
          ? `Number.isInteger(${value})`
          : `(Number.isInteger(${value}) && ${value} >= ${Number(shape.minimum)})`;
      case "string":
        return this.#string(shape.values, value);
      case "array":
        return `${this.#array(shape)}(${value})`;
      case "object":
        return `${this.#object(shape)}(${value})`;
      default: {
        // Free-form values and alternatives are walked as they come.
        return `${this.#constant(linkShape(shape))}(${value})`;
      }
    }
  }

  #string(values: readonly string[] | undefined, value: string): string {
    if (values === undefined) return `typeof ${value} === "string"`;
    if (values.length > MAX_ALTERNATIVES) return `${this.#constant(new Set(values))}.has(${value})`;
    return `(${values.map((each) => `${value} === ${JSON.stringify(each)}`).join(" || ") || "false"})`;
  }

  #array({ items, unique }: Extract<Shape, { kind: "array" }>): string {
    const repeats =
      unique === true
        ? "if (list.length > 1 && new Set(list).size !== list.length) return false;"
        : "";
    return this.#function("list", [
      "if (!Array.isArray(list)) return false;",
      `for (let i = 0; i < list.length; i += 1) { const item = list[i]; if (!(${this.check(items, "item")})) return false; }`,
      repeats,
      "return true;",
    ]);
  }

  #object(shape: Extract<Shape, { kind: "object" }>): string {
    const names = Object.keys(shape.properties);
    // Others than the known keys, or keys known only as required: one by one.
    const isClosed = shape.rest === undefined && shape.required.every((key) => names.includes(key));
    if (!isClosed) return this.#constant(linkShape(shape));
    const reads = names.map((name, index) => {
      const local = `p${index}`;
      const key = JSON.stringify(name);
      const read =
        name in Object.prototype
          ? `(Object.hasOwn(o, ${key}) ? o[${key}] : undefined)`
          : `o[${key}]`;
      const missing = shape.required.includes(name) ? "return false;" : "";
      const fits = this.check(shape.properties[name] as Shape, local);
      return `const ${local} = ${read}; if (${local} === undefined) { ${missing} } else { if (!(${fits})) return false; known += 1; }`;
    });
    const conditions = (shape.requiredWhen ?? []).map(({ property, equals, required }) => {
      const holds = `o[${JSON.stringify(property)}] === ${JSON.stringify(equals)}`;
      const lacks = required.map((key) => `!Object.hasOwn(o, ${JSON.stringify(key)})`).join(" || ");
      return `if (${holds} && (${lacks || "false"})) return false;`;
    });
    return this.#function("o", [
      'if (typeof o !== "object" || o === null || Array.isArray(o)) return false;',
      "let known = 0;",
      ...reads,
      "let present = 0; for (const _ in o) present += 1;",
      "if (present !== known) return false;",
      ...conditions,
      "return true;",
    ]);
  }

  #function(parameter: string, lines: readonly string[]): string {
    const name = `f${this.functions.length}`;
    this.functions.push("");
    this.functions[Number(name.slice(1))] =
      `function ${name}(${parameter}) {\n${lines.join("\n")}\n}`;
    return name;
  }

  #constant(value: unknown): string {
    return `constants[${this.constants.push(value) - 1}]`;
  }
}
