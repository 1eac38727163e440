// What is wrong with a request, as Anthropic's API says it.

/** Each type of error with the status it comes with. */
export const ERROR_STATUS = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  conflict_error: 409,
  request_too_large: 413,
  rate_limit_error: 429,
  api_error: 500,
  timeout_error: 504,
  overloaded_error: 529,
} as const;

/** A type of error of the API. */
export type ErrorType = keyof typeof ERROR_STATUS;

/** An error before it is sent. */
export interface Problem {
  readonly type: ErrorType;
  readonly message: string;
  /** Where it is not the one that the type comes with. */
  readonly status?: number;
  readonly headers?: { readonly [name: string]: string };
}

interface ErrorBody {
  readonly type: "error";
  readonly error: { readonly type: string; readonly message: string };
  readonly request_id: string;
}

/** The body of an error, of a response or of an `error` event. */
export function errorBody(type: string, message: string, requestId: string): ErrorBody {
  return { type: "error", error: { type, message }, request_id: requestId };
}
