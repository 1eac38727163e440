// `writ tree DIR|FILE`: the compiled trees of a policy set or bundle, for people.

import { EXIT } from "../exit.ts";
import { loadPolicy } from "../load-policy.ts";
import { outlineTrees } from "../tree-outline.ts";
import { renderMermaid, renderSvg, renderTreeText } from "../tree-view.ts";

export interface TreeFlags {
  readonly format: "text" | "mermaid" | "svg";
  readonly all?: boolean;
}

const RENDER = { text: renderTreeText, mermaid: renderMermaid, svg: renderSvg };

export function runTree(path: string, { format, all }: TreeFlags): number {
  const outlines = outlineTrees(loadPolicy(path).trees, all !== true);
  process.stdout.write(RENDER[format](outlines));
  return EXIT.clean;
}
