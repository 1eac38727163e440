// What the policies that commands read are written for: a gateway of ours, and the functions of an author's machine.

import { join } from "node:path";
import { labelCatalogue } from "@writ/classifier";
import type { Environment } from "@writ/workspace";
import { readSchemas } from "@writ/workspace/node";
import { builtins } from "./builtins.ts";
import { root } from "./root.ts";

export const environment: Environment = {
  ...readSchemas(join(root, "schemas")),
  labels: labelCatalogue.map(({ label }) => label),
  builtins,
};
