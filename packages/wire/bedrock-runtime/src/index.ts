export { describeModel } from "./model.ts";
export { bedrockRuntime } from "./surface.ts";
