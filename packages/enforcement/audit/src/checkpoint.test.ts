import { createPrivateKey, generateKeyPairSync, sign } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createSigner, parseVerifierKey, verifierKeyOf } from "./checkpoint.ts";
import { leafHash } from "./merkle.ts";

/** The secret key of RFC 8032 section 7.1, test 1. */
const SEED = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
const privateKey = createPrivateKey({
  key: Buffer.from(`302e020100300506032b657004220420${SEED}`, "hex"),
  format: "der",
  type: "pkcs8",
});
const origin = "example.com/log";
const signer = createSigner(origin, privateKey);
const checkpoint = { origin, size: 42, root: leafHash(Buffer.from("root")) };
const note = signer.sign(checkpoint);

describe("a verifier key", () => {
  it.each([
    "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8",
    "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    signer.vkey,
  ])("is read as others write it: %s", (vkey) => {
    expect(parseVerifierKey(vkey)).toMatchObject({ vkey, origin: vkey.split("+")[0] });
  });

  it.each([
    ["nothing", ""],
    ["no key", "PeterNeumann+c74f20a3"],
    ["no name", "+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"],
    ["the id of another name", "PeterNeuman+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"],
    ["another id", "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"],
    ["a name with a space", "Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"],
    ["another algorithm", "PeterNeumann+c74f20a3+AhpC2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"],
    ["a key cut short", "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy"],
    ["a line after it", "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW\n"],
    ["text before it", "x PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"],
    [
      "more base64 than it says",
      "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW=",
    ],
  ])("is none with %s", (_, vkey) => {
    expect(parseVerifierKey(vkey)).toBeUndefined();
  });

  it("comes from an Ed25519 key in PEM, and from nothing else", () => {
    const pem = (key: typeof privateKey): string =>
      key.export({ type: "spki", format: "pem" }).toString();
    const { publicKey } = generateKeyPairSync("ed25519");
    const vkey = verifierKeyOf(origin, pem(publicKey)) ?? "";
    expect(parseVerifierKey(vkey)).toMatchObject({ vkey, origin });
    const { publicKey: other } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    expect(verifierKeyOf(origin, pem(other))).toBeUndefined();
    expect(verifierKeyOf(origin, "-----BEGIN PUBLIC KEY-----")).toBeUndefined();
  });
});

describe("a checkpoint", () => {
  const verifier = parseVerifierKey(signer.vkey);
  const [text = "", signature = ""] = note.split("\n\n");
  const bytes = Buffer.from(signature.split(" ")[2] ?? "", "base64");

  /** A note with a right signature of whatever text. */
  function signText(changed: string, name = origin): string {
    const signed = Buffer.concat([
      bytes.subarray(0, 4),
      sign(null, Buffer.from(`${changed}\n`), privateKey),
    ]);
    return `${changed}\n\n\u2014 ${name} ${signed.toString("base64")}\n`;
  }

  it("is written as C2SP has it", () => {
    expect(note).toBe(
      `example.com/log\n42\n${checkpoint.root.toString("base64")}\n\n\u2014 example.com/log ${bytes.toString("base64")}\n`,
    );
    expect(bytes).toHaveLength(68);
    expect(bytes.subarray(0, 4).toString("hex")).toBe(signer.vkey.split("+")[1]);
    expect(signer.origin).toBe(origin);
  });

  it("is opened by its key, and by no other", () => {
    expect(verifier?.open(note)).toEqual(checkpoint);
    expect(verifier?.open(signText(text))).toEqual(checkpoint);
    const other = createSigner(origin, generateKeyPairSync("ed25519").privateKey);
    expect(parseVerifierKey(other.vkey)?.open(note)).toBeUndefined();
  });

  const root = text.split("\n")[2] ?? "";
  it.each([
    ["nothing", ""],
    ["text before it", `x\n${note}`],
    ["text after it", `${note}x`],
    ["no line's end", note.trimEnd()],
    ["another size", note.replace("\n42\n", "\n43\n")],
    ["a line more", signText(`${text}\nmore`)],
    ["another log's name", signText(text.replace(origin, "example.com/other"))],
    ["another signer's name", signText(text, "example.com/other")],
    ["a size with a zero before it", signText(text.replace("42", "042"))],
    ["a size that is not exact", signText(text.replace("42", "9007199254740993"))],
    ["a size that is even so spelled", signText(text.replace("42", "9007199254740992"))],
    ["a root that is spelled otherwise", signText(text.replace(root, respell(root)))],
    ["a dash that is none", note.replace("\u2014", "-")],
    ["another key's id", note.replace(bytes.toString("base64"), tamper(bytes, 0))],
    ["another signature", note.replace(bytes.toString("base64"), tamper(bytes, 67))],
    [
      "a signature that is too long",
      note.replace(
        bytes.toString("base64"),
        Buffer.concat([bytes, Buffer.alloc(1)]).toString("base64"),
      ),
    ],
    ["a signature that is spelled otherwise", note.replace("=\n", "\n")],
  ])("is none with %s", (_, changed) => {
    expect(changed).not.toBe(note);
    expect(verifier?.open(changed)).toBeUndefined();
  });
});

/** The same bytes: the last character before the padding has bits that say nothing. */
function respell(base64: string): string {
  const at = base64.length - 2;
  const spelled = String.fromCharCode(base64.charCodeAt(at) + 1);
  const changed = `${base64.slice(0, at)}${spelled}=`;
  expect(Buffer.from(changed, "base64")).toEqual(Buffer.from(base64, "base64"));
  return changed;
}

function tamper(bytes: Buffer, at: number): string {
  const changed = Buffer.from(bytes);
  changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
  return changed.toString("base64");
}
