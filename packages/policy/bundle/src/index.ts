export type { ArchiveFile } from "./archive.ts";
export {
  type Bundle,
  type BundleErrorCode,
  COMPILER_VERSION,
  inspectBundle,
  type OpenResult,
  openBundle,
  type PackedBundle,
  type PackOptions,
  packBundle,
  type TrustedKeys,
} from "./bundle.ts";
export { type Manifest, type PolicyHash, policyHash } from "./manifest.ts";
export {
  checkReplaces,
  compareRevisions,
  isRevision,
  type Running,
  UNVERSIONED,
} from "./revision.ts";
export { generateKeys, type KeyResult, parsePrivateKey, parsePublicKey } from "./signature.ts";
