// YAML rules in one order of keys, comments kept: what a rule is before what it says, and its conditions last.

import type { SourceFile } from "@writ/diagnostics";
import { type Document, isMap, isScalar, isSeq, type Pair, parseDocument } from "yaml";
import { parseYaml } from "./parse-yaml.ts";

const TOP = ["package", "description", "variables", "conditions", "rules"];
const RULE = [
  "id",
  "title",
  "description",
  "effect",
  "reason",
  "code",
  "labels",
  "obligation",
  "variables",
  "when",
];

/** The text in its usual layout; undefined for text that has errors. */
export function formatYaml(source: SourceFile): string | undefined {
  const { diagnostics } = parseYaml(source);
  if (diagnostics.some(({ severity }) => severity === "error")) return undefined;
  const document = parseDocument(source.text, { prettyErrors: false });
  const before = JSON.stringify(sorted(document.toJS()));
  orderKeys(document);
  const text = document
    .toString({ lineWidth: 0, flowCollectionPadding: true })
    // Spaces within braces, none within brackets.
    .replace(/\[ ([^[\]"'#\n]*) \]/g, "[$1]");
  const after = JSON.stringify(sorted(parseDocument(text).toJS()));
  return before === after && comments(text) === comments(source.text) ? text : source.text;
}

function orderKeys({ contents }: Document): void {
  if (!isMap(contents)) return;
  order(contents.items as Pair[], TOP);
  const rules = contents.get("rules");
  if (!isSeq(rules)) return;
  for (const rule of rules.items) if (isMap(rule)) order(rule.items as Pair[], RULE);
}

/** Known keys first, in their order; the others stay behind them as they are. */
function order(pairs: Pair[], keys: readonly string[]): void {
  const rank = ({ key }: Pair): number => {
    const index = keys.indexOf(isScalar(key) ? String(key.value) : "");
    return index < 0 ? keys.length : index;
  };
  const [first] = pairs;
  const ranked = pairs.map((pair, index) => ({ pair, index }));
  ranked.sort((a, b) => rank(a.pair) - rank(b.pair) || a.index - b.index);
  // A comment above the first key stands before the whole rule: nothing is moved in front of it.
  const key = first?.key;
  if (isScalar(key) && key.commentBefore) return;
  pairs.splice(0, pairs.length, ...ranked.map(({ pair }) => pair));
}

function comments(text: string): string {
  return [...text.matchAll(/(?:^|\s)#.*$/gm)]
    .map(([comment]) => comment.trim())
    .sort()
    .join("\n");
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]));
}
