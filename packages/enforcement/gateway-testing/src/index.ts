export { CALLER, ISSUED_KEYS } from "./callers.ts";
export {
  type CaseClient,
  type CaseFile,
  type CaseRequest,
  type CaseUpstream,
  type GatewaySettings,
  readCases,
} from "./case-file.ts";
export {
  CLAUDE,
  type ClientAnswer,
  type ClientRequest,
  callGateway,
  requestOf,
  send,
  signedHeaders,
} from "./client.ts";
export { encodeEventFrame, frameDifferences } from "./event-frames.ts";
export { createGatewayPool, type GatewayPool } from "./gateway-pool.ts";
export {
  type BundleBuilder,
  type GatewayUnderTest,
  REGION,
  type ReceivedHead,
  type SignedBundle,
  startUnderTest,
  type UnderTestOptions,
  type UpstreamAnswer,
} from "./gateway-under-test.ts";
export { type LoggedRecord, readLog, validateRecord } from "./log-reader.ts";
export { runCase } from "./run-case.ts";
export { PIECES, type Pieces, piecesOf } from "./scripted-upstream.ts";
export { encodeSseEvent, sseDifferences } from "./sse-events.ts";
