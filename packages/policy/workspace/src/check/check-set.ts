// What is wrong with a policy set: the checker, with the environment's input schema, the classifier's labels and the
// company's own.

import {
  type CheckOptions,
  check,
  checkApart,
  findNondeterministic,
  suppress,
} from "@writ/checker";
import { type Diagnostic, sortDiagnostics } from "@writ/diagnostics";
import { KNOWN_OBLIGATIONS } from "@writ/evaluator";
import type { Program, Vocabularies } from "@writ/ir";
import type { PolicySet } from "../read/policy-set.ts";

const vocabulariesBySet = new WeakMap<PolicySet, Vocabularies>();

/** The closed vocabularies of a set: the classifier's labels and the company's own, and its models if it lists them. */
export function vocabulariesOf(set: PolicySet): Vocabularies {
  let found = vocabulariesBySet.get(set);
  if (found === undefined) {
    found = readVocabularies(set);
    vocabulariesBySet.set(set, found);
  }
  return found;
}

function readVocabularies(set: PolicySet): Vocabularies {
  const known = set.environment.labels;
  const own = set.vocabularies.flatMap(({ labels }) => labels);
  const models = set.vocabularies.flatMap((each) => each.models ?? []);
  return {
    labels: [...new Set([...known, ...own])].sort(),
    ...(models.length === 0 ? {} : { models: [...new Set(models)].sort() }),
  };
}

/** A rule that changes nothing. */
const IDLE: ReadonlySet<string> = new Set(["W0411", "W0412", "W0413", "W0414"]);

/** What is looked for. */
export interface CheckSetOptions {
  /** What OPA checks and no more: for policies about another input than a gateway's. */
  readonly likeOpa?: boolean | undefined;
  /** With `likeOpa`: what `opa check --strict` checks. */
  readonly strict?: boolean | undefined;
  readonly keepPrint?: boolean;
  /** Warnings may be left out. */
  readonly errorsOnly?: boolean | undefined;
  /** What only matters to decisions is not looked into: whether functions are those a bundle can have. */
  readonly forQuery?: boolean | undefined;
}

/** What is wrong with a set, and what it is when that does not stand in the way. */
export interface CheckedSet {
  /** Only when nothing stands in the way of compiling it. */
  readonly program?: Program;
  readonly diagnostics: readonly Diagnostic[];
}

/** What is proved of a program without errors, as diagnostics. Handed in: proofs compile, and compiling checks. */
export type Prove = (program: Program, set: PolicySet) => readonly Diagnostic[];

/**
 * What is wrong with a set, and its program when nothing stands in the way of compiling it. Without `prove`: all
 * errors, and the warnings that need no proof.
 */
export function checkSet(set: PolicySet, options: CheckSetOptions = {}, prove?: Prove): CheckedSet {
  if (hasErrors(set)) {
    const apart = options.likeOpa === true ? [] : findErrorsApart(set);
    return { diagnostics: sortDiagnostics([...set.diagnostics, ...apart]) };
  }
  const { program, diagnostics: known } = findErrors(set, options);
  const isProved = prove !== undefined && program !== undefined && options.likeOpa !== true;
  const proved = isProved ? unsaid(prove(program, set), known) : [];
  const said = suppress([...known, ...proved], set.modules, set.sources);
  // A comment that suppresses nothing so far may suppress what would be proved.
  const sure = isProved ? said : said.filter(({ code }) => code !== "W0601");
  return { ...(program === undefined ? {} : { program }), diagnostics: sortDiagnostics(sure) };
}

/** What could not be read would make names unknown that are not: only what does not hang on it is said. */
function findErrorsApart(set: PolicySet): readonly Diagnostic[] {
  const errors = set.diagnostics.filter(({ severity }) => severity === "error");
  const files = new Set(errors.map(({ primary }) => primary.span.file));
  const unread = set.modules.filter(({ file }) => files.has(file));
  // Of other files schemas and vocabularies say what every rule may ask for.
  if (unread.length < files.size) return [];
  return checkApart(set.modules, unread, optionsOf(set));
}

function optionsOf(set: PolicySet): CheckOptions {
  const { sources, data, schemas, dataSchemas } = set;
  const { inputSchema, builtins } = set.environment;
  return {
    vocabularies: vocabulariesOf(set),
    builtins,
    sources,
    inputSchema,
    obligations: KNOWN_OBLIGATIONS,
    data,
    ...(schemas === undefined ? {} : { schemas }),
    ...(dataSchemas === undefined ? {} : { dataSchemas }),
  };
}

function findErrors(
  set: PolicySet,
  { likeOpa, strict, keepPrint, errorsOnly = false, forQuery }: CheckSetOptions,
): CheckedSet {
  const asked = keepPrint === true ? { keepPrint } : {};
  const { sources, data } = set;
  const { builtins } = set.environment;
  const checked = check(
    set.modules,
    likeOpa === true
      ? {
          vocabularies: {},
          builtins,
          sources,
          documents: data,
          ...asked,
          likeOpa,
          strict: strict === true,
        }
      : { ...optionsOf(set), ...asked, errorsOnly },
  );
  const { program } = checked;
  const isPlain = likeOpa === true || forQuery === true;
  const outside = program === undefined || isPlain ? [] : findNondeterministic(program, builtins);
  const diagnostics = [...set.diagnostics, ...checked.diagnostics, ...outside];
  if (program === undefined || hasErrors({ diagnostics })) return { diagnostics };
  return { program, diagnostics };
}

/** A rule that is there twice is not said to change nothing as well. */
function unsaid(
  proved: readonly Diagnostic[],
  known: readonly Diagnostic[],
): readonly Diagnostic[] {
  const placeOf = ({ primary: { span } }: Diagnostic): string => `${span.file} ${span.start}`;
  const twice = new Set(known.filter(({ code }) => code === "W0406").map(placeOf));
  return proved.filter((each) => !(IDLE.has(each.code) && twice.has(placeOf(each))));
}

function hasErrors({ diagnostics }: { readonly diagnostics: readonly Diagnostic[] }): boolean {
  return diagnostics.some(({ severity }) => severity === "error");
}
