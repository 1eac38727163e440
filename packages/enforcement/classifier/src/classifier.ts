// The classifier: labels for text, whole or streamed, alone or joined to its neighbours.

import { createHmac, type KeyObject } from "node:crypto";
import { builtinRecognisers, labelCatalogue } from "./catalogue.ts";
import { type Dictionary, linkDictionary } from "./dictionary.ts";
import type { Finding } from "./findings.ts";
import { linkRecogniser } from "./linked.ts";
import {
  type ClassifierStream,
  createJoinedStream,
  createStream,
  type JoinedStream,
} from "./stream.ts";
import { classifyTexts } from "./texts.ts";
import { versionOf } from "./version.ts";
import { WordMemo } from "./word-memo.ts";

/** The key of the hashes, and what is looked for beside the built-in labels. */
export interface ClassifierOptions {
  readonly hashKey: KeyObject;
  readonly dictionaries?: readonly Dictionary[];
  /** How many characters a stream may hold back before it gives up: 32,768 unless told. */
  readonly maxHeld?: number;
}

/** Finds what has a label in text, whole or as it comes. */
export interface Classifier {
  /** Digest of the recognisers, dictionaries and engine. */
  readonly version: string;
  /** Every label a policy can name: what the recognisers find, and what says that something was not inspected. */
  readonly labels: readonly string[];
  classify(text: string): readonly Finding[];
  /**
   * The findings of each text: of it alone, and of all of them as one text. What reaches over several is
   * part of each, counted in the first.
   */
  classifyJoined(texts: readonly string[]): readonly (readonly Finding[])[];
  stream(): ClassifierStream;
  joinedStream(): JoinedStream;
}

/** Compiles the built-in recognisers and the dictionaries; do it once. */
export function createClassifier(options: ClassifierOptions): Classifier {
  const { hashKey, dictionaries = [], maxHeld = 32_768 } = options;
  const recognisers = [
    ...builtinRecognisers.map(linkRecogniser),
    ...dictionaries.map(linkDictionary),
  ];
  const hash = (value: string): string =>
    createHmac("sha256", hashKey).update(value).digest("base64url");
  const labels = new Set([
    ...labelCatalogue.map(({ label }) => label),
    ...dictionaries.map(({ label }) => label),
  ]);
  const words = new WordMemo();
  const look = (text: string): readonly Finding[] =>
    classifyTexts(recognisers, [text], hash)[0] ?? [];
  const streamOptions = { recognisers, maxHeld, hash };
  return {
    version: versionOf(builtinRecognisers, dictionaries),
    labels: [...labels].sort(),
    classify: (text) => words.classify(text, look),
    classifyJoined: (texts) => classifyTexts(recognisers, texts, hash),
    stream: () => createStream(streamOptions),
    joinedStream: () => createJoinedStream(streamOptions),
  };
}
