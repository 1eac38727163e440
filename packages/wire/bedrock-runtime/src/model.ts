// What a model identifier says: base ids, cross-region profile ids and the ARNs of both. An ARN that says
// nothing (application inference profiles, provisioned and imported models) is known only if it is
// configured what it stands for.

import type { ModelDescription } from "@writ/surface";

/** What identifiers stand for that do not say so themselves. */
export interface DescribeOptions {
  /** Base model ids by ARN. */
  readonly models?: { readonly [arn: string]: string };
}

const PROFILES = new Set(["us", "us-gov", "eu", "apac", "jp", "au", "ca", "global"]);
/** The family of a provider's models by the beginning of their names; the provider's own name otherwise. */
const FAMILIES: {
  readonly [provider: string]: readonly (readonly [prefix: string, family: string])[] | undefined;
} = {
  anthropic: [["claude", "claude"]],
  meta: [["llama", "llama"]],
  amazon: [
    ["titan-text", "titan-text"],
    ["titan-tg1", "titan-text"],
    ["titan", "titan"],
    ["nova-canvas", "nova-canvas"],
    ["nova-reel", "nova-reel"],
    ["nova-sonic", "nova-sonic"],
    ["nova", "nova"],
  ],
  mistral: [["", "mistral"]],
  cohere: [["", "cohere"]],
  ai21: [["", "ai21"]],
  deepseek: [["", "deepseek"]],
  qwen: [["", "qwen"]],
  openai: [["", "openai"]],
  writer: [["", "writer"]],
  stability: [["", "stability"]],
};

/** Undefined for an identifier from which the model cannot be told. */
export function describeModel(
  modelId: string,
  { models = {} }: DescribeOptions = {},
): ModelDescription | undefined {
  if (!modelId.startsWith("arn:")) return describeId(modelId);
  const match = ARN.exec(modelId);
  if (match === null) return undefined;
  const [, region = "", kind = "", named = ""] = match;
  const configured = Object.hasOwn(models, modelId) ? models[modelId] : undefined;
  const isNamed = kind === "foundation-model" || kind === "inference-profile";
  const id = configured ?? (isNamed ? named : undefined);
  const described = id === undefined ? undefined : describeId(id);
  return described === undefined ? undefined : { ...described, arn: modelId, region };
}

/** Of the services that models are served by: every part is there, so that rules on each of them hold. */
const ARN =
  /^arn:aws(?:-cn|-us-gov|-iso[a-z-]*)?:(?:bedrock|sagemaker):([a-z]{2}[a-z0-9-]{3,38}):(?:\d{12})?:([a-z-]+)\/(.+)$/;
const PROVIDER = /^[a-z][a-z0-9-]{1,39}$/;
/** Of a provider that no table names: its models are read where the body does not depend on them. */
const OTHER_FAMILY = "other";

function describeId(modelId: string): ModelDescription | undefined {
  const [first = "", ...others] = modelId.split(".");
  const isProfile = PROFILES.has(first) && others.length > 0;
  const id = isProfile ? others.join(".") : modelId;
  const dot = id.indexOf(".");
  const [provider, name] = [id.slice(0, dot), id.slice(dot + 1)];
  const families = dot > 0 && Object.hasOwn(FAMILIES, provider) ? FAMILIES[provider] : undefined;
  const isOther =
    dot > 0 && families === undefined && PROVIDER.test(provider) && !PROFILES.has(provider);
  const family = isOther
    ? OTHER_FAMILY
    : families?.find(([prefix]) => name.startsWith(prefix))?.[1];
  if (family === undefined || !/^[a-z0-9][a-z0-9:._-]*$/i.test(name)) return undefined;
  const version = /-(v\d[\d:.k]*)$/.exec(name)?.[1];
  return {
    id,
    provider,
    family,
    ...(version === undefined ? {} : { version }),
    ...(isProfile ? { profile: first } : {}),
  };
}
