// `rego.parse_module`, which needs the parser: the library of functions is also for bundles, which have none.

import { type Builtin, BuiltinError, type Value } from "@writ/evaluator";
import { parseRego, toOpaJson } from "@writ/syntax";

/** The function of Rego that reads Rego, for tests and queries. */
export const parseModule: Builtin = {
  name: "rego.parse_module",
  args: [{ type: "string" }, { type: "string" }],
  result: { type: "object", dynamic: { key: { type: "string" }, value: { type: "any" } } },
  nondeterministic: true,
  // Once a test, at an author's machine.
  cost: { growth: "linear", before: ([_file, text]) => String(text).length },
  call: ([file, text]) => {
    const { module, diagnostics } = parseRego({ file: String(file), text: String(text) });
    const error = diagnostics.find(({ severity }) => severity === "error");
    if (error !== undefined) throw new BuiltinError(`rego_parse_error: ${opaWords(error.title)}`);
    return toOpaJson(module) as Value;
  },
};

/** OPA's words for a text that ends too early come first: tests match on them. */
function opaWords(title: string): string {
  return title.endsWith("the end of the text")
    ? `unexpected eof token: expected ident: ${title}`
    : title;
}
