// `writ eval --bundle FILE --input FILE|-`: one decision, as JSON on the output.

import { builtins } from "@writ/builtins";
import { createPolicy } from "@writ/evaluator";
import { EXIT } from "../exit.ts";
import { loadBundle } from "../load-bundle.ts";
import { showJson } from "../output.ts";
import { readInput } from "../read-input.ts";

export interface EvalFlags {
  readonly bundle: string;
  readonly input: string;
}

export function runEval({ bundle: file, input }: EvalFlags): number {
  const bundle = loadBundle(file);
  const document = readInput(input);
  const decision = createPolicy(bundle.policy, builtins).evaluate(document, { quotesInput: true });
  showJson({ ...decision, policyHash: bundle.policyHash });
  return EXIT.clean;
}
