// `writ ask DIR 'who can …'`: every input that a policy allows (or denies), given what is asked about.

import { type AskedRegion, askPolicy, isPossible } from "@writ/analysis";
import type { Shape } from "@writ/evaluator";
import { describeRegion, describeTests, readQuestion, type TextOf, textsOf } from "@writ/workspace";
import { builtins } from "../builtins.ts";
import { EXIT, usageError } from "../exit.ts";
import { loadWithSources } from "../load-policy.ts";
import { modelFacts } from "../model-facts.ts";
import { showJson, showLines } from "../output.ts";

export interface AskFlags {
  readonly format: "text" | "json";
}

export function runAsk(path: string, asked: string, { format }: AskFlags): number {
  const { policy: compiled, sources } = loadWithSources(path);
  const question = readQuestion(asked, compiled.shape);
  for (const test of question.constraints)
    if (!isPossible(compiled.shape, [test]))
      throw usageError(`no input is like that: \`${describeTests([test], compiled.shape)}\``);
  const regions = askPolicy(compiled, builtins, question.constraints, question.effect, modelFacts);
  if (format === "json") showJson({ ...question, regions });
  else showLines(render(regions, question.effect, compiled.shape, textsOf(sources)));
  return EXIT.clean;
}

function render(
  regions: readonly AskedRegion[],
  effect: string,
  shape: Shape,
  textOf: TextOf,
): readonly string[] {
  if (regions.length === 0) return [`nothing is ${effect === "allow" ? "allowed" : "denied"}`];
  const blocks = regions.map(({ rule, region, example, isUnreal }) => {
    const by =
      rule === undefined
        ? "because no rule allows it"
        : `by ${rule.rule} (${rule.source.file}:${rule.source.line})`;
    const evidence =
      example === undefined
        ? isUnreal === true
          ? "no model that is known is like that"
          : "cannot tell whether there is such an input: it depends on conditions that no test says"
        : `for example ${JSON.stringify(example.input)}`;
    const body = [...describeRegion(region, shape, textOf), by, evidence];
    return [effect, ...body.map((each) => `  ${each}`)];
  });
  return blocks.flatMap((block, index) => (index === 0 ? block : ["", ...block]));
}
