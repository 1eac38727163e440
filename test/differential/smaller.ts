// A program that shows the same with less text, found by asking about all that lack one thing at once.

import type { Program } from "./programs.ts";

/** `areSame` says of programs which still show what is looked for. */
export function makeSmaller(
  program: Program,
  areSame: (programs: readonly Program[]) => readonly boolean[],
): Program {
  let smallest = program;
  for (;;) {
    const candidates = [...simpler(smallest)];
    const same = areSame(candidates);
    const found = candidates
      .filter((_, index) => same[index])
      .toSorted((a, b) => sizeOf(a) - sizeOf(b))[0];
    if (found === undefined) return smallest;
    smallest = found;
  }
}

function sizeOf(program: Program): number {
  return JSON.stringify(program).length;
}

function* simpler(program: Program): Generator<Program> {
  const { modules, inputs, documents } = program;
  if (inputs.length > 1) for (const input of inputs) yield { ...program, inputs: [input] };
  if (documents.length > 1) for (const path of documents) yield { ...program, documents: [path] };
  for (const [index, module] of modules.entries()) {
    if (modules.length > 1) yield { ...program, modules: modules.toSpliced(index, 1) };
    for (const text of shorter(module.text))
      yield { ...program, modules: modules.with(index, { ...module, text }) };
  }
}

/** Without a rule, a line or a part of one; with less in brackets or in their place; with constants. */
function* shorter(text: string): Generator<string> {
  for (const separator of ["\n\n", "\n", "; ", ", ", " | ", " if ", " with "]) {
    const parts = text.split(separator);
    for (const index of parts.keys()) yield parts.toSpliced(index, 1).join(separator);
  }
  for (const { index } of text.matchAll(/[([{]/g)) yield* withLessInBrackets(text, index);
  for (const { 0: name, index } of text.matchAll(/\b[a-z][\w.]*\(|\b(?:input|data)\.[\w.]+/g))
    for (const instead of name.endsWith("(") ? ["("] : ["1", '"a"'])
      yield text.slice(0, index) + instead + text.slice(index + name.length);
}

const CLOSING: { readonly [open: string]: string } = { "(": ")", "[": "]", "{": "}" };

function* withLessInBrackets(text: string, start: number): Generator<string> {
  const open = text[start] ?? "";
  const close = CLOSING[open] ?? "";
  let end = start;
  for (let depth = 0; end < text.length; end += 1) {
    if (text[end] === open) depth += 1;
    if (text[end] === close) depth -= 1;
    if (depth === 0) break;
  }
  const within = text.slice(start + 1, end);
  for (const instead of [open + close, "1", within, "_"])
    if (instead.length <= within.length) yield text.slice(0, start) + instead + text.slice(end + 1);
}
