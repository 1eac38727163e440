// What policies are written for and run with. A command, an editor, a playground and a console each have their own: a
// browser has no functions of the network, and a gateway knows labels that another does not.

import type { BuiltinTable } from "@writ/evaluator";
import type { JsonSchema } from "@writ/ir";

/** What policies are written for and run with. */
export interface Environment {
  /** What a decision's input is: `schemas/input.schema.json`. */
  readonly inputSchema: JsonSchema;
  /** What a `*.test.yaml` is: `schemas/test.schema.json`. */
  readonly testSchema: JsonSchema;
  /** The labels that the classifier gives. A company's own are in its `vocabulary.yaml`. */
  readonly labels: readonly string[];
  /** The functions that policies, tests and queries may call. */
  readonly builtins: BuiltinTable;
}
