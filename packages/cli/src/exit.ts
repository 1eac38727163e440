// Exit codes, and the one way a command ends early. The codes are a contract with people's CI.

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

/** Ends the command with a message and a code; caught in main. */
export class CommandFailure extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode: number) {
    super(message);
    this.exitCode = exitCode;
  }
}

export function usageError(message: string): CommandFailure {
  return new CommandFailure(message, EXIT.usage);
}
