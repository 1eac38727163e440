// What keeps a gateway from starting, as an operator needs to hear it: which field of the configuration, which file,
// what is wrong with it, and what to do.

/** One thing that is wrong. */
export interface Problem {
  /** Of the configuration, as `bundle.file`. */
  readonly field: string;
  readonly message: string;
}

/** A value, or everything that is wrong with it. */
export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export function fine<T>(value: T): Checked<T> {
  return { ok: true, value };
}

export function wrong<T>(field: string, message: string): Checked<T> {
  return { ok: false, problems: [{ field, message }] };
}

export function describeProblem({ field, message }: Problem): string {
  return `${field}: ${message}`;
}
