// Outlines of trees drawn as text, as Mermaid flowcharts and as SVG.

import { printable } from "@writ/diagnostics";
import type { Outline } from "@writ/workspace";
import { line } from "./output.ts";

export function renderTreeText(outlines: readonly Outline[]): string {
  const lines: string[] = [];
  const draw = ({ text, children }: Outline, indent: string, edge: string): void => {
    lines.push(`${indent}${edge}${text}`);
    for (const child of children)
      draw(child.outline, `${indent}  `, child.edge === "" ? "" : `${child.edge}: `);
  };
  for (const { text, children } of outlines) {
    lines.push(`${text}:`);
    for (const { outline } of children) draw(outline, "  ", "");
  }
  return `${lines.map(line).join("\n")}\n`;
}

export function renderMermaid(outlines: readonly Outline[]): string {
  const lines = ["flowchart TD"];
  let count = 0;
  const quoted = (text: string): string =>
    printable(text).replace(/[#"<>&`]/g, (character) => `#${character.charCodeAt(0)};`);
  const draw = ({ text, children }: Outline): string => {
    count += 1;
    const id = `n${count}`;
    lines.push(`  ${id}["${quoted(text)}"]`);
    for (const { edge, outline } of children) {
      const to = draw(outline);
      const label = edge === "" ? "" : `|"${quoted(edge)}"|`;
      lines.push(`  ${id} -->${label} ${to}`);
    }
    return id;
  };
  for (const outline of outlines) draw(outline);
  return `${lines.join("\n")}\n`;
}

const ROW = 24;
const STEP = 28;
const MARGIN = 16;
/** Of the monospaced font below, in pixels. */
const CHARACTER = 7.3;

/** One row a node, indented by depth, joined to what asks for it. */
export function renderSvg(outlines: readonly Outline[]): string {
  const marks: string[] = [];
  let row = 0;
  let width = 0;
  const draw = ({ text, children }: Outline, depth: number, edge: string): number => {
    const own = row;
    row += 1;
    const [x, y] = [MARGIN + depth * STEP, MARGIN + own * ROW];
    const said = edge === "" ? "" : `<tspan class="edge">${escapeXml(edge)}: </tspan>`;
    const kind = text.startsWith("=> ") ? "leaf" : depth === 0 ? "root" : "node";
    marks.push(`<text class="${kind}" x="${x}" y="${y}">${said}${escapeXml(text)}</text>`);
    width = Math.max(width, x + (edge.length + text.length + 2) * CHARACTER);
    for (const child of children) {
      const at = draw(child.outline, depth + 1, child.edge);
      const [left, top, bottom] = [x + 6, y + 6, MARGIN + at * ROW - 4];
      marks.push(`<path d="M${left} ${top}V${bottom}H${x + STEP - 4}"/>`);
    }
    return own;
  };
  for (const outline of outlines) draw(outline, 0, "");
  const size = `width="${Math.ceil(width + MARGIN)}" height="${2 * MARGIN + row * ROW}"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img" aria-label="decision trees">`,
    "<style>text{font:12px ui-monospace,monospace;fill:#1f2328}.root{font-weight:bold}.edge{fill:#0550ae}.leaf{fill:#116329}path{fill:none;stroke:#8c959f}</style>",
    '<rect width="100%" height="100%" fill="#fff"/>',
    ...marks,
    "</svg>\n",
  ].join("\n");
}

const ENTITIES: { readonly [character: string]: string } = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};

function escapeXml(text: string): string {
  return printable(text).replace(/[&<>"]/g, (character) => ENTITIES[character] ?? "");
}
