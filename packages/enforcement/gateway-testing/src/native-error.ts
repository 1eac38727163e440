// An error as the clients of each API read it, and what must hold of every error whatever the case.

import type { CaseFile } from "./case-file.ts";
import type { ClientAnswer } from "./client.ts";

export interface NativeError {
  readonly code: unknown;
  readonly message: string;
}

const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The header in which clients of an API look for the id of their request. */
export const ID_HEADERS: { readonly [Surface in NonNullable<CaseFile["surface"]>]: string } = {
  bedrock: "x-amzn-requestid",
  anthropic: "request-id",
};

interface ErrorBody {
  readonly message?: string;
  readonly type?: string;
  readonly request_id?: string;
  readonly error?: { readonly type?: string; readonly message?: string };
}

export function readNativeError(
  surface: NonNullable<CaseFile["surface"]>,
  { body, headers }: ClientAnswer,
): NativeError {
  const value = JSON.parse(body.toString("utf8")) as ErrorBody;
  return surface === "bedrock"
    ? { code: headers["x-amzn-errortype"], message: value.message ?? "" }
    : { code: value.error?.type, message: value.error?.message ?? "" };
}

/** What is wrong with any answer, and with any error. */
export function formDifferences(
  surface: NonNullable<CaseFile["surface"]>,
  { body, headers, status }: ClientAnswer,
): readonly string[] {
  const id = headers[ID_HEADERS[surface]];
  const problems: string[] = [];
  if (typeof id !== "string" || !ID.test(id)) problems.push(`the request's id is ${String(id)}`);
  if (status < 400 || body.length === 0) return problems;
  if (headers["content-type"] !== "application/json")
    problems.push(`an error is ${headers["content-type"]}`);
  if (surface === "bedrock") return problems;
  const value = JSON.parse(body.toString("utf8")) as ErrorBody;
  if (value.type !== "error") problems.push(`an error is of type ${value.type}`);
  if (value.request_id !== id)
    problems.push(`an error is of request ${value.request_id}, not ${id}`);
  return problems;
}
