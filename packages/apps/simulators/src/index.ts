export {
  type BedrockSim,
  type BedrockSimOptions,
  createBedrockSim,
  type SimRequest,
} from "./bedrock/sim.ts";
