// Who calls a gateway under test: one that signs, and two with keys that were issued to them.

import { createHash } from "node:crypto";

/** Signs; may assert nothing. */
export const CALLER: { readonly accessKeyId: string; readonly secretAccessKey: string } = {
  accessKeyId: "WRITTESTCALLER000001",
  secretAccessKey: "c".repeat(40),
};

/** Of a caller that may assert nothing, and of one that may assert subjects and some groups. */
export const ISSUED_KEYS: { readonly caller: string; readonly assistant: string } = {
  caller: "writ-test-caller-key-000000000001",
  assistant: "writ-test-assistant-key-000000001",
};

/** The keyring that knows them. */
export function keyring(): object {
  const digest = (key: string): string =>
    `sha256:${createHash("sha256").update(key).digest("hex")}`;
  const principalArn = "arn:aws:iam::000000000000:role/caller";
  const identity = { groups: ["callers"] };
  return {
    keys: [{ ...CALLER, principalArn, identity }],
    issued: [
      { id: "caller", digest: digest(ISSUED_KEYS.caller), principalArn, identity },
      {
        id: "assistant",
        digest: digest(ISSUED_KEYS.assistant),
        principalArn: "arn:aws:iam::000000000000:role/assistant",
        identity: { groups: ["assistants"] },
        mayAssert: { subject: "*", groups: ["finance", "research"] },
      },
    ],
  };
}
