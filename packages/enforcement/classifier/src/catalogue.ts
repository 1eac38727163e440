// The closed vocabulary of built-in labels: what policies may name. `<label>.test_value` is for values
// that documents use as examples; `content.uninspected` is for what no recogniser can read.

import { personal } from "./personal.ts";
import { secrets } from "./secrets.ts";

/** A label that policies can name, and what it is of. */
export interface CataloguedLabel {
  readonly label: string;
  readonly title: string;
  readonly domain: string;
}

/** Of what no recogniser can read. */
export const UNINSPECTED = "content.uninspected";

export const builtinRecognisers: typeof personal = [...personal, ...secrets];

/** Every built-in label. */
export const labelCatalogue: readonly CataloguedLabel[] = catalogue();

function catalogue(): readonly CataloguedLabel[] {
  const labels = new Map<string, string>();
  for (const { label, title } of builtinRecognisers) labels.set(label, title);
  for (const label of ["pii.ssn", "pci.card", "secret.aws_access_key", "secret.aws_secret_key"]) {
    labels.set(`${label}.test_value`, `${labels.get(label)}, a known example`);
  }
  labels.set(UNINSPECTED, "Content that no recogniser reads");
  return [...labels]
    .map(([label, title]) => ({ label, title, domain: label.split(".")[0] ?? "" }))
    .sort((a, b) => (a.label < b.label ? -1 : 1));
}
