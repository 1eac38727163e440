export { type Checkpoint, parseVerifierKey, type Verifier } from "./checkpoint.ts";
export { type LogFile, type LogFiles, nodeFiles } from "./files.ts";
export { openLog } from "./log.ts";
export { type Hash, inclusionProof, leafHash, subtreeRoot, verifyInclusion } from "./merkle.ts";
export type { AppendResult, AuditLog, OpenLogOptions, OpenLogResult, Receipt } from "./port.ts";
export {
  type Problem,
  type ProblemCode,
  readRecords,
  type StoredRecord,
  streamRecords,
} from "./read.ts";
export type { AuditRecord } from "./record.ts";
export { type VerifyOptions, type VerifyResult, verifyLog } from "./verify.ts";
