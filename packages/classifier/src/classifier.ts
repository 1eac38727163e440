// The classifier: labels for text, whole or streamed. Findings carry offsets and a keyed hash of what was
// found, never the value itself.

import { createHash, createHmac, type KeyObject } from "node:crypto";
import { builtinRecognisers, labelCatalogue } from "./catalogue.ts";
import { type LinkedRecogniser, linkRecogniser } from "./linked.ts";
import { notAfter, notBefore, of, seq, words } from "./pattern.ts";
import { always, type Recogniser, type Tier } from "./recogniser.ts";
import { type RawFinding, type Release, Scanner } from "./stream.ts";

/** Changes whenever the way text is looked at changes. */
const ENGINE_VERSION = "writ-classifier/1";

/** Something that has a label, where it is, and how sure that is. */
export interface Finding {
  readonly label: string;
  readonly recogniser: string;
  readonly tier: Tier;
  /** UTF-16 offsets, half open, in the text the finding came with. */
  readonly start: number;
  readonly end: number;
  /** HMAC-SHA-256 of the value under the classifier's key, base64url: tells equal values from different ones. */
  readonly hash: string;
}

/** Words of a company's own, under one label. */
export interface Dictionary {
  /** `custom.…`. */
  readonly label: string;
  /** Found as whole words, in any case. */
  readonly terms: readonly string[];
}

/** The key of the hashes, and what is looked for beside the built-in labels. */
export interface ClassifierOptions {
  readonly hashKey: KeyObject;
  readonly dictionaries?: readonly Dictionary[];
  /** How many characters a stream may hold back before it gives up: 8,192 unless told. */
  readonly maxHeld?: number;
}

/** A part of a stream that is wholly classified. */
export interface Settled {
  /** What no recogniser can be in the middle of any more. */
  readonly text: string;
  /** Offsets are relative to `text`. */
  readonly findings: readonly Finding[];
  /** More is held than may be: nothing after this can be trusted to be inspected in time. */
  readonly overflow: boolean;
}

/** A text that comes in chunks: each answer is what is settled since the one before. */
export interface ClassifierStream {
  push(chunk: string): Settled;
  /** The rest. */
  end(): Settled;
  /** How many characters are held back. */
  readonly held: number;
}

/** Finds what has a label in text, whole or as it comes. */
export interface Classifier {
  /** Digest of the recognisers, dictionaries and engine. */
  readonly version: string;
  /** Every label a policy can name: what the recognisers find, and what says that something was not inspected. */
  readonly labels: readonly string[];
  classify(text: string): readonly Finding[];
  stream(): ClassifierStream;
}

/** Compiles the built-in recognisers and the dictionaries; do it once. */
export function createClassifier(options: ClassifierOptions): Classifier {
  const { hashKey, dictionaries = [], maxHeld = 8_192 } = options;
  const recognisers = [...builtinRecognisers, ...dictionaries.map(dictionaryRecogniser)];
  const linked: readonly LinkedRecogniser[] = recognisers.map(linkRecogniser);
  const hash = (value: string): string =>
    createHmac("sha256", hashKey).update(value).digest("base64url");
  const settle = (release: Release): Settled => ({
    text: release.text,
    findings: release.findings.map((finding) => toFinding(finding, release.offset, hash)),
    overflow: release.overflow,
  });
  const labels = new Set([
    ...labelCatalogue.map(({ label }) => label),
    ...dictionaries.map(({ label }) => label),
  ]);
  return {
    version: versionOf(recognisers),
    labels: [...labels].sort(),
    classify(text) {
      const scanner = new Scanner(linked, Number.POSITIVE_INFINITY);
      return settleAll(scanner, text, hash);
    },
    stream() {
      const scanner = new Scanner(linked, maxHeld);
      return {
        push: (chunk) => settle(scanner.push(chunk)),
        end: () => settle(scanner.end()),
        get held() {
          return scanner.held;
        },
      };
    },
  };
}

function settleAll(
  scanner: Scanner,
  text: string,
  hash: (value: string) => string,
): readonly Finding[] {
  const { findings } = scanner.whole(text);
  return findings.map((finding) => toFinding(finding, 0, hash));
}

function toFinding(finding: RawFinding, offset: number, hash: (value: string) => string): Finding {
  const { label, recogniser, tier, start, end, value } = finding;
  return { label, recogniser, tier, start: start - offset, end: end - offset, hash: hash(value) };
}

function dictionaryRecogniser({ label, terms }: Dictionary): Recogniser {
  const word = "A-Za-z0-9_";
  return {
    id: `dictionary:${label}`,
    label,
    title: label,
    ignoreCase: true,
    // Longest first: a term that another begins with must not hide it.
    pattern: seq(
      notAfter(word),
      words(...[...terms].sort((a, b) => b.length - a.length)),
      notBefore(of(word)),
    ),
    check: always("likely"),
  };
}

function versionOf(recognisers: readonly Recogniser[]): string {
  const digest = createHash("sha256").update(ENGINE_VERSION);
  for (const { id, label, pattern, check } of recognisers) {
    digest.update(`${id}\u0000${label}\u0000${pattern.full}\u0000${check.toString()}\u0000`);
  }
  return `${ENGINE_VERSION}+${digest.digest("hex").slice(0, 16)}`;
}
