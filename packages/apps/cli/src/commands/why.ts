// `writ explain --bundle BUNDLE --input FILE`: why a policy decides as it does on one input.

import type { Turn } from "@writ/analysis";
import type { Decision, InputPath, Value } from "@writ/evaluator";
import { explainDecision, type Why, type WhyRule } from "@writ/workspace";
import { builtins } from "../builtins.ts";
import { EXIT, usageError } from "../exit.ts";
import { loadPolicy } from "../load-policy.ts";
import { showJson, showLines } from "../output.ts";
import { readInput } from "../read-input.ts";
import { readSourceLines, type SourceLines } from "../source-lines.ts";

export interface WhyFlags {
  readonly bundle?: string;
  readonly input?: string;
  readonly format: "text" | "json";
}

export function runWhy({ bundle, input: file, format }: WhyFlags): number {
  if (bundle === undefined || file === undefined)
    throw usageError("say which diagnostic, or give --bundle and --input");
  const compiled = loadPolicy(bundle);
  // SAFETY: JSON is a value; whether it fits is for the policy to say.
  const why = explainDecision(compiled, builtins, readInput(file) as Value);
  if (format === "json") showJson(why);
  else showLines(render(why, readSourceLines(bundle)));
  return EXIT.clean;
}

function render({ decision, rules, turns }: Why, lines: SourceLines): readonly string[] {
  return [
    headline(decision),
    ...(decision.determining.length === 0 && rules.length > 0
      ? ["no rule allows it; nearest:"]
      : []),
    ...rules.flatMap((rule) => ruleLines(rule, lines)),
    ...(decision.errors.length > 0 ? [] : turnLines(turns, decision)),
  ];
}

function headline({ effect, reasons, redactions }: Decision): string {
  const why = reasons.map(({ code, message }) =>
    code === undefined ? message : `${message} (${code})`,
  );
  const masks = redactions.length === 0 ? "" : `, redacting ${redactions.join(", ")}`;
  return `${effect}${masks}${why.length === 0 ? "" : `: ${why.join("; ")}`}`;
}

const MARKS = { true: "+", false: "-", undefined: " " } as const;

function ruleLines({ rule, source, conditions }: WhyRule, lines: SourceLines): readonly string[] {
  const places = conditions.map(({ source: at, holds }) => {
    const place = `${at.file}:${at.line}`;
    return `  ${MARKS[`${holds}`]} ${place}  ${lines(at)}`.trimEnd();
  });
  return [`by ${rule} (${source.file}:${source.line})`, ...places];
}

function turnLines(turns: readonly Turn[], { effect }: Decision): readonly string[] {
  const other = effect === "allow" ? "deny" : "allow";
  if (turns.length === 0) return [`no small change of the input was found that makes it ${other}`];
  return [
    `it would be ${other} with`,
    ...turns.map(
      ({ changes }) =>
        `  ${changes
          .map(
            ({ path, from, to }) =>
              `${path.join(".")}: ${show(from)} -> ${show(to)} [${controllerOf(path)}]`,
          )
          .join(", ")}`,
    ),
  ];
}

function show(value: Value | undefined): string {
  return value === undefined ? "missing" : JSON.stringify(value);
}

/** Who decides what stands at a path; the longest that fits counts. */
const CONTROLLERS: readonly (readonly [string, string])[] = [
  ["request.source_ip", "the network"],
  ["request.surface", "the gateway"],
  ["request", "the caller"],
  ["model", "the caller"],
  ["labels", "the content"],
  ["findings", "the content"],
  ["documents", "the knowledge base"],
  ["agent", "the caller"],
  ["action", "the model"],
  ["identity", "proved identity"],
  ["usage", "the gateway"],
  ["time", "the clock"],
  ["stage", "the gateway"],
];

function controllerOf(path: InputPath): string {
  const text = path.join(".");
  const found = CONTROLLERS.find(([start]) => text === start || text.startsWith(`${start}.`));
  return found?.[1] ?? "the input";
}
