// The credentials that calls of the upstream are signed with: a file with `accessKeyId`, `secretAccessKey` and perhaps
// `sessionToken`.

import type { CredentialsResult } from "@writ/surface";

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export const REMEDY = 'it holds {"accessKeyId": "…", "secretAccessKey": "…"}';
/** What `writ gateway --init` writes where only the operator knows what belongs there. */
const PLACEHOLDER = "REPLACE_ME";

/** What a credentials file holds, or everything that is wrong with it. */
export function readCredentials(text: string, file = ""): CredentialsResult<Credentials> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's own message would quote the secret.
    return { ok: false, problems: [`${file} is not JSON; ${REMEDY}`] };
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return { ok: false, problems: [`${file} is no object; ${REMEDY}`] };
  const found = value as { readonly [name: string]: unknown };
  const problems = ["accessKeyId", "secretAccessKey", "sessionToken"].flatMap((name) => {
    const reason = name === "sessionToken" && found[name] === undefined ? "" : fault(found[name]);
    return reason === "" ? [] : [`the \`${name}\` of ${file} ${reason}; ${REMEDY}`];
  });
  if (problems.length > 0) return { ok: false, problems };
  const credentials = value as Credentials;
  const isPlaceholder = [credentials.accessKeyId, credentials.secretAccessKey].includes(
    PLACEHOLDER,
  );
  return { ok: true, credentials, isPlaceholder };
}

/** What is wrong with a part of credentials; nothing, for most. */
function fault(part: unknown): string {
  if (part === undefined) return "is missing";
  if (typeof part !== "string") return "is no text";
  if (part === "") return "is empty";
  return part.trim() === part ? "" : "begins or ends with a space";
}
