// Globs, translated to regular expressions: `*` and `?` stop at delimiters, `**` does not; `[a-z]` is one range,
// `[abc-]` a list; `[!a]` and `{one,two}`; a backslash takes the next character as it is.

import { type Builtin, type BuiltinContext, BuiltinError } from "@writ/evaluator";
import { RE2JS } from "re2js";
import { COUNTED_SUPERLINEAR, perCharacter } from "./cost.ts";
import { arrayOf, boolean, define, nullType, oneOf, string } from "./define.ts";
import { compile, matchesSome } from "./regex.ts";

export const glob: readonly Builtin[] = [
  define(
    "glob.match",
    [string, oneOf(nullType, arrayOf(string)), string],
    boolean,
    COUNTED_SUPERLINEAR,
    (
      ...[pattern, delimiters, text, context]: readonly [
        string,
        readonly string[] | null,
        string,
        BuiltinContext,
      ]
    ) => {
      for (const delimiter of delimiters ?? [])
        if ([...delimiter].length !== 1)
          throw new BuiltinError(
            "operand 2 must be array of characters but got array containing string",
            { code: "eval_type_error" },
          );
      const separators = delimiters?.length === 0 ? ["."] : (delimiters ?? []);
      context.step(pattern.length * (1 + separators.length));
      return matchesSome(compile(toRegex(pattern, separators), context), text);
    },
  ),
  define("glob.quote_meta", [string], string, perCharacter(0.5), (text: string) =>
    text.replace(/[*?\\[\]{}]/g, (mark) => `\\${mark}`),
  ),
];

const TOKEN =
  /\\(?<escaped>.)|(?<deep>\*{2,})|(?<mark>[*?{},])|\[(?<not>!|(?!!))(?:(?<low>.)-(?<high>.)|(?!.-)(?<set>(?:\\.|[^\]\\])+))\]|(?<text>[^\\*?{},[])/suy;

function toRegex(pattern: string, separators: readonly string[]): string {
  const one = separators.length === 0 ? "." : `[^${separators.map(quote).join("")}]`;
  let out = "";
  let depth = 0;
  let end = 0;
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(pattern); match !== null; match = TOKEN.exec(pattern)) {
    end = TOKEN.lastIndex;
    const { mark } = match.groups ?? {};
    if (mark === "{") depth += 1;
    out += piece(match.groups ?? {}, one, depth > 0);
    if (mark === "}" && depth > 0) depth -= 1;
  }
  if (end !== pattern.length || depth !== 0)
    throw new BuiltinError(`the glob ${JSON.stringify(pattern)} is invalid`);
  return `^(?s:${out})$`;
}

function piece(
  {
    escaped,
    deep,
    mark,
    not,
    low,
    high,
    set,
    text,
  }: { readonly [group: string]: string | undefined },
  one: string,
  isInBraces: boolean,
): string {
  if (deep !== undefined) return ".*";
  const negation = not === "!" ? "^" : "";
  if (low !== undefined) return `[${negation}${quote(low)}-${quote(high ?? "")}]`;
  if (set !== undefined) return `[${negation}${setItems(set)}]`;
  const marks: { readonly [mark: string]: string } = {
    "*": `${one}*`,
    "?": one,
    "{": "(?:",
    "}": isInBraces ? ")" : "\\}",
    ",": isInBraces ? "|" : ",",
  };
  return mark === undefined ? quote(escaped ?? text ?? "") : (marks[mark] ?? "");
}

function setItems(set: string): string {
  return set.replace(/\\(.)|(.)/gsu, (_match, escaped?: string, plain?: string) =>
    quote(escaped ?? plain ?? ""),
  );
}

function quote(text: string): string {
  return text === "-" ? "\\-" : RE2JS.quote(text);
}
