// Markdown that is made of parts: what is written in the program, and texts of others, which always stand in code spans
// or code blocks. So no text can close what it stands in, begin a heading, link, or mention somebody.

import { printable } from "@writ/diagnostics";

/** Only the functions below make it. */
export class Markdown {
  readonly #text: string;

  private constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }

  /** A text that is ours, or whose foreign parts are escaped. */
  static readonly trusted = (text: string): Markdown => new Markdown(text);
}

/** Inline: a text that is put in is a code span, a number is itself. */
export function md(
  strings: TemplateStringsArray,
  ...values: readonly (string | number | Markdown)[]
): Markdown {
  const parts = strings.map((ours, at) => {
    const value = values[at];
    if (value === undefined) return ours;
    return `${ours}${typeof value === "string" ? codeSpan(value) : value}`;
  });
  return Markdown.trusted(parts.join(""));
}

const MAX_SPAN = 300;

/** A code span has no escapes: its fence is longer than any within, and it is one line. */
function codeSpan(text: string): string {
  const shown = printable(cut(text, MAX_SPAN));
  if (shown.trim() === "") return "(empty)";
  const fence = "`".repeat(longestRun(shown) + 1);
  return `${fence} ${shown} ${fence}`;
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}

function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  return `${text.slice(0, length).toWellFormed()}… (${text.length - length} more characters)`;
}

const MAX_BLOCK = 3000;

/** Lines as they are, each on one line; of many the first. */
export function codeBlock(language: string, lines: readonly string[]): Markdown {
  const shown: string[] = [];
  let length = 0;
  for (const each of lines) {
    const line = printable(cut(each, MAX_BLOCK));
    length += line.length;
    if (length > MAX_BLOCK && shown.length > 0) break;
    shown.push(line);
  }
  const more = lines.length - shown.length;
  const body = more > 0 ? [...shown, `… and ${more} more lines`] : shown;
  const fence = "`".repeat(Math.max(3, longestRun(body.join("\n")) + 1));
  return Markdown.trusted([`${fence}${language}`, ...body, fence].join("\n"));
}

export function heading(level: number, title: Markdown): Markdown {
  return Markdown.trusted(`${"#".repeat(level)} ${title}`);
}

export function list(items: readonly Markdown[]): Markdown {
  return Markdown.trusted(items.map((item) => `- ${item}`).join("\n"));
}

/** What is shown when it is asked for. The summary is ours: inside HTML no Markdown is read. */
export function details(summary: "Example", body: Markdown): Markdown {
  return Markdown.trusted(`<details><summary>${summary}</summary>\n\n${body}\n\n</details>`);
}

export function blocks(parts: readonly Markdown[]): Markdown {
  return Markdown.trusted(parts.join("\n\n"));
}

/** GitHub takes 65,536 in a comment. */
const MAX_DOCUMENT = 60_000;

/** As many of the parts as a comment has room for; `more` says how many are left out. */
export function bounded(
  head: readonly Markdown[],
  parts: readonly Markdown[],
  more: (left: number) => Markdown,
): string {
  let room = MAX_DOCUMENT - sizeOf(blocks(head));
  const fitting = parts.findIndex((part) => {
    room -= sizeOf(part) + 2;
    return room < 0;
  });
  const shown = fitting < 0 ? parts : parts.slice(0, fitting);
  const left = parts.length - shown.length;
  return `${blocks([...head, ...shown, ...(left === 0 ? [] : [more(left)])])}\n`;
}

/** In bytes, of which there are no fewer than characters. */
function sizeOf(part: Markdown): number {
  return Buffer.byteLength(String(part));
}
