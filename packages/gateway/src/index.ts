export { type ConfigResult, type GatewayConfig, loadConfig } from "./config.ts";
export { type Gateway, type GatewayResult, type StartOptions, startGateway } from "./gateway.ts";
