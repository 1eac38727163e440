// `writ eval --bundle FILE --input FILE|-`: one decision, as JSON on the output.

import { builtins } from "@writ/builtins";
import { createPolicy, parseJson } from "@writ/evaluator";
import { EXIT, usageError } from "../exit.ts";
import { readStandardInput, readText } from "../files.ts";
import { loadBundle } from "../load-bundle.ts";

export interface EvalFlags {
  readonly bundle: string;
  readonly input: string;
}

export function runEval({ bundle: file, input }: EvalFlags): number {
  const bundle = loadBundle(file);
  const text = input === "-" ? readStandardInput() : readText(input);
  let document: unknown;
  try {
    document = parseJson(text);
  } catch (error) {
    throw usageError(`the input is not JSON: ${error instanceof Error ? error.message : ""}`);
  }
  const decision = createPolicy(bundle.policy, builtins).evaluate(document);
  process.stdout.write(
    `${JSON.stringify({ ...decision, policyHash: bundle.policyHash }, null, 2)}\n`,
  );
  return EXIT.clean;
}
