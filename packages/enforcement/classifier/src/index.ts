export { type CataloguedLabel, labelCatalogue, UNINSPECTED } from "./catalogue.ts";
export { type Classifier, type ClassifierOptions, createClassifier } from "./classifier.ts";
export type { Dictionary } from "./dictionary.ts";
export { type Finding, MAX_LISTED, moveFinding, spansOf } from "./findings.ts";
export type { Tier } from "./recogniser.ts";
export { type Mask, masksFor, redact } from "./redact.ts";
export type { ClassifierStream, JoinedStream, Settled, SettledPart } from "./stream.ts";
