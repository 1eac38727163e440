// `vocabulary.yaml`: the labels of a company's own, and the models and groups it has. Labels and models are
// closed: an input with another one is invalid. Callers may be in other groups than those listed; that a rule
// names one that is not is said, and so is what no rule names.

import { findMentions } from "@writ/analysis";
import {
  type Diagnostic,
  diagnostic,
  type SourceFile,
  type Span,
  suggest,
} from "@writ/diagnostics";
import type { CompiledPolicy, InputPath } from "@writ/evaluator";

/** What one `vocabulary.yaml` lists. */
export interface Vocabulary {
  readonly source: SourceFile;
  readonly labels: readonly string[];
  readonly models?: readonly string[];
  readonly groups?: readonly string[];
}

const KEYS = ["labels", "models", "groups"] as const;

/** What a file lists; nothing, with a diagnostic, where it is no vocabulary. */
export function readVocabulary(
  source: SourceFile,
  value: unknown,
  diagnostics: Diagnostic[],
): readonly Vocabulary[] {
  if (value === undefined) return [];
  const wrong = (what: string, expected: string): readonly Vocabulary[] => {
    diagnostics.push(diagnostic("E0123", { what, expected }, wholeOf(source)));
    return [];
  };
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return wrong("a vocabulary", "a mapping with `labels`, `models` or `groups`");
  const lists = value as { readonly [key: string]: unknown };
  for (const [key, list] of Object.entries(lists)) {
    if (!(KEYS as readonly string[]).includes(key)) {
      const where = "a vocabulary";
      diagnostics.push(diagnostic("E0121", { key, where }, spanOf(source, key)));
      return [];
    }
    if (!Array.isArray(list) || !list.every((each) => typeof each === "string"))
      return wrong(`\`${key}\` of a vocabulary`, "a list of texts");
  }
  const { labels = [], models, groups } = lists as Partial<Record<(typeof KEYS)[number], string[]>>;
  return [
    {
      source,
      labels,
      ...(models === undefined ? {} : { models }),
      ...(groups === undefined ? {} : { groups }),
    },
  ];
}

const LISTED: readonly (readonly ["models" | "groups", string, InputPath])[] = [
  ["models", "model", ["model", "id"]],
  ["groups", "group", ["identity", "groups"]],
];

/** Models and groups that no rule names, and groups that rules name and no vocabulary lists. */
export function compareVocabulary(
  policy: CompiledPolicy,
  vocabularies: readonly Vocabulary[],
): readonly Diagnostic[] {
  return LISTED.flatMap(([key, what, path]) => {
    const lists = vocabularies.filter((each) => each[key] !== undefined);
    if (lists.length === 0) return [];
    const { isMentioned, constants, isOpen } = findMentions(policy, path);
    const known = new Set(lists.flatMap((each) => each[key] ?? []));
    const unnamed = lists.flatMap(({ source, [key]: list = [] }) =>
      list
        .filter((value) => !isOpen && constants.size > 0 && !isMentioned(value))
        .map((value) => diagnostic("W0415", { what, value }, spanOf(source, value))),
    );
    const unlisted = [...constants].flatMap(([value, source]) => {
      // A model that is not listed is outside the input's type, and said to be so where it stands.
      if (key === "models" || typeof value !== "string" || known.has(value)) return [];
      const near = suggest(value, known);
      const help = near === undefined ? {} : { help: `did you mean \`${near}\`?` };
      const { file, start, end } = source;
      return [diagnostic("W0416", { what, value }, { file, start, end }, help)];
    });
    return [...unnamed, ...unlisted];
  });
}

function wholeOf({ file }: SourceFile): Span {
  return { file, start: 0, end: 1 };
}

/** Where a word stands in a file. */
function spanOf(source: SourceFile, word: string): Span {
  const start = source.text.indexOf(word);
  return start < 0 ? wholeOf(source) : { file: source.file, start, end: start + word.length };
}
