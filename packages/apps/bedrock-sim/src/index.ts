export {
  type BedrockSim,
  type BedrockSimOptions,
  createBedrockSim,
  type SimRequest,
} from "./sim.ts";
