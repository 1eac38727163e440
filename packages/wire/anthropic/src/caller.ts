// Callers prove who they are by a key that was issued to them, in `x-api-key` or as a bearer. Older clients send the
// one, newer ones the other; of two that differ nobody knows whose call it is.

import { createHash } from "node:crypto";
import type { CallerCheck, CallerContext, CallerHead, Refusal } from "@writ/surface";

const BEARER = /^bearer +(\S+)$/i;
const MAX_KEY = 1_024;

export function checkCaller({ rawHeaders }: CallerHead, { keys }: CallerContext): CallerCheck {
  const given = new Set<string>();
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]?.toLowerCase();
    const value = rawHeaders[at + 1]?.trim() ?? "";
    if (name === "x-api-key") given.add(value);
    if (name === "authorization") given.add(BEARER.exec(value)?.[1] ?? "");
  }
  if (given.size === 0)
    return refuse("no key is given: send it as `x-api-key` or as `Authorization: Bearer`");
  const [key = ""] = given;
  if (given.size > 1 || key === "" || key.length > MAX_KEY) return refuse("invalid x-api-key");
  // Found by its digest: how long that takes says nothing about the key.
  const keyId = keys.issuedKey(createHash("sha256").update(key).digest("hex"));
  if (keyId === undefined) return refuse("invalid x-api-key");
  return {
    ok: true,
    proof: {
      keyId,
      assurance: "key",
      isProved: true,
      // Whoever holds the key vouches for the whole request.
      verify: (body) => ({
        ok: true,
        payloadHash: createHash("sha256").update(body).digest("hex"),
        covers: () => true,
      }),
    },
  };
}

function refuse(message: string): { readonly ok: false; readonly refusal: Refusal } {
  return { ok: false, refusal: { code: "unauthenticated", message } };
}
