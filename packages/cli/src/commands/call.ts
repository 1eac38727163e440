// `writ call TEXT`: one Converse call through the gateway that `npm start` runs, signed with its
// development key, to see what it does without an SDK.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { createSigner } from "@writ/protocol";
import { EXIT, usageError } from "../exit.ts";
import { readText } from "../files.ts";
import { root } from "../root.ts";

export interface CallFlags {
  readonly model: string;
  readonly groups?: string;
}

export async function runCall(text: string, { model, groups }: CallFlags): Promise<number> {
  const file = join(process.env["WRIT_HOME"] ?? root, ".writ", "dev.json");
  if (!existsSync(file)) throw usageError("no gateway of `npm start` has run here");
  const { endpoint, region, accessKeyId, secretAccessKey } = JSON.parse(readText(file)) as {
    readonly [key: string]: string;
  };
  const signer = createSigner({
    credentials: { accessKeyId: accessKeyId ?? "", secretAccessKey: secretAccessKey ?? "" },
    region: region ?? "",
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
  const { host } = new URL(endpoint ?? "");
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
