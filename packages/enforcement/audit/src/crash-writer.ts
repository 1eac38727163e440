// For the crash test: writes records as fast as it can and tells its parent which were acknowledged, until
// it is killed; or one, and then has nothing else to do.

import { createPrivateKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { openLog } from "./index.ts";

const [dir = "", key = "", how = ""] = process.argv.slice(2);
const opened = await openLog({
  dir,
  origin: "test/node-1",
  signingKey: createPrivateKey(readFileSync(key)),
});
if (!opened.ok) throw new Error(opened.error.message);
for (let index = 0; how !== "once" || index === 0; index += 1) {
  const result = await opened.log.append({
    type: "decision",
    id: `d-${index}`,
    pad: "x".repeat(index % 900),
  });
  if (result.ok && how !== "once") process.send?.(result.receipt.seq);
}
