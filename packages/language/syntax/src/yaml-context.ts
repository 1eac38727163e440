// What reading a part of a YAML file knows of the rest: where diagnostics go, and what names stand for.

import type { Diagnostic } from "@writ/diagnostics";
import type { Node } from "yaml";

export interface YamlContext {
  readonly file: string;
  readonly diagnostics: Diagnostic[];
  /** Conditions of the file by name, of which the ones in hand are left out: none contains itself. */
  readonly named?: ReadonlyMap<string, Node>;
  readonly variables?: Variables;
  readonly kindAt?: KindAt | undefined;
}

/** What is at a path, below `input` or `data`, wherever there is something; undefined: it may be other than that. */
export type KindAt = (path: readonly string[]) => "number" | "string" | undefined;

export interface Variables {
  readonly ofFile: ReadonlyMap<string, Node>;
  readonly ofRule: ReadonlyMap<string, Node>;
  /** How many more values may be put in: a list counts each time it is named. */
  readonly budget: { left: number };
  /** What something names. */
  readonly used: Set<Node>;
}
