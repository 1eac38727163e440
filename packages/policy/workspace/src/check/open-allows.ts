// Rules that allow everything, as diagnostics.

import { findOpenAllows, type OpenAllow } from "@writ/analysis";
import { type Diagnostic, diagnostic } from "@writ/diagnostics";
import type { Program } from "@writ/ir";
import type { PolicySet } from "../read/policy-set.ts";
import { optionsOf } from "./compile-set.ts";
import { namesOf, placesOf, spanOf } from "./idle-rules.ts";

export function openAllows(program: Program, set: PolicySet): readonly Diagnostic[] {
  return findOpenAllows(program, optionsOf(set), set.environment.builtins).map(describe);
}

function describe(open: OpenAllow): Diagnostic {
  if (open.kind === "nothing")
    return diagnostic("W0420", {}, open.span, {
      help: "write a rule `allow if …`, in any package",
    });
  const [first, ...others] = open.clauses;
  const span = spanOf(first);
  const besides = others.length === 0 ? {} : { besides: namesOf(others) };
  const see = others.length === 0 ? "" : `; see ${placesOf(others)}`;
  if (open.kind === "always")
    return diagnostic("W0417", besides, span, { help: `say who may call, or what for${see}` });
  if (open.kind === "unless-denied") {
    const help = `a deny wins over any allow: say who may call, or what for${see}`;
    return diagnostic("W0418", besides, span, { help });
  }
  const path = ["input", ...open.path].join(".");
  const help = `ask that it has members, too: \`count(${path}) > 0\`, or one that it must have${see}`;
  return diagnostic("W0419", { path, ...besides }, span, { help });
}
