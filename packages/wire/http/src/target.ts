// Request targets that are refused before anything looks at them. Routers, signers and upstreams normalise
// paths in different ways; a target that is normal already means the same to all of them.

const MAX_TARGET = 8_192;

const ABNORMAL: readonly (readonly [RegExp, string])[] = [
  [/^[^/]/, "is not a path"],
  [/^\/\//, "begins with two slashes"],
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
  [/[\u0000-\u0020\u007f-\uffff]/, "holds characters that must be percent-encoded"],
  [/[\\#]/, "holds a backslash or a fragment"],
  [/%(?![0-9A-Fa-f]{2})/, "holds a broken percent escape"],
  [/%(?:0[0-9A-Fa-f]|1[0-9A-Fa-f]|7[Ff]|5[Cc])/, "holds an encoded control character or backslash"],
  [/(?:^|\/)(?:\.|%2[Ee]){1,2}(?:\/|\?|$)/, "holds dot segments"],
  [/^[^?]*\/\//, "holds an empty segment"],
  // Some end the query there, others do not.
  [/\?.*\?/, "holds a second question mark"],
];

/** Undefined for a target that is normal; else what is wrong with it, to follow "the request target". */
export function rejectTarget(target: string): string | undefined {
  return target.length > MAX_TARGET
    ? "is too long"
    : ABNORMAL.find(([pattern]) => pattern.test(target))?.[1];
}
