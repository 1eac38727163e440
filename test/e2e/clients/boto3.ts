import { spawn, spawnSync } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { DevFacts } from "../running-gateway.ts";
import { BEDROCK_MODEL, type CallOptions, type Client, type Got, REFUND } from "./client.ts";

const script = fileURLToPath(new URL("./boto3-client.py", import.meta.url));

export const hasBoto3: boolean = spawnSync("python3", ["-c", "import boto3"]).status === 0;

interface Line extends Partial<Got> {
  readonly error?: string;
  readonly message?: string;
}

export function boto3({ endpoint, region, accessKeyId, secretAccessKey }: DevFacts): Client {
  return {
    name: "boto3",
    startMs: 3_000,
    async call({ prompt, stream, signal, onText }: CallOptions) {
      const { schema, ...named } = REFUND;
      const tool = { ...named, inputSchema: { json: schema } };
      const asked = { endpoint, region, model: BEDROCK_MODEL, prompt, stream, tool };
      const child = spawn("python3", [script, JSON.stringify(asked)], {
        env: { ...process.env, CALLER_KEY_ID: accessKeyId, CALLER_SECRET: secretAccessKey },
        stdio: ["ignore", "pipe", "inherit"],
      });
      signal.addEventListener("abort", () => child.kill("SIGKILL"));
      let last: Line = { error: "Aborted", message: "given up" };
      for await (const text of createInterface({ input: child.stdout })) {
        const line = JSON.parse(text) as Line & { readonly more?: true };
        if (line.more) onText();
        else last = line;
      }
      if (last.error !== undefined) throw new Error(`${last.error}: ${last.message}`);
      return { text: last.text ?? "", tools: last.tools ?? [], stop: last.stop };
    },
  };
}
