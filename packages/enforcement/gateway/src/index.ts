export { type ConfigResult, type GatewayConfig, loadConfig } from "./config.ts";
export {
  checkGateway,
  type Gateway,
  type GatewayResult,
  type ReloadResult,
  type StartOptions,
  startGateway,
} from "./gateway.ts";
