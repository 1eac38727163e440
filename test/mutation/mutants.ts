// The mutants of source files: which there are, and one text of a file that holds them all, each behind a
// switch that is asked for by number. So one build serves every mutant, and asking shows which test gets where.

import { findMutations, type Mutation } from "./operators.ts";

/** A change of a file. */
export interface Mutant extends Mutation {
  readonly id: number;
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  /** The lines of the file that it is in, as they are and as they become, with single spaces. */
  readonly before: string;
  readonly after: string;
}

/** Of files by name, in order; numbers begin at 0. */
export function listMutants(sources: ReadonlyMap<string, string>): readonly Mutant[] {
  const mutants: Mutant[] = [];
  for (const [file, source] of sources)
    for (const mutation of findMutations(source)) {
      const { start, end, text } = mutation;
      const from = source.lastIndexOf("\n", start - 1) + 1;
      const lineEnd = source.indexOf("\n", end);
      const to = lineEnd < 0 ? source.length : lineEnd;
      mutants.push({
        ...mutation,
        id: mutants.length,
        file,
        line: source.slice(0, start).split("\n").length,
        before: squeeze(source.slice(from, to)),
        after: squeeze(source.slice(from, start) + text + source.slice(end, to)),
      });
    }
  return mutants;
}

function squeeze(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

interface Site {
  readonly start: number;
  readonly end: number;
  readonly mutants: Mutant[];
  readonly inner: Site[];
}

/** A file with these mutants of it switched off. */
export function instrument(source: string, mutants: readonly Mutant[]): string {
  const whole: Site = { start: 0, end: source.length, mutants: [], inner: [] };
  const open = [whole];
  for (const mutant of sortSites(mutants)) {
    let around = open.at(-1) ?? whole;
    while (mutant.end > around.end || mutant.start >= around.end) {
      open.pop();
      around = open.at(-1) ?? whole;
    }
    const [other] = around.mutants;
    if (other !== undefined && isSameSite(other, mutant)) around.mutants.push(mutant);
    else {
      const site = { start: mutant.start, end: mutant.end, mutants: [mutant], inner: [] };
      around.inner.push(site);
      open.push(site);
    }
  }
  return `const __isMutant = globalThis.__mutation.isActive; ${render(source, whole)}`;
}

/** From the outside in. */
function sortSites(mutants: readonly Mutant[]): readonly Mutant[] {
  return [...mutants].sort(
    (a, b) =>
      a.start - b.start ||
      b.end - a.end ||
      Number(b.kind === "statement") - Number(a.kind === "statement") ||
      a.id - b.id,
  );
}

function isSameSite(a: Mutant, b: Mutant): boolean {
  return a.start === b.start && a.end === b.end && a.kind === b.kind;
}

function render(source: string, { start, end, mutants, inner }: Site): string {
  let text = "";
  let at = start;
  for (const site of inner) {
    text += source.slice(at, site.start) + render(source, site);
    at = site.end;
  }
  text += source.slice(at, end);
  const [first] = mutants;
  if (first === undefined) return text;
  // In braces, so that an `else` after it stays whose it is.
  if (first.kind === "statement") return `{ if (!__isMutant(${first.id})) { ${text} } }`;
  const switches = mutants.map((mutant) => `__isMutant(${mutant.id}) ? (${mutant.text}) : `);
  return `(${switches.join("")}(${text}))`;
}
