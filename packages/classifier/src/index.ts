export { type CataloguedLabel, labelCatalogue, UNINSPECTED } from "./catalogue.ts";
export {
  type Classifier,
  type ClassifierOptions,
  type ClassifierStream,
  createClassifier,
  type Dictionary,
  type Finding,
  type Settled,
} from "./classifier.ts";
export type { Tier } from "./recogniser.ts";
export { redact } from "./redact.ts";
