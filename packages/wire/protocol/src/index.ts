export {
  type RequestResult,
  type ResponseResult,
  readRequest,
  readResponse,
} from "./bedrock/body.ts";
export {
  type ControlHeadersResult,
  headerGuardrail,
  passedHeaders,
  readControlHeaders,
} from "./bedrock/headers.ts";
export { type DescribeOptions, describeModel, type ModelDescription } from "./bedrock/model.ts";
export {
  type MatchResult,
  matchOperation,
  type OperationMatch,
  type OperationName,
} from "./bedrock/operation.ts";
export {
  createStreamReader,
  type SentSoFar,
  type StreamReader,
  type StreamRefusal,
} from "./bedrock/stream.ts";
export type { Usage } from "./bedrock/usage.ts";
export type {
  Content,
  Edits,
  Role,
  Segment,
  ToolUse,
  Walked,
} from "./content/content.ts";
export { json as jsonShape, type OpaqueKind, type Shape } from "./content/shape.ts";
export { type WalkResult, walkContent } from "./content/walk.ts";
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
  type JsonArray,
  type JsonMember,
  type JsonNode,
  type JsonNumber,
  type JsonObject,
  type JsonString,
  memberOf,
  nodeAt,
  type Span,
  stringOf,
} from "./json/node.ts";
export { type JsonErrorCode, type JsonResult, readJson, readJsonText } from "./json/read.ts";
export { type Replacement, replaceIn, splice } from "./json/splice.ts";
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
  checkSignatureHead,
  type KeyEntry,
  type SignatureHead,
  type SignedRequest,
  type VerifyOptions,
  type VerifyResult,
  verifySignature,
} from "./sigv4/verify.ts";
export { type MachineOptions, StreamMachine } from "./stream/machine.ts";
export type {
  DeltaKind,
  Piece,
  PieceKind,
  StreamFrame,
  StreamStep,
  ToolStart,
} from "./stream/stream-frame.ts";
export { rejectTarget } from "./target.ts";
