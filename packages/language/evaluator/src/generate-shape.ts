// The check of an input's shape as JavaScript made for it: every property is read where the engine can
// remember its place, which is eight times as fast as reading by a key it does not know, and what the
// trees test is kept on the way. An option on top: where code may not be generated
// (`--disallow-code-generation-from-strings`), conform.ts checks the same.

import { hasRepeats, linkShape } from "./conform.ts";
import type { Shape } from "./shape.ts";
import type { InputPath } from "./tree.ts";

export interface GeneratedShape {
  /** Whether a value fits; what it has at the paths is put into `values`, in their order. */
  readonly fits: (value: unknown, values: unknown[]) => boolean;
  /** Paths that the shape says too little about: they are not put there. */
  readonly unread: readonly number[];
}

/** Undefined where the runtime does not allow code from strings. */
export function generateShape(
  shape: Shape,
  paths: readonly InputPath[],
): GeneratedShape | undefined {
  const source = new ShapeSource();
  const wanted: Wanted = { below: new Map() };
  for (const [index, path] of paths.entries()) want(wanted, path, index);
  const root = source.check(shape, "value", wanted);
  const body = `"use strict";\n${source.functions.join("\n")}\nreturn (value, values) => ${root};`;
  const fits = makeFunction<GeneratedShape["fits"]>(body, {
    constants: source.constants,
    hasRepeats,
  });
  if (fits === undefined) return undefined;
  return { fits, unread: paths.flatMap((_path, index) => (source.kept.has(index) ? [] : [index])) };
}

/**
 * What the body returns, given what it may refer to; undefined where the runtime does not allow code from
 * strings. The text must be made of a policy's own constants, each written as JSON.
 */
export function makeFunction<T>(
  body: string,
  scope: { readonly [name: string]: unknown },
): T | undefined {
  try {
    return new Function(...Object.keys(scope), body)(...Object.values(scope)) as T;
  } catch (error) {
    if (error instanceof EvalError) return undefined;
    throw error;
  }
}

/** The paths to keep, key by key. */
interface Wanted {
  index?: number;
  readonly below: Map<string, Wanted>;
}

function want(wanted: Wanted, path: InputPath, index: number): void {
  let at = wanted;
  for (const key of path) {
    const known = at.below.get(key);
    const next: Wanted = known ?? { below: new Map() };
    at.below.set(key, next);
    at = next;
  }
  at.index = index;
}

const NOTHING_WANTED: Wanted = { below: new Map() };

const MAX_IN_PLACE = 8;

/** Enumerations longer than this are sets. */
const MAX_ALTERNATIVES = 8;

class ShapeSource {
  readonly functions: string[] = [];
  /** What the code refers to as `constants[i]`. */
  readonly constants: unknown[] = [];
  /** Which of the paths the code keeps. */
  readonly kept = new Set<number>();

  /** An expression that says whether the value in a variable fits. */
  check(shape: Shape, value: string, wanted: Wanted): string {
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
        return `${this.#array(shape)}(${value}, values)`;
      case "object":
        return this.#object(shape, value, wanted);
      default:
        // Free-form values and alternatives are walked as they come.
        return this.#walk(shape, value);
    }
  }

  #string(values: readonly string[] | undefined, value: string): string {
    if (values === undefined) return `typeof ${value} === "string"`;
    if (values.length > MAX_ALTERNATIVES) return `${this.#constant(new Set(values))}.has(${value})`;
    return `(${values.map((each) => `${value} === ${JSON.stringify(each)}`).join(" || ") || "false"})`;
  }

  #array({ items, unique }: Extract<Shape, { kind: "array" }>): string {
    const fits = this.check(items, "item", NOTHING_WANTED);
    // Few strings are compared faster in place than by a call.
    const isInPlace = unique === true && items.kind === "string";
    const compare = isInPlace
      ? `if (i < ${MAX_IN_PLACE}) for (let j = 0; j < i; j += 1) if (list[j] === item) return false;`
      : "";
    const others = isInPlace ? `list.length > ${MAX_IN_PLACE} && ` : "";
    return this.#function("list, values", [
      "if (!Array.isArray(list)) return false;",
      `for (let i = 0; i < list.length; i += 1) { const item = list[i]; if (!(${fits})) return false; ${compare} }`,
      unique === true ? `return !(${others}hasRepeats(list));` : "return true;",
    ]);
  }

  #object(shape: Extract<Shape, { kind: "object" }>, value: string, wanted: Wanted): string {
    const names = Object.keys(shape.properties);
    // Others than the known keys, or keys known only as required: one by one.
    const isClosed = shape.rest === undefined && shape.required.every((key) => names.includes(key));
    if (!isClosed) return this.#walk(shape, value);
    const reads = names.map((name, index) => {
      const local = `p${index}`;
      const key = JSON.stringify(name);
      const read =
        name in Object.prototype
          ? `(Object.hasOwn(o, ${key}) ? o[${key}] : undefined)`
          : `o[${key}]`;
      const missing = shape.required.includes(name) ? "return false;" : "";
      const below = wanted.below.get(name) ?? NOTHING_WANTED;
      const fits = this.check(shape.properties[name] as Shape, local, below);
      const keep = this.#keep(below, local);
      return `const ${local} = ${read}; if (${local} === undefined) { ${missing} } else { if (!(${fits})) return false; known += 1; ${keep} }`;
    });
    const conditions = (shape.requiredWhen ?? []).map(({ property, equals, required }) => {
      const holds = `o[${JSON.stringify(property)}] === ${JSON.stringify(equals)}`;
      const lacks = required.map((key) => `!Object.hasOwn(o, ${JSON.stringify(key)})`).join(" || ");
      return `if (${holds} && (${lacks || "false"})) return false;`;
    });
    // Of a key the shape does not have, no value fits: such a path stays undefined.
    for (const [name, below] of wanted.below) if (!names.includes(name)) this.#keepNone(below);
    const check = this.#function("o, values", [
      'if (typeof o !== "object" || o === null || Array.isArray(o)) return false;',
      "let known = 0;",
      ...reads,
      "let present = 0; for (const _ in o) present += 1;",
      "if (present !== known) return false;",
      ...conditions,
      "return true;",
    ]);
    return `${check}(${value}, values)`;
  }

  #keep({ index }: Wanted, value: string): string {
    if (index === undefined) return "";
    this.kept.add(index);
    return `values[${index}] = ${value};`;
  }

  #keepNone({ index, below }: Wanted): void {
    if (index !== undefined) this.kept.add(index);
    for (const each of below.values()) this.#keepNone(each);
  }

  #walk(shape: Shape, value: string): string {
    return `${this.#constant(linkShape(shape))}(${value})`;
  }

  #function(parameters: string, lines: readonly string[]): string {
    const name = `f${this.functions.length}`;
    this.functions.push(`function ${name}(${parameters}) {\n${lines.join("\n")}\n}`);
    return name;
  }

  #constant(value: unknown): string {
    return `constants[${this.constants.push(value) - 1}]`;
  }
}
