// The schema of the input of a gateway's decisions.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { JsonSchema } from "@writ/ir";
import { root } from "./root.ts";

export const inputSchema: JsonSchema = JSON.parse(
  readFileSync(join(root, "schemas/input.schema.json"), "utf8"),
);
