// `writ tree DIR|FILE`: the compiled trees of a policy set or bundle, for people.

import { outlineTrees, textsOf } from "@writ/workspace";
import { EXIT } from "../exit.ts";
import { loadWithSources } from "../load-policy.ts";
import { showDocument } from "../output.ts";
import { renderMermaid, renderSvg, renderTreeText } from "../tree-view.ts";

export interface TreeFlags {
  readonly format: "text" | "mermaid" | "svg";
  readonly all?: boolean;
}

const RENDER = { text: renderTreeText, mermaid: renderMermaid, svg: renderSvg };

export function runTree(path: string, { format, all }: TreeFlags): number {
  const { policy, sources } = loadWithSources(path);
  const outlines = outlineTrees(policy.trees, all !== true, textsOf(sources));
  showDocument(RENDER[format](outlines));
  return EXIT.clean;
}
