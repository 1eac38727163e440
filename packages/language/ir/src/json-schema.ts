// What types are read from: a JSON Schema, and the vocabularies its nodes name.

/** A JSON Schema, as parsed. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

/** Closed vocabularies by the name a schema node gives in `x-vocabulary`. */
export interface Vocabularies {
  readonly [name: string]: readonly string[];
}
