// What the matrix asks of every client library: one call, whole or streamed, that can be given up.

import type { DevFacts } from "../running-gateway.ts";

/** What a program that uses the library gets. */
export interface Got {
  readonly text: string;
  /** Names of the tools that it would run. */
  readonly tools: readonly string[];
  /** Why the model stopped, in the library's words. */
  readonly stop?: string | undefined;
}

export interface CallOptions {
  readonly prompt: string;
  readonly stream: boolean;
  readonly signal: AbortSignal;
  /** Something has come. */
  readonly onText: () => void;
}

export interface Client {
  readonly name: string;
  /** How long it may take until its call is on the way. */
  readonly startMs?: number;
  /** Raises the library's own error. */
  call(options: CallOptions): Promise<Got>;
  close?(): void;
}

export type ClientMaker = (facts: DevFacts) => Client;

/** A tool that models may call; the shipped policy has a cap for it. */
export const REFUND = {
  name: "issue_refund",
  description: "Gives money back.",
  schema: {
    type: "object",
    properties: { amount: { type: "number" }, order: { type: "string" } },
    required: ["amount"],
  },
} as const;

export const BEDROCK_MODEL = "anthropic.claude-3-haiku-20240307-v1:0";
export const ANTHROPIC_MODEL = "claude-3-haiku-20240307";

/** The words of an error, wherever a library keeps them. */
export function wordsOf(error: unknown): string {
  const { message, responseBody, cause } = (error ?? {}) as {
    readonly message?: string;
    readonly responseBody?: string;
    readonly cause?: unknown;
  };
  return [message, responseBody, cause === undefined ? undefined : wordsOf(cause)]
    .filter((part) => part !== undefined)
    .join(" ");
}
