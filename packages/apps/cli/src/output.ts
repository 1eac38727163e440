// All that commands print goes through here. Lines for people are escaped: what a policy, a test or a file's name says
// must not move the cursor, forge a line, or be taken for a command by the CI server that reads the log.

import { printable, visibleJson } from "@writ/diagnostics";

type Stream = Pick<NodeJS.WriteStream, "write">;

/** To the output, a line each. */
export function showLines(lines: readonly string[]): void {
  writeLines(process.stdout, lines);
}

/** To the error stream, a line each. */
export function showErrors(lines: readonly string[]): void {
  writeLines(process.stderr, lines);
}

function writeLines(stream: Stream, lines: readonly string[]): void {
  if (lines.length > 0) stream.write(`${lines.map(line).join("\n")}\n`);
}

/** One line, whatever is in it. */
export function line(text: string): string {
  return withoutCommand(printable(text));
}

/** A text of which each line is a line: sources, listings, what was rendered with colours. */
export function linesOf(text: string): readonly string[] {
  return text.replace(/\n$/, "").split(/\r?\n/);
}

/** Servers of CI read a line that begins so, even indented, as a command. */
function withoutCommand(text: string): string {
  return text.replace(/^(\s*)::/, "$1\\::");
}

/** A document whose format has escaped what is in it: JSON, XML, SVG, Markdown, workflow commands, coloured text. */
export function showDocument(text: string, stream: Stream = process.stdout): void {
  stream.write(text);
}

/** As JSON. */
export function showJson(value: unknown): void {
  showDocument(`${visibleJson(value)}\n`);
}

/** A reader that has enough, as `head`, is no fault: what more there is to say is not said. */
export function endQuietlyWhenUnread(): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
    });
}
