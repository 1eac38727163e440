// What the stages share: everything long-lived that the gateway was started with.

import type { AuditLog } from "@writ/audit";
import type { Classifier } from "@writ/classifier";
import type { Surface } from "@writ/surface";
import type { LoadedBundle } from "./bundle.ts";
import type { GatewayConfig } from "./config.ts";
import type { InFlight } from "./in-flight.ts";
import type { Keyring } from "./keyring.ts";
import type { Upstreams } from "./upstream.ts";

export interface Services {
  readonly config: GatewayConfig;
  /** In whose words a request is answered that no other owns: the last. */
  readonly surfaces: readonly Surface[];
  readonly keyring: Keyring;
  readonly bundle: LoadedBundle;
  readonly classifier: Classifier;
  readonly audit: AuditLog;
  readonly upstreams: Upstreams;
  /** What calls hold at this moment. */
  readonly inFlight: InFlight;
}
