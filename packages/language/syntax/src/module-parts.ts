// What a parser makes of a file before its comments and annotations are put in place.

import type { Import, PackageDecl, Rule } from "./ast.ts";

export interface ModuleParts {
  readonly package: PackageDecl;
  readonly imports: readonly Import[];
  readonly rules: readonly Rule[];
}
