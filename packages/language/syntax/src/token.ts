// Tokens of Rego. The grammar needs to know what stood before a token: a line end separates statements,
// and `a [b]` is not a reference while `a[b]` is.

export type TokenKind = "name" | "number" | "string" | "template" | "operator" | "end";

export interface Token {
  readonly kind: TokenKind;
  /** Names and operators as written; the digits of a number; the value of a string. */
  readonly text: string;
  /** Strings and templates written with backticks. */
  readonly raw: boolean;
  /** Of a template: text, and the tokens of each `{…}`. */
  readonly parts?: readonly (string | readonly Token[])[];
  readonly start: number;
  readonly end: number;
  readonly newlineBefore: boolean;
}
