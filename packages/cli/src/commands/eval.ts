// `writ eval --bundle FILE --input FILE|-`: one decision, as JSON on the output.

import { builtins } from "@writ/builtins";
import { createPolicy } from "@writ/evaluator";
import { EXIT } from "../exit.ts";
import { loadBundle } from "../load-bundle.ts";
import { readInput } from "../read-input.ts";

export interface EvalFlags {
  readonly bundle: string;
  readonly input: string;
}

export function runEval({ bundle: file, input }: EvalFlags): number {
  const bundle = loadBundle(file);
  const document = readInput(input);
  const decision = createPolicy(bundle.policy, builtins).evaluate(document, { quotesInput: true });
  process.stdout.write(
    `${JSON.stringify({ ...decision, policyHash: bundle.policyHash }, null, 2)}\n`,
  );
  return EXIT.clean;
}
