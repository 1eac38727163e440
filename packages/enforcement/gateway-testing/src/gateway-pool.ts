// Gateways of many cases: those with the same settings share one.

import type { CaseFile, GatewaySettings } from "./case-file.ts";
import type { GatewayUnderTest } from "./gateway-under-test.ts";

export interface GatewayPool {
  gatewayFor(file: CaseFile): Promise<GatewayUnderTest>;
  close(): Promise<void>;
}

export function createGatewayPool(
  start: (settings: GatewaySettings) => Promise<GatewayUnderTest>,
): GatewayPool {
  const running = new Map<string, Promise<GatewayUnderTest>>();
  return {
    gatewayFor(file) {
      const { policy, limits, upstreamSettings, dictionaries, anthropic, clientForms, logFails } =
        file;
      const settings = { policy, limits, upstreamSettings, dictionaries, anthropic, clientForms };
      const key = JSON.stringify({ ...settings, logFails });
      const known = running.get(key) ?? start(file);
      running.set(key, known);
      return known;
    },
    async close() {
      for (const under of await Promise.all(running.values())) await under.close();
    },
  };
}
