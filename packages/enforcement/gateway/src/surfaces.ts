// The APIs that this gateway speaks, each with its part of the configuration. This list is all that it knows of them.

import { anthropicMessages } from "@writ/anthropic";
import { bedrockRuntime } from "@writ/bedrock-runtime";
import type { SurfaceKind } from "@writ/surface";
import type { GatewayConfig, SurfaceConfig } from "./config.ts";

export interface SurfaceRow {
  readonly kind: SurfaceKind;
  /** Where in the configuration its part is. */
  readonly field: string;
  readonly configOf: (config: GatewayConfig) => SurfaceConfig | undefined;
}

/** The last answers what no other owns. */
export const surfaceList: readonly SurfaceRow[] = [
  {
    kind: anthropicMessages,
    field: "anthropic.upstream",
    configOf: ({ anthropic }) => anthropic,
  },
  {
    kind: bedrockRuntime,
    field: "upstream",
    configOf: ({ upstream, models }) => (upstream === undefined ? undefined : { upstream, models }),
  },
];
