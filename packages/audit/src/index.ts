export { type Checkpoint, parseVerifierKey, type Verifier } from "./checkpoint.ts";
export { type LogFile, type LogFiles, nodeFiles } from "./files.ts";
export {
  type AppendResult,
  type AuditLog,
  type OpenLogOptions,
  type OpenLogResult,
  openLog,
  type Receipt,
} from "./log.ts";
export { type Hash, inclusionProof, leafHash, subtreeRoot, verifyInclusion } from "./merkle.ts";
export { type Problem, type ProblemCode, readRecords } from "./read.ts";
export type { AuditRecord } from "./record.ts";
export { type VerifyOptions, type VerifyResult, verifyLog } from "./verify.ts";
