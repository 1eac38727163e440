export type {
  CallerCheck,
  CallerContext,
  CallerHead,
  CallerKeys,
  CallerProof,
  ProofResult,
} from "./caller.ts";
export { canonicalBytes } from "./content/base64.ts";
export {
  type BodyFormat,
  type BodyResult,
  readAnswerBody,
  readRequestBody,
} from "./content/body-format.ts";
export {
  type Content,
  type Edits,
  emptyContent,
  type Segment,
  type ToolUse,
  type Walked,
  withWords,
} from "./content/content.ts";
export type { OpaqueKind, Role } from "./content/role.ts";
export {
  control,
  fixed,
  json,
  list,
  object,
  openObject,
  type Shape,
  text,
  textOf,
  unread,
} from "./content/shape.ts";
export { type WalkResult, walkContent } from "./content/walk.ts";
export {
  countOf,
  isNothing,
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
export type { ModelDescription } from "./model.ts";
export {
  type EncodedRefusal,
  type NativeError,
  type NativeErrors,
  nativeError,
  type Refusal,
  type RefusalCode,
  type RefusalContext,
  withDecisionId,
} from "./refusal.ts";
export type {
  AnswerResult,
  Operation,
  ReadRequest,
  ReceivedRequest,
  RequestResult,
  RequestTarget,
  TargetResult,
} from "./request.ts";
export type { AnswerStream, ReceivedFrame, SentSoFar } from "./stream/answer-stream.ts";
export { type MachineOptions, StreamMachine } from "./stream/machine.ts";
export {
  type FramePieces,
  PADDING,
  type PlacedPiece,
  type PlaceKind,
  type PlaceTable,
  readPieces,
} from "./stream/places.ts";
export type {
  DeltaKind,
  Piece,
  PieceKind,
  StreamFrame,
  StreamStep,
  ToolStart,
} from "./stream/stream-frame.ts";
export type {
  Attempt,
  ClientForm,
  CredentialsResult,
  Surface,
  SurfaceKind,
  SurfaceOptions,
  UpstreamSettings,
} from "./surface.ts";
export {
  retryAfterOf,
  type UpstreamCall,
  type UpstreamError,
  type UpstreamHeaders,
  type UpstreamRequest,
} from "./upstream.ts";
export { readUsage, type Usage, type UsageNames } from "./usage.ts";
