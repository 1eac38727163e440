// What is wrong with a policy set, its tests included.

import { type Diagnostic, sortDiagnostics } from "@writ/diagnostics";
import type { PolicySet } from "../read/policy-set.ts";
import { readTests } from "../tests/test-file.ts";
import type { CheckSetOptions } from "./check-set.ts";
import { checkAndProve } from "./prove.ts";

/** What is wrong with the policies, and with the cases they are tested with. */
export function checkEverything(
  set: PolicySet,
  flags: Pick<CheckSetOptions, "likeOpa" | "strict">,
): readonly Diagnostic[] {
  return sortDiagnostics([...checkAndProve(set, flags), ...readTests(set).diagnostics]);
}
