// `writ ask DIR 'who can …'`: every input that a policy allows (or denies), given what is asked about.

import { type AskedRegion, askPolicy, isPossible } from "@writ/compiler";
import type { Shape } from "@writ/evaluator";
import { builtins } from "../builtins.ts";
import { EXIT, usageError } from "../exit.ts";
import { loadPolicy } from "../load-policy.ts";
import { readQuestion } from "../question.ts";
import { describeRegion, describeTests } from "../region-text.ts";

export interface AskFlags {
  readonly format: "text" | "json";
}

export function runAsk(path: string, asked: string, { format }: AskFlags): number {
  const compiled = loadPolicy(path);
  const question = readQuestion(asked, compiled.shape);
  for (const test of question.constraints)
    if (!isPossible(compiled.shape, [test]))
      throw usageError(`no input is like that: \`${describeTests([test], compiled.shape)}\``);
  const regions = askPolicy(compiled, builtins, question.constraints, question.effect);
  if (format === "json")
    process.stdout.write(`${JSON.stringify({ ...question, regions }, null, 2)}\n`);
  else process.stdout.write(render(regions, question.effect, compiled.shape));
  return EXIT.clean;
}

function render(regions: readonly AskedRegion[], effect: string, shape: Shape): string {
  if (regions.length === 0) return `nothing is ${effect === "allow" ? "allowed" : "denied"}\n`;
  const blocks = regions.map(({ rule, region, example }) => {
    const by =
      rule === undefined
        ? "because no rule allows it"
        : `by ${rule.rule} (${rule.source.file}:${rule.source.line})`;
    const evidence =
      example === undefined
        ? "cannot tell whether there is such an input: it depends on conditions that no test says"
        : `for example ${JSON.stringify(example.input)}`;
    const body = [...describeRegion(region, shape), by, evidence];
    return `${effect}\n${body.map((line) => `  ${line}\n`).join("")}`;
  });
  return blocks.join("\n");
}
