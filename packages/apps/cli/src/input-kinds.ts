// What the schema of the input says is at a path, for YAML rules that compare it.

import type { KindAt } from "@writ/syntax";
import { inputKinds } from "@writ/workspace";
import { environment } from "./environment.ts";

export const inputKindAt: KindAt = inputKinds(environment.inputSchema);
