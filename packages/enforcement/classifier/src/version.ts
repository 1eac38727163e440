// What a classifier is, in one word: a digest of everything that decides what it finds, which is data. Code
// has revisions in its place: a check's is in its id, that of the engine is here. A test keeps what is found
// in a corpus beside the version and fails where one changes without the other.

import { createHash } from "node:crypto";
import { canonicalTables } from "./canonical.ts";
import { type Dictionary, dictionaryId, foldTerms } from "./dictionary.ts";
import type { Recogniser } from "./recogniser.ts";

/** Changes whenever the way text is looked at changes: the view, the search, the dictionaries. */
export const ENGINE_VERSION = "writ-classifier/3";

export function versionOf(
  recognisers: readonly Recogniser[],
  dictionaries: readonly Dictionary[],
): string {
  const detector = {
    view: canonicalTables,
    recognisers: recognisers.map(({ id, label, pattern, ignoreCase = false, gate = "", check }) => [
      id,
      label,
      pattern.full,
      pattern.partial,
      pattern.maxLength,
      ignoreCase,
      gate,
      check.id,
      check.data,
    ]),
    dictionaries: dictionaries.map(({ label, terms }) => [dictionaryId(label), foldTerms(terms)]),
  };
  const digest = createHash("sha256").update(ENGINE_VERSION).update(JSON.stringify(detector));
  return `${ENGINE_VERSION}+${digest.digest("hex").slice(0, 16)}`;
}
