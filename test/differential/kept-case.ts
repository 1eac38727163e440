// A kept program as a file: comments with the input and with what OPA says each document is, then modules.

import type { Value } from "@writ/evaluator";

export interface KeptCase {
  readonly input: Value;
  readonly documents: readonly { readonly path: readonly string[]; readonly expected: string }[];
  readonly modules: readonly { readonly package: string; readonly text: string }[];
}

export function readCase(text: string): KeptCase {
  const input = /^# input: (.*)$/m.exec(text)?.[1] ?? "{}";
  const documents = [...text.matchAll(/^# data\.([\w.]+): (.*)$/gm)].map(
    ([, path = "", expected = ""]) => ({ path: path.split("."), expected }),
  );
  const modules = text
    .split(/^(?=package )/m)
    .slice(1)
    .map((module) => ({ package: /^package (\S+)/.exec(module)?.[1] ?? "", text: module }));
  return { input: JSON.parse(input) as Value, documents, modules };
}
