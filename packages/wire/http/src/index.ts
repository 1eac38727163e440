export { type Abnormal, type RequestHead, rejectHead } from "./head.ts";
export {
  createSseDecoder,
  encodeSse,
  type SseDecoder,
  type SseEvent,
  type SseResult,
} from "./sse.ts";
export { rejectTarget } from "./target.ts";
