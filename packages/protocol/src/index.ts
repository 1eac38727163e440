export {
  type RequestResult,
  type ResponseResult,
  readRequest,
  readResponse,
  type Usage,
} from "./bedrock/body.ts";
export type { Content, OpaquePart, Role, Segment } from "./bedrock/content.ts";
export type { ToolUse } from "./bedrock/family.ts";
export { parseUnambiguous } from "./bedrock/json.ts";
export { type DescribeOptions, describeModel, type ModelDescription } from "./bedrock/model.ts";
export {
  type MatchResult,
  matchOperation,
  type OperationMatch,
  type OperationName,
} from "./bedrock/operation.ts";
export { createStreamReader, type StreamReader } from "./bedrock/stream.ts";
export type { StreamEvent } from "./bedrock/stream-event.ts";
export {
  createFrameDecoder,
  encodeFrame,
  type Frame,
  type FrameDecoder,
  type FrameDecoderOptions,
  type FrameErrorCode,
  type HeaderValue,
} from "./event-stream/frame.ts";
export { type RequestHead, rejectHead } from "./head.ts";
export {
  type EncodedRefusal,
  encodeRefusal,
  type Refusal,
  type RefusalContext,
} from "./refusal.ts";
export {
  createSigner,
  type Signer,
  type SignerOptions,
  type SigningCredentials,
  type UnsignedRequest,
} from "./sigv4/sign.ts";
export {
  type KeyEntry,
  type SignedRequest,
  type VerifyOptions,
  type VerifyResult,
  verifySignature,
} from "./sigv4/verify.ts";
export { rejectTarget } from "./target.ts";
