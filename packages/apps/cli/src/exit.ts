// Exit codes, and the one way a command ends early. The codes are a contract with people's CI.

import { UsageError } from "@writ/workspace/node";

export const EXIT = {
  clean: 0,
  /** The policies have findings, or a test failed. */
  findings: 1,
  /** Wrong use: arguments, files, configuration. */
  usage: 2,
  /** A signature, bundle or log did not verify. */
  unverified: 3,
  /** A bug of ours. */
  bug: 70,
} as const;

/** Ends the command with a message, of one line or several, and a code; caught in main. */
export class CommandFailure extends Error {
  readonly exitCode: number;
  readonly lines: readonly string[];

  constructor(message: string | readonly string[], exitCode: number) {
    const lines = typeof message === "string" ? [message] : message;
    super(lines.join("\n"));
    this.lines = lines;
    this.exitCode = exitCode;
  }
}

export function usageError(message: string): CommandFailure {
  return new CommandFailure(message, EXIT.usage);
}

/** The failure that an error ends the command as, if it is one that is expected. */
export function failureOf(error: unknown): CommandFailure | undefined {
  if (error instanceof UsageError) return usageError(error.message);
  return error instanceof CommandFailure ? error : undefined;
}

/** A line below the first of a message. */
export function indent(line: string): string {
  return `  ${line}`;
}
