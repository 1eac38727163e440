// The schemas of an environment, in the folder where they are.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { JsonSchema } from "@writ/ir";
import type { Environment } from "../environment.ts";

/** Of `input.schema.json` and `test.schema.json`. */
export function readSchemas(folder: string): Pick<Environment, "inputSchema" | "testSchema"> {
  const read = (name: string): JsonSchema =>
    JSON.parse(readFileSync(join(folder, `${name}.schema.json`), "utf8"));
  return { inputSchema: read("input"), testSchema: read("test") };
}
