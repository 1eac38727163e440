/** Wrong use, said in one line: what was asked for cannot be read, or is not what it must be. */
export class UsageError extends Error {}

export function usageError(message: string): UsageError {
  return new UsageError(message);
}
