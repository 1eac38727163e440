export type { Outcome } from "./anthropic/connection.ts";
export type { ErrorType } from "./anthropic/errors.ts";
export type {
  ErrorReply,
  Frame,
  MessageReply,
  RawReply,
  ScriptedReply,
} from "./anthropic/script.ts";
export {
  type AnthropicSim,
  type AnthropicSimOptions,
  type AnthropicSimRequest,
  startAnthropicSim,
} from "./anthropic/sim.ts";
export {
  type BedrockSim,
  type BedrockSimOptions,
  createBedrockSim,
  type SimRequest,
} from "./bedrock/sim.ts";
