// YAML documents of a policy set as plain values, with diagnostics for what is none.

import { type Diagnostic, diagnostic, type SourceFile } from "@writ/diagnostics";
import { parseNumber } from "@writ/evaluator";
import { parseDocument, type Scalar, visit } from "yaml";

/** A number is the decimal it is written as, however many digits that has. */
function keepDigits(scalar: Scalar): void {
  const { value, source } = scalar;
  if (typeof value === "number" && source !== undefined)
    scalar.value = parseNumber(source) ?? value;
}

export function readYaml({ file, text }: SourceFile, diagnostics: Diagnostic[]): unknown {
  const document = parseDocument(text, { prettyErrors: false });
  for (const { message, pos } of document.errors) {
    const said = (message.split("\n")[0] ?? "").replace(/[.:]$/, "");
    const reason = /call stack/i.test(said) ? "it is nested too deeply" : said;
    diagnostics.push(
      diagnostic("E0120", { reason }, { file, start: pos[0], end: Math.max(pos[1], pos[0] + 1) }),
    );
  }
  if (document.errors.length > 0) return undefined;
  const wrong = (reason: string): undefined => {
    diagnostics.push(diagnostic("E0120", { reason }, { file, start: 0, end: 1 }));
    return undefined;
  };
  visit(document, { Scalar: (_, scalar) => keepDigits(scalar) });
  try {
    const value: unknown = document.toJS({ maxAliasCount: 100 });
    return isTooDeep(value, 0)
      ? wrong(`it is nested deeper than ${MAX_YAML_DEPTH} levels, or contains itself`)
      : value;
  } catch {
    return wrong("it repeats itself too often");
  }
}

const MAX_YAML_DEPTH = 100;

/** An alias may stand inside what it names: such a value has no end. */
export function isTooDeep(value: unknown, depth: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (depth >= MAX_YAML_DEPTH) return true;
  return Object.values(value).some((item) => isTooDeep(item, depth + 1));
}
