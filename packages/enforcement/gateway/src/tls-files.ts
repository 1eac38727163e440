// The certificate and key of the port: whether they are what they should be, belong together, and are valid now.

import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { createSecureContext } from "node:tls";
import { exposure, type NamedFile, readNamed } from "./named-file.ts";
import { type Checked, fine, wrong } from "./problem.ts";

export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
}

/** An operator has this long to renew a certificate that is still valid. */
const WARN_DAYS = 14;
const DAY_MS = 86_400_000;
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

const certFile = (path: string): NamedFile => ({
  field: "listen.tls.cert",
  path,
  what: "the certificate",
  remedy: "without `listen.tls` the port speaks cleartext",
});
const keyFile = (path: string): NamedFile => ({
  field: "listen.tls.key",
  path,
  what: "the certificate's private key",
  remedy: "without `listen.tls` the port speaks cleartext",
});

/** Both files, in PEM. */
export function loadTlsFiles(paths: TlsFiles, now: Date): Checked<TlsFiles> {
  const [cert, key] = [readNamed(certFile(paths.cert)), readNamed(keyFile(paths.key))];
  const chain = cert.ok ? readChain(paths.cert, cert.value.toString("utf8"), now) : cert;
  const privateKey = key.ok ? readKey(paths.key, key.value.toString("utf8")) : key;
  if (!chain.ok || !privateKey.ok || !cert.ok || !key.ok) {
    const problems = [chain, privateKey].flatMap((each) => (each.ok ? [] : each.problems));
    return { ok: false, problems };
  }
  if (!chain.value.checkPrivateKey(privateKey.value)) {
    const message = `${paths.key} is not the key of the certificate ${paths.cert}`;
    return wrong("listen.tls.key", message);
  }
  const files = { cert: cert.value.toString("utf8"), key: key.value.toString("utf8") };
  try {
    // What OpenSSL refuses for its own reasons, such as a key that is too short.
    createSecureContext(files);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return wrong("listen.tls.cert", `${paths.cert} cannot be used: ${reason}`);
  }
  return fine(files);
}

export function tlsWarnings(paths: TlsFiles, { cert }: TlsFiles, now: Date): readonly string[] {
  const { validToDate } = new X509Certificate(cert);
  const days = Math.floor((validToDate.getTime() - now.getTime()) / DAY_MS);
  const late =
    days >= WARN_DAYS
      ? []
      : [
          `listen.tls.cert: ${paths.cert} expires in ${days} days, on ${validToDate.toISOString()}; renew it and restart`,
        ];
  return [...late, ...exposure(keyFile(paths.key))];
}

/** The server's own certificate, which comes first; each of them must be valid. */
function readChain(path: string, pem: string, now: Date): Checked<X509Certificate> {
  const { field } = certFile(path);
  const certificates: X509Certificate[] = [];
  for (const text of pem.match(CERTIFICATE) ?? []) {
    try {
      certificates.push(new X509Certificate(text));
    } catch {
      return wrong(field, `${path} holds a certificate that cannot be read`);
    }
  }
  const [own] = certificates;
  if (own === undefined) return wrong(field, `${path} holds no certificate in PEM`);
  for (const { validFromDate, validToDate, subject } of certificates) {
    const name = subject === undefined ? "" : ` (${subject.replaceAll("\n", ", ")})`;
    if (validToDate < now)
      return wrong(field, `${path}${name} expired on ${validToDate.toISOString()}; renew it`);
    if (validFromDate > now) {
      const from = validFromDate.toISOString();
      return wrong(
        field,
        `${path}${name} is not valid before ${from}; is this machine's clock right?`,
      );
    }
  }
  return fine(own);
}

function readKey(path: string, pem: string): Checked<KeyObject> {
  const { field } = keyFile(path);
  try {
    return fine(createPrivateKey(pem));
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    const isEncrypted = code === "ERR_MISSING_PASSPHRASE" || pem.includes("ENCRYPTED");
    const reason = isEncrypted
      ? "is encrypted, and there is nobody to ask for its passphrase; decrypt it (openssl pkey)"
      : "is no private key in PEM";
    return wrong(field, `${path} ${reason}`);
  }
}
