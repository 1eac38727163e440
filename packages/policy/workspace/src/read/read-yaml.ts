// YAML documents of a policy set as plain values, with diagnostics for what is none.

import { type Diagnostic, diagnostic, type SourceFile } from "@writ/diagnostics";
import { parseNumber } from "@writ/evaluator";
import { type Document, parseDocument, type Scalar, visit } from "yaml";

/** A number is the decimal it is written as, however many digits that has. */
function keepDigits(scalar: Scalar): void {
  const { value, source } = scalar;
  if (typeof value === "number" && source !== undefined)
    scalar.value = parseNumber(source) ?? value;
}

export function readYaml({ file, text }: SourceFile, diagnostics: Diagnostic[]): unknown {
  const document = parseDocument(text, { prettyErrors: false });
  diagnostics.push(...errorsOf(document, file));
  if (document.errors.length > 0) return undefined;
  visit(document, { Scalar: (_, scalar) => keepDigits(scalar) });
  const { value, reason } = plainValue(document);
  if (reason !== undefined)
    diagnostics.push(diagnostic("E0120", { reason }, { file, start: 0, end: 1 }));
  return value;
}

export function errorsOf({ errors }: Document, file: string): readonly Diagnostic[] {
  const tooDeep = errors.find(({ message }) => /call stack|stack overflow/i.test(message));
  // What is not closed then follows from it.
  return (tooDeep === undefined ? errors : [tooDeep]).map((error) => {
    const said = (error.message.split("\n")[0] ?? "").replace(/[.:]$/, "");
    const [start, end] = error.pos;
    const reason = error === tooDeep ? "it is nested too deeply" : said;
    return diagnostic("E0120", { reason }, { file, start, end: Math.max(end, start + 1) });
  });
}

/** What a document without errors says, or why that cannot be made of it. */
export function plainValue(document: Document): {
  readonly value?: unknown;
  readonly reason?: string;
} {
  try {
    const value: unknown = document.toJS({ maxAliasCount: 100 });
    if (!isTooDeep(value, 0)) return { value };
    return { reason: `it is nested deeper than ${MAX_YAML_DEPTH} levels, or contains itself` };
  } catch (error) {
    const [, name] = /alias.*: (\S+)$/.exec(error instanceof Error ? error.message : "") ?? [];
    const reason = name === undefined ? "it repeats itself too often" : `\`*${name}\` is nothing`;
    return { reason };
  }
}

const MAX_YAML_DEPTH = 100;

/** An alias may stand inside what it names: such a value has no end. */
function isTooDeep(value: unknown, depth: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (depth >= MAX_YAML_DEPTH) return true;
  return Object.values(value).some((item) => isTooDeep(item, depth + 1));
}
