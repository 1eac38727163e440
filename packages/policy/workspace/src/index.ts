export { checkEverything } from "./check/check-everything.ts";
export {
  type CheckedSet,
  type CheckSetOptions,
  checkSet,
  vocabulariesOf,
} from "./check/check-set.ts";
export { type CompiledSet, compileProgram, compileSet } from "./check/compile-set.ts";
export { checkAndProve } from "./check/prove.ts";
export { type DiffNote, notesOn } from "./diff-notes.ts";
export type { Environment } from "./environment.ts";
export { findUnpackable, packSet } from "./pack-set.ts";
export { parseModule } from "./parse-module.ts";
export {
  type FileEntry,
  type FileSource,
  isAside,
  MAX_FILE_BYTES,
  MAX_FILES,
} from "./read/file-source.ts";
export { inputKinds } from "./read/input-kinds.ts";
export { findJsonFault, type JsonFault } from "./read/json-fault.ts";
export { memorySource } from "./read/memory-source.ts";
export { type PolicyFiles, type Role, type SkippedFile, selectFiles } from "./read/policy-files.ts";
export {
  emptyPolicySet,
  type PolicySet,
  type ReadOptions,
  readPolicySet,
} from "./read/policy-set.ts";
export { withoutMark } from "./read/read-document.ts";
export {
  parseQuery,
  parseRules,
  type Query,
  type Snippet,
  toQuery,
  withoutOwnVariable,
} from "./read/snippet.ts";
export type { Vocabulary } from "./read/vocabulary.ts";
export { isProposed, renderProposals } from "./tests/cover-file.ts";
export {
  type Coverage,
  CoverageRecorder,
  type CoveredCondition,
  type CoveredRule,
} from "./tests/coverage.ts";
export type { CoveredBranch } from "./tests/coverage-trees.ts";
export { rulesHeldByTests } from "./tests/held-rules.ts";
export { type MutationOptions, type MutationResult, runMutants } from "./tests/mutation.ts";
export { prepareTests } from "./tests/prepare-tests.ts";
export { type RunTestsOptions, runTests, type TestResult } from "./tests/run-tests.ts";
export type { SubCase } from "./tests/sub-cases.ts";
export {
  type ExpectedDecision,
  readTests,
  type TestCase,
  type TestCases,
} from "./tests/test-file.ts";
export { UsageError } from "./usage-error.ts";
export { explainDecision, type Why, type WhyCondition, type WhyRule } from "./why.ts";
export { type Question, readQuestion } from "./words/question.ts";
export { describeRegion, describeTests, type TextOf } from "./words/region-text.ts";
export { sourceText, textsOf } from "./words/source-text.ts";
export { type Outline, outlineTrees } from "./words/tree-outline.ts";
