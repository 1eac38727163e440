// `writ query 'data.x.y' --data DIR --input F`: what a body comes to, with every policy and document of a
// set in sight. A solution a line, as JSON; no line where there is none.

import { makeSources, visibleJsonText } from "@writ/diagnostics";
import { createQueries, jsonText, QUERY_PACKAGE, RegoSet, type Value } from "@writ/evaluator";
import { compileSet, parseQuery, toQuery, withoutOwnVariable } from "@writ/workspace";
import { allowHosts, builtins, type NetworkFlags } from "../builtins.ts";
import { CommandFailure, EXIT, usageError } from "../exit.ts";
import { showDocument, showErrors } from "../output.ts";
import { emptyPolicySet, readPolicySet } from "../policy-set.ts";
import { readInput } from "../read-input.ts";
import { stopOnErrors } from "../report.ts";

export interface QueryFlags extends NetworkFlags {
  readonly data?: string;
  readonly input?: string;
  readonly likeOpa?: boolean;
}

export function runQuery(text: string, flags: QueryFlags): number {
  const { data, input, likeOpa } = flags;
  allowHosts(flags);
  const set = data === undefined ? emptyPolicySet : readPolicySet(data, { likeOpa });
  const source = { file: "query", text };
  const files = [...set.files, source];
  const sources = makeSources(files);
  const { module, diagnostics } = parseQuery(source);
  stopOnErrors(diagnostics, sources);
  const query = toQuery(module, builtins);
  if (query === undefined) throw usageError("a query is one body");
  const asked = { ...set, modules: [...set.modules, query.module], files, sources };
  const { compiled, diagnostics: found } = compileSet(asked, { includeTests: true, likeOpa });
  stopOnErrors(withoutOwnVariable(found), sources);
  if (compiled === undefined) throw new Error("a set without errors compiles");
  const result = createQueries(compiled, builtins).query(
    [QUERY_PACKAGE, "solution"],
    input === undefined ? undefined : (readInput(input) as Value),
    { print: (text) => showErrors([text]) },
  );
  if (!result.ok)
    throw new CommandFailure(`${result.error.code}: ${result.error.message}`, EXIT.findings);
  const solutions = result.value instanceof RegoSet ? result.value.items : [];
  showDocument(solutions.map((solution) => `${visibleJsonText(jsonText(solution))}\n`).join(""));
  return EXIT.clean;
}
