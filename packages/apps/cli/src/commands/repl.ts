// `writ repl [DIR]`: asks a policy set, line after line. On a terminal with editing, history and completion;
// from a pipe without prompts, and with exit code 1 when a line was wrong.

import { createInterface, type Interface } from "node:readline";
import { runInNewContext } from "node:vm";
import { allowHosts, type NetworkFlags } from "../builtins.ts";
import { EXIT, usageError } from "../exit.ts";
import { linesOf, showDocument, showErrors, showLines } from "../output.ts";
import { complete } from "../repl/complete.ts";
import { historyFile, MAX_LINES, readHistory, writeHistory } from "../repl/history.ts";
import { OpenBrackets } from "../repl/open-brackets.ts";
import { commandNames, Repl, summary } from "../repl/repl.ts";

export interface ReplFlags extends NetworkFlags {
  readonly input?: string;
  readonly likeOpa?: boolean;
}

export async function runRepl(folder: string | undefined, flags: ReplFlags): Promise<number> {
  const { input, likeOpa } = flags;
  allowHosts(flags);
  if (input === "-")
    throw usageError("--input is a file here: lines are read from the standard input");
  const repl = new Repl({
    folder,
    likeOpa,
    out: (text) => showLines(linesOf(text)),
    err: (text) => showDocument(text, process.stderr),
  });
  const isSound = repl.load();
  if (input !== undefined && !repl.run(`:input ${input}`)) return EXIT.usage;
  if (process.stdin.isTTY && process.stdout.isTTY) return interact(repl);
  return (await runLines(repl)) && isSound ? EXIT.clean : EXIT.findings;
}

/** A text of several lines is no longer than this. */
const MAX_TEXT = 1024 * 1024;

/** Lines that stand together as long as a bracket is open. */
class Pending {
  #lines: string[] = [];
  #length = 0;
  #brackets = new OpenBrackets();

  get isEmpty(): boolean {
    return this.#lines.length === 0;
  }

  /** The text that is complete with this line; undefined while it is not. */
  add(line: string): string | undefined {
    this.#lines.push(line);
    this.#length += line.length;
    this.#brackets.add(line);
    return this.#brackets.isOpen && this.#length < MAX_TEXT ? undefined : this.take();
  }

  take(): string {
    const text = this.#lines.join("\n");
    this.#lines = [];
    this.#length = 0;
    this.#brackets = new OpenBrackets();
    return text;
  }
}

/** Whether every line was right. */
async function runLines(repl: Repl): Promise<boolean> {
  const pending = new Pending();
  let isRight = true;
  const run = (text: string): void => {
    isRight = repl.run(text) && isRight;
  };
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
    const text = pending.add(line);
    if (text !== undefined) run(text);
    if (repl.isOver) break;
  }
  if (!repl.isOver) run(pending.take());
  return isRight;
}

const PROMPT = "> ";
const CONTINUED = "| ";

async function interact(repl: Repl): Promise<number> {
  const file = historyFile(process.env);
  const pending = new Pending();
  let hasWarned = false;
  showLines([`${summary(repl.session.set)}; :help lists commands, Ctrl-D ends`]);
  const terminal = createInterface({
    input: process.stdin,
    output: process.stdout,
    completer: (line: string) => complete(line, repl.session, commandNames),
    history: readHistory(file),
    historySize: MAX_LINES,
    removeHistoryDuplicates: true,
    prompt: PROMPT,
  });
  const prompt = (): void => {
    terminal.setPrompt(pending.isEmpty ? PROMPT : CONTINUED);
    terminal.prompt();
  };
  terminal.on("history", (lines: string[]) => {
    const problem = writeHistory(file, lines);
    if (problem === undefined || hasWarned) return;
    hasWarned = true;
    showErrors([`history is not kept: cannot write ${file} (${problem})`]);
  });
  terminal.on("line", (line: string) => {
    const text = pending.add(line);
    if (text !== undefined) runInterruptibly(repl, text, terminal);
    if (repl.isOver) terminal.close();
    else prompt();
  });
  terminal.on("SIGINT", () => {
    pending.take();
    // What was typed of the line is dropped, too.
    terminal.write(null, { ctrl: true, name: "e" });
    terminal.write(null, { ctrl: true, name: "u" });
    showLines([""]);
    prompt();
  });
  // Around an evaluation the terminal is not raw, and Ctrl-C a signal that would end the process.
  process.on("SIGINT", () => {});
  prompt();
  await new Promise<void>((resolve) => terminal.once("close", resolve));
  if (!repl.isOver) showLines([""]);
  return EXIT.clean;
}

/** An evaluation blocks the thread: only the interpreter itself can be told to leave it. */
function runInterruptibly(repl: Repl, text: string, terminal: Interface): void {
  // As a raw terminal Ctrl-C would be a character that waits to be read.
  process.stdin.setRawMode(false);
  terminal.pause();
  try {
    runInNewContext("run()", { run: () => repl.run(text) }, { breakOnSigint: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_SCRIPT_EXECUTION_INTERRUPTED") throw error;
    showErrors(["", "interrupted"]);
  } finally {
    process.stdin.setRawMode(true);
    terminal.resume();
  }
}
