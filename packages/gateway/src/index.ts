export { type ConfigResult, type GatewayConfig, loadConfig } from "./config.ts";
export { type Gateway, type GatewayResult, startGateway } from "./gateway.ts";
