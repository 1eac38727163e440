import { createSecretKey, generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createClassifier, type Finding } from "./index.ts";

const classifier = createClassifier({ hashKey: createSecretKey(Buffer.alloc(32, 7)) });
const KEY = "secret.private_key";

function keysIn(text: string): readonly Finding[] {
  return classifier.classify(text).filter(({ label }) => label === KEY);
}

/** What of the text no finding covers. */
function rest(text: string): string {
  let out = "";
  let at = 0;
  for (const { start, end } of keysIn(text)) {
    out += text.slice(at, start);
    at = Math.max(at, end);
  }
  return out + text.slice(at);
}

const pem = (bits: number): string =>
  generateKeyPairSync("rsa", { modulusLength: bits })
    .privateKey.export({ type: "pkcs8", format: "pem" })
    .toString()
    .trim();
const rsa = pem(2048);
const ec = generateKeyPairSync("ec", { namedCurve: "P-256" })
  .privateKey.export({ type: "sec1", format: "pem" })
  .toString()
  .trim();
const encrypted = `-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0011\n\n${"aB3+/x9Z".repeat(8)}\n${"Zx".repeat(10)}==\n-----END RSA PRIVATE KEY-----`;
const pgp = `-----BEGIN PGP PRIVATE KEY BLOCK-----\nVersion: GnuPG v2\nComment: none of it\n\n${`${"aB3+/x9Z".repeat(8)}\n`.repeat(185)}=ab12\n-----END PGP PRIVATE KEY BLOCK-----`;
const keys: readonly (readonly [name: string, key: string])[] = [
  ["RSA", rsa],
  ["EC", ec],
  ["encrypted", encrypted],
  ["PGP of twelve thousand characters", pgp],
];

describe("a private key", () => {
  it.each(keys)("is covered to its end: %s", (_name, key) => {
    expect(rest(`before\n${key}\nafter`)).toBe("before\n\nafter");
  });

  it.each<readonly [how: string, write: (key: string) => string]>([
    ["with CRLF", (key) => key.replaceAll("\n", "\r\n")],
    ["in JSON", (key) => JSON.stringify(key).slice(1, -1)],
    ["in JSON in JSON", (key) => JSON.stringify(JSON.stringify(key)).slice(3, -3)],
    ["indented", (key) => key.replaceAll("\n", "\n      ")],
    ["quoted", (key) => key.replaceAll("\n", "\n> ")],
    ["in strings of a program", (key) => key.replaceAll("\n", '\\n" +\n  "')],
    ["in strings joined at the end of a line", (key) => key.replaceAll("\n", '" +\n"')],
    ["in strings joined at the beginning", (key) => key.replaceAll("\n", '\\n"\n    + "')],
    ["in strings joined with dots", (key) => key.replaceAll("\n", '\\n" .\n  "')],
    ["in strings side by side", (key) => key.replaceAll("\n", '\\n"\n  "')],
    ["in a list of strings", (key) => key.replaceAll("\n", '",\n  "')],
    ["continued in a shell", (key) => key.replaceAll("\n", "\\\n")],
    ["on one line, with spaces", (key) => key.replaceAll("\n", " ")],
    ["without its end", (key) => key.slice(0, key.lastIndexOf("\n-----END"))],
    ["cut off inside", (key) => key.slice(0, 150)],
  ])("is found however it is written: %s", (how, write) => {
    // On one line nothing says where an attribute ends.
    const written = how.includes("spaces") ? [rsa, ec] : [rsa, ec, encrypted];
    for (const key of written) expect(rest(`before ${write(key)}`)).toBe("before ");
  });

  it("is found in a stream as in one piece", () => {
    const stream = classifier.stream();
    const findings = [...pgp].flatMap((chunk) => stream.push(chunk).findings);
    const all = [...findings, ...stream.end().findings];
    expect(all.map(({ label, end }) => [label, end])).toEqual([[KEY, pgp.length]]);
  });
});

describe("the header of a private key", () => {
  const mentions = [
    "A PEM file begins with -----BEGIN PRIVATE KEY----- and ends with -----END PRIVATE KEY-----. Then comes prose that goes on for a while.",
    "Look for -----BEGIN RSA PRIVATE KEY----- in the repository, and revoke what you find; it must not stay there.",
    "grep -r -- '-----BEGIN PRIVATE KEY-----' .\nThis is how it is done in most places nowadays, I think.",
    "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n",
    "-----BEGIN PRIVATE KEY-----\n\nNote: there is nothing here, and this sentence is prose.\n",
    "-----BEGIN PRIVATE KEY-----\nMIIE...\n-----END PRIVATE KEY-----",
    "-----BEGIN OPENSSH PRIVATE KEY-----",
  ];

  it.each(mentions)("alone is no key: %s", (text) => {
    expect(keysIn(text)).toEqual([]);
  });

  it.each(mentions.slice(0, 3))("does not hold the prose after it: %s", (text) => {
    const stream = classifier.stream();
    let most = 0;
    for (const character of `${text} ${"More words follow it. ".repeat(20)}`) {
      stream.push(character);
      most = Math.max(most, stream.held);
    }
    expect(most).toBeLessThan(120);
  });

  it.each(["a+\n", '+\n+ "', '+ "\n+', "+ \n", "a \n", "aaaaaaaaaaaaaaaa ", "\n.\n", "\\\\n"])(
    "costs no more than its length with %j after it",
    (unit) => {
      const hostile = `-----BEGIN PRIVATE KEY-----\n${unit.repeat(400)}~`;
      const startedAt = performance.now();
      classifier.classify(hostile.repeat(10));
      const stream = classifier.stream();
      for (const character of hostile) stream.push(character);
      expect(performance.now() - startedAt).toBeLessThan(3_000);
    },
  );

  it("with lines that could be attributes costs no more than its length", () => {
    const hostile = `-----BEGIN PRIVATE KEY-----${"\nA1: ,,,,,,,,,,,,".repeat(7)}`.repeat(200);
    const startedAt = performance.now();
    classifier.classify(hostile);
    const stream = classifier.stream();
    for (let at = 0; at < 5_000; at += 1) stream.push(hostile.charAt(at));
    expect(performance.now() - startedAt).toBeLessThan(3_000);
  });
});
