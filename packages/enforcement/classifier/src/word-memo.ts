// What was found in single words, kept: the settings and names of an API are the same few in every call. Only
// letters are kept, so nothing that is anybody's.

import type { Finding } from "./findings.ts";

const WORD = /^[A-Za-z][A-Za-z_]{0,31}$/;
const MAX_WORDS = 4_096;

export class WordMemo {
  readonly #found = new Map<string, readonly Finding[]>();

  /** The findings of a text, from before where it is a word that was looked at. */
  classify(text: string, look: (text: string) => readonly Finding[]): readonly Finding[] {
    if (!WORD.test(text)) return look(text);
    const known = this.#found.get(text);
    if (known !== undefined) return known;
    const findings = look(text);
    if (this.#found.size >= MAX_WORDS) this.#found.clear();
    this.#found.set(text, findings);
    return findings;
  }
}
