// The real OPA, where one is: a server of its own on a free port of this machine, given a program at a time
// and asked for its documents.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { Agent, request } from "node:http";
import { createServer } from "node:net";
import { BASE, type Program } from "./programs.ts";
import type { Refusal } from "./run-program.ts";

interface Answer {
  readonly status: number;
  readonly text: string;
}

interface OpaError {
  readonly message?: string;
  readonly errors?: readonly { readonly code?: string; readonly message?: string }[];
}

export class RealOpa {
  readonly #process: ChildProcess;
  readonly #port: number;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  #loaded: readonly string[] = [];

  private constructor(process: ChildProcess, port: number) {
    this.#process = process;
    this.#port = port;
  }

  static async start(binary: string): Promise<RealOpa> {
    const port = await freePort();
    const address = `127.0.0.1:${port}`;
    const args = ["run", "--server", "--addr", address, "--log-level", "error", "--v1-compatible"];
    const opa = new RealOpa(spawn(binary, args, { stdio: "ignore" }), port);
    for (let attempt = 0; attempt < 100; attempt += 1) {
      const answer = await opa.#send("GET", "/health").catch(() => undefined);
      if (answer?.status === 200) {
        await opa.#send("PUT", "/v1/data", BASE);
        return opa;
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await opa.stop();
    throw new Error("OPA did not start");
  }

  async stop(): Promise<void> {
    this.#agent.destroy();
    const ended = once(this.#process, "exit");
    this.#process.kill();
    await ended;
  }

  /** Puts the program in place of the one before; why OPA refuses it, if it does. */
  async load({ modules }: Pick<Program, "modules">): Promise<Refusal | undefined> {
    for (const name of this.#loaded.toReversed())
      await this.#send("DELETE", `/v1/policies/${name}`);
    const loaded: string[] = [];
    let refusal: Refusal | undefined;
    for (const { package: name, text } of modules) {
      const { status, text: answer } = await this.#send("PUT", `/v1/policies/${name}`, text);
      if (status !== 200) {
        const { message, errors } = JSON.parse(answer) as OpaError;
        const all = (errors ?? []).map((error) => `${error.code}: ${error.message}`);
        refusal = { refused: all.join("; ") || (message ?? "refused") };
        break;
      }
      loaded.push(name);
    }
    this.#loaded = loaded;
    return refusal;
  }

  /** A document as text: its JSON, `undefined`, or the code of the error. */
  async document(path: readonly string[], input: unknown): Promise<string> {
    const { status, text } = await this.#send("POST", `/v1/data/${path.join("/")}`, { input });
    if (status === 200) {
      const prefix = '{"result":';
      return text.startsWith(prefix) ? text.trim().slice(prefix.length, -1) : "undefined";
    }
    const { errors } = JSON.parse(text) as OpaError;
    return errors?.[0]?.code ?? text;
  }

  /** A connection that OPA has closed while we were busy is no answer: asked again. */
  async #send(method: string, path: string, body?: unknown): Promise<Answer> {
    return await this.#sendOnce(method, path, body).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ECONNRESET") throw error;
      return this.#sendOnce(method, path, body);
    });
  }

  #sendOnce(method: string, path: string, body: unknown): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const headers = {
        "content-type": typeof body === "string" ? "text/plain" : "application/json",
      };
      const sent = request(
        { host: "127.0.0.1", port: this.#port, method, path, headers, agent: this.#agent },
        (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("end", () =>
            resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
          );
        },
      );
      sent.on("error", reject);
      sent.end(typeof body === "string" || body === undefined ? body : JSON.stringify(body));
    });
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}
