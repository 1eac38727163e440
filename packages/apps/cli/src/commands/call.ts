// `writ call TEXT`: one Converse call through the gateway that `npm start` runs, signed with its
// development key, to see what it does without an SDK.

import { join } from "node:path";
import { createSigner } from "@writ/sigv4";
import { readFacts } from "../dev-facts.ts";
import { EXIT, usageError } from "../exit.ts";
import { root } from "../root.ts";

export interface CallFlags {
  readonly model: string;
  readonly groups?: string;
}

export async function runCall(text: string, { model, groups }: CallFlags): Promise<number> {
  const folder = join(process.env["WRIT_HOME"] ?? root, ".writ");
  const facts = readFacts(folder);
  if (facts === undefined)
    throw usageError(`no gateway of \`npm start\` has run here (${folder} has no dev.json of one)`);
  const { endpoint, region, accessKeyId, secretAccessKey } = facts;
  const signer = createSigner({
    credentials: { accessKeyId, secretAccessKey },
    region,
    service: "bedrock",
  });
  const path = `/model/${encodeURIComponent(model)}/converse`;
  const body = Buffer.from(
    JSON.stringify({
      messages: [{ role: "user", content: [{ text }] }],
      inferenceConfig: { maxTokens: 512 },
    }),
  );
  const identity = groups === undefined ? {} : { "x-writ-groups": groups };
  const { host } = new URL(endpoint);
  const headers = await signer.sign({
    method: "POST",
    path,
    headers: { "content-type": "application/json", ...identity },
    body,
    host,
    now: new Date(),
  });
  const response = await fetch(`${endpoint}${path}`, { method: "POST", headers, body }).catch(
    () => undefined,
  );
  if (response === undefined)
    throw usageError(`nothing answers at ${endpoint}: is \`npm start\` running?`);
  const type = response.headers.get("x-amzn-errortype");
  process.stdout.write(
    `${response.status}${type === null ? "" : ` ${type}`}\n${JSON.stringify(await response.json(), null, 2)}\n`,
  );
  return response.ok ? EXIT.clean : EXIT.findings;
}
