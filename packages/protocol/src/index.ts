export {
  type RequestResult,
  type ResponseResult,
  readRequest,
  readResponse,
  type Usage,
} from "./bedrock/body.ts";
export {
  type Content,
  type Edits,
  type OpaquePart,
  type Role,
  type Segment,
  type WalkResult,
  walkContent,
} from "./bedrock/content.ts";
export type { ToolUse } from "./bedrock/family.ts";
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
