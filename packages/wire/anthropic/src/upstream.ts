// The way to the models: Anthropic itself, or Bedrock, which takes the same body but for a few members
// (https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages.html).

import { createSigner } from "@writ/sigv4";
import {
  type AnswerStream,
  type CredentialsResult,
  type ReadRequest,
  type Refusal,
  readJson,
  type SurfaceOptions,
  splice,
  type UpstreamCall,
  type UpstreamRequest,
} from "@writ/surface";
import { openHostedStream } from "./hosted-stream.ts";
import { openSseStream } from "./stream.ts";

export interface Host {
  /** What it cannot do. */
  refuse(operation: string, modelId: string | undefined): Refusal | undefined;
  body(request: ReadRequest, body: Buffer): Buffer;
  request(call: UpstreamCall): Promise<UpstreamRequest>;
  openStream(model: string, maxFrameBytes: number): AnswerStream;
}

/** Anthropic's own API: the request goes on as it is, under the gateway's key. */
export function anthropicHost({ upstream, credentials }: SurfaceOptions): Host {
  const { origin, pathname } = new URL(upstream.url);
  const prefix = pathname === "/" ? "" : pathname.replace(/\/$/, "");
  return {
    refuse: () => undefined,
    body: (_request, body) => body,
    request({ target, rawTarget, request, body }) {
      const read = readCredentials(credentials());
      const apiKey = read.ok ? (read.credentials as { readonly apiKey: string }).apiKey : "none";
      const { method } = target.operation;
      const headers = { ...request.headers, "x-api-key": apiKey, accept: "application/json" };
      const path = `${prefix}${rawTarget}`;
      return Promise.resolve(
        method === "GET"
          ? { origin, method, path, headers, body: undefined }
          : {
              origin,
              method,
              path,
              headers: { ...headers, "content-type": "application/json" },
              body,
            },
      );
    },
    openStream: openSseStream,
  };
}

/** Bedrock's InvokeModel: the model is in the path, versions are in the body, and answers come as event streams. */
export function bedrockHost({ upstream, models, region, credentials }: SurfaceOptions): Host {
  const { origin, host } = new URL(upstream.url);
  return {
    refuse(operation, modelId) {
      if (operation !== "CreateMessage")
        return { code: "not_enabled", message: `${operation} is not available on this host` };
      return modelId !== undefined && Object.hasOwn(models, modelId)
        ? undefined
        : {
            code: "invalid_request",
            status: 404,
            name: "not_found_error",
            message: `model: ${modelId ?? ""}`,
          };
    },
    body: translate,
    async request({ request, body, payloadHash, now }) {
      const read = readSigningCredentials(credentials());
      const signer = createSigner({ credentials: read, region, service: "bedrock" });
      const modelId = models[request.model?.id ?? ""] ?? "";
      const suffix = request.stream ? "invoke-with-response-stream" : "invoke";
      const path = `/model/${encodeURIComponent(modelId)}/${suffix}`;
      const headers = await signer.sign({
        method: "POST",
        path,
        headers: { "content-type": "application/json", accept: "application/json" },
        body,
        payloadHash,
        host,
        now,
      });
      return { origin, method: "POST", path, headers, body };
    },
    openStream: openHostedStream,
  };
}

const VERSION = "bedrock-2023-05-31";
/** Said by the path and by the operation. */
const DROPPED: ReadonlySet<string> = new Set(["model", "stream"]);

/** The same request as Bedrock takes it; what is not named here stays as it came, to the byte. */
function translate({ headers }: ReadRequest, body: Buffer): Buffer {
  const read = readJson(body);
  if (!read.ok || read.root.kind !== "object") throw new Error("a body that was read is none");
  const { root, text } = read;
  const betas = headers["anthropic-beta"]?.split(/ ?, ?/);
  const added = {
    anthropic_version: VERSION,
    ...(betas === undefined ? {} : { anthropic_beta: betas }),
  };
  const kept = root.members.filter(
    ({ key }) => !DROPPED.has(key.value) && !Object.hasOwn(added, key.value),
  );
  // From the first member that is kept to the last, without those that are dropped between them.
  const members = [
    ...kept.map(({ key, value }) => text.slice(key.start, value.end)),
    ...Object.entries(added).map(([name, value]) => `"${name}":${JSON.stringify(value)}`),
  ];
  const inside = { start: root.start + 1, end: root.end - 1, text: members.join(",") };
  return Buffer.from(splice(text, [inside]), "utf8");
}

export const REMEDY =
  'it holds {"apiKey": "…"}, or for a host that is signed for {"accessKeyId": "…", "secretAccessKey": "…"}';

/** A key, or what calls of Bedrock are signed with. */
export function readCredentials(text: string, file = ""): CredentialsResult {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's own message would quote the secret.
    return { ok: false, problems: [`${file} is not JSON; ${REMEDY}`] };
  }
  const found = (typeof value === "object" ? value : null) as Readonly<
    Record<string, unknown>
  > | null;
  const isText = (name: string): boolean => {
    const given = found?.[name];
    return typeof given === "string" && given !== "" && given.trim() === given;
  };
  const isKey = isText("apiKey");
  if (!isKey && !(isText("accessKeyId") && isText("secretAccessKey")))
    return { ok: false, problems: [`${file} holds no key; ${REMEDY}`] };
  const isPlaceholder = Object.values(found ?? {}).includes("REPLACE_ME");
  return { ok: true, credentials: found, isPlaceholder };
}

function readSigningCredentials(text: string): {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
} {
  const read = readCredentials(text);
  const found = (read.ok ? read.credentials : {}) as Readonly<Record<string, string | undefined>>;
  const { accessKeyId = "none", secretAccessKey = "none", sessionToken } = found;
  return {
    accessKeyId,
    secretAccessKey,
    ...(sessionToken === undefined ? {} : { sessionToken }),
  };
}
