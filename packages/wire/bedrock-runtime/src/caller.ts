// Callers prove who they are by Signature Version 4.

import { checkSignatureHead } from "@writ/sigv4";
import type { CallerCheck, CallerContext, CallerHead, Refusal } from "@writ/surface";

export interface SigningScope extends CallerContext {
  readonly region: string;
  readonly services: readonly string[];
}

export function callerCheck(head: CallerHead, scope: SigningScope): CallerCheck {
  const { now, region, services, keys } = scope;
  const checked = checkSignatureHead(head, {
    now,
    region,
    services,
    lookup: (accessKeyId) => {
      const secretAccessKey = keys.signingSecret(accessKeyId);
      return secretAccessKey === undefined ? undefined : { secretAccessKey };
    },
  });
  if (!checked.ok) return { ok: false, refusal: unauthenticated(checked.refusal) };
  return {
    ok: true,
    proof: {
      keyId: checked.accessKeyId,
      assurance: "signature",
      isProved: checked.isProved,
      verify(body) {
        const verified = checked.verify(body);
        if (!verified.ok) return { ok: false, refusal: unauthenticated(verified.refusal) };
        const { payloadHash, signedHeaders } = verified;
        return { ok: true, payloadHash, covers: (header) => signedHeaders.has(header) };
      },
    },
  };
}

function unauthenticated(refusal: {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}): Refusal {
  const { status, code: name, message } = refusal;
  return { code: "unauthenticated", status, name, message };
}
