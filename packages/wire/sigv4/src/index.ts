export {
  createSigner,
  type Signer,
  type SignerOptions,
  type SigningCredentials,
  type UnsignedRequest,
} from "./sign.ts";
export {
  checkSignatureHead,
  type KeyEntry,
  type SignatureHead,
  type SignatureRefusal,
  type SignedRequest,
  type VerifyOptions,
  type VerifyResult,
  verifySignature,
} from "./verify.ts";
