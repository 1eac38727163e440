// How long a value must be, and may be, and which words may stand before it: each recogniser at its edges.

import { createSecretKey } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createClassifier } from "./index.ts";

const classifier = createClassifier({ hashKey: createSecretKey(Buffer.alloc(32, 7)) });

function found(text: string): readonly string[] {
  return classifier
    .classify(text)
    .map(({ label, tier, start, end }) => `${label} ${tier} ${text.slice(start, end)}`);
}

const ALNUM = "A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8S9t0";

/** So many characters that are not alike. */
function run(length: number, alphabet = ALNUM): string {
  return alphabet.repeat(Math.ceil(length / alphabet.length)).slice(0, length);
}

const HEX = "0123456789abcdef";
const UPPER = "Q3EGRJ7XV5ZT2MNB";

const KEYS: readonly (readonly [
  name: string,
  before: string,
  shortest: number,
  longest: number,
  after?: string,
  alphabet?: string,
])[] = [
  ["github_token", "ghp_", 36, 255],
  ["github_token", "gho_", 36, 255],
  ["github_token", "ghu_", 36, 255],
  ["github_token", "ghs_", 36, 255],
  ["github_token", "ghr_", 36, 255],
  ["github_token", "github_pat_", 36, 255],
  ["gitlab_token", "glpat-", 20, 60],
  ["slack_token", "xoxb-", 10, 250],
  ["slack_token", "xoxp-", 10, 250],
  ["stripe_key", "sk_live_", 16, 250],
  ["stripe_key", "rk_test_", 16, 250],
  ["google_api_key", "AIza", 35, 35],
  ["anthropic_key", "sk-ant-", 20, 250],
  ["openai_key", "sk-", 32, 250],
  ["npm_token", "npm_", 36, 36],
  ["sendgrid_key", `SG.${run(22)}.`, 43, 43],
  ["sendgrid_key", "SG.", 22, 22, `.${run(43)}`],
  ["huggingface_token", "hf_", 34, 40],
  ["digitalocean_token", "dop_v1_", 64, 64, "", HEX],
  ["digitalocean_token", "doo_v1_", 64, 64, "", HEX],
  ["pypi_token", "pypi-", 50, 250],
  ["twilio_key", "SK", 32, 32, "", HEX],
  ["aws_access_key", "AKIA", 16, 16, "", UPPER],
  ["aws_access_key", "ASIA", 16, 16, "", UPPER],
  ["aws_access_key", "ABIA", 16, 16, "", UPPER],
  ["aws_access_key", "ACCA", 16, 16, "", UPPER],
];

describe("a key", () => {
  it.each(
    KEYS.map(
      ([name, before, shortest, longest, after = "", alphabet = ALNUM]) =>
        [name, before, shortest, longest, after, alphabet] as const,
    ),
  )(
    "%s begins with %s and has %i to %i characters",
    (name, before, shortest, longest, after, alphabet) => {
      const value = (length: number): string => `${before}${run(length, alphabet)}${after}`;
      const isFound = (text: string, whole: string): boolean =>
        found(text).includes(`secret.${name} certain ${whole}`);
      for (const length of [shortest, longest]) {
        const whole = value(length);
        expect(isFound(whole, whole), whole).toBe(true);
        expect(isFound(`key=${whole}; next`, whole), whole).toBe(true);
        // In a word it is none.
        expect(isFound(`x${whole}`, whole), whole).toBe(false);
      }
      for (const length of [shortest - 1, longest + 1]) {
        const whole = value(length);
        expect(
          found(whole).filter((each) => each.startsWith(`secret.${name} `)),
          whole,
        ).toEqual([]);
      }
    },
  );

  it.each(["proj-", "svcacct-", "admin-"])("of OpenAI may be of a kind: sk-%s", (kind) => {
    const whole = `sk-${kind}${run(250)}`;
    expect(found(whole)).toContain(`secret.openai_key certain ${whole}`);
  });

  it("of Anthropic is none of OpenAI", () => {
    expect(found(`sk-ant-${run(40)}`)).toEqual([`secret.anthropic_key certain sk-ant-${run(40)}`]);
  });

  it("in parts, of JWT, has parts long enough", () => {
    const part = (length: number): string => `eyJ${run(length)}`;
    const jwt = (a: number, b: number, c: number): readonly string[] =>
      found(`${part(a)}.${run(b)}.${run(c)}`).map((each) => each.split(" ")[0] ?? "");
    expect(jwt(10, 10, 16)).toEqual(["secret.jwt"]);
    for (const [a, b, c] of [
      [9, 10, 16],
      [10, 9, 16],
      [10, 10, 15],
    ] as const)
      expect(jwt(a, b, c)).toEqual([]);
    expect(jwt(4096, 16_384, 4096)).toEqual(["secret.jwt"]);
    expect(jwt(4097, 10, 16)).toEqual([]);
    expect(jwt(10, 16_385, 16)).toEqual([]);
  });
});

const SECRET = "q8Zt1v0bN5kY7uXcR2mWpL9sHj4dFgA6eTiOoKuM";

describe("a value after a word", () => {
  const ASSIGNED = ["=", ": ", " = ", "=>", " is ", "\t=\t", "\"='", '": "'];

  it.each([
    "secret_access_key",
    "secretaccesskey",
    "Secret Access Key",
    "secret-access-key",
    "aws_secret_key",
    "AWS secret key",
    "aws_secret",
  ])("is a secret key of AWS: %s", (word) => {
    for (const assigned of ASSIGNED)
      expect(found(word + assigned + SECRET)).toContain(`secret.aws_secret_key certain ${SECRET}`);
    for (const text of [`${word}    =${SECRET}`, `${word}=     ${SECRET}`, `${word}=${SECRET}x`])
      expect(found(text).filter((each) => each.startsWith("secret.aws_secret_key"))).toEqual([]);
    expect(found(`${word}=${run(40, "ab")}`)).toEqual([]);
  });

  it.each([
    "password",
    "passwd",
    "api_key",
    "api-key",
    "apikey",
    "API key",
    "access_token",
    "auth_token",
    "client_secret",
    "secret_key",
  ])("is some secret: %s", (word) => {
    const value = "Tr0ub4dor3xQ";
    for (const assigned of ASSIGNED)
      expect(found(word + assigned + value)).toContain(`secret.generic likely ${value}`);
    expect(found(`${word}=${value.slice(1)}`)).toEqual([]);
    expect(found(`x${word}=${value}`)).toEqual([]);
    expect(found(`${word}=${run(90)}`)).toContain(`secret.generic likely ${run(80)}`);
    // Letters alone, digits alone, and the same few again and again are none.
    for (const none of ["abcdefghijklmnop", "91827364509182", "a1a1a1a1a1a1a1a1"])
      expect(found(`${word}=${none}`).filter((each) => each.includes("generic"))).toEqual([]);
  });

  const FILLERS = ["", "number ", "num ", "no. ", "is ", "id: ", "nr ", "was ", "number is "];

  it.each(["ssn", "Social Security", "social-security"])("is an SSN: %s", (word) => {
    for (const filler of FILLERS)
      expect(found(`${word} ${filler}536904399`), filler).toEqual(["pii.ssn likely 536904399"]);
    expect(found(`${word}${" ".repeat(6)}536904399`)).toHaveLength(1);
    expect(found(`${word}${" ".repeat(19)}536904399`)).toEqual([]);
    expect(found(`x${word} 536904399`)).toEqual([]);
    expect(found(`${word} 5369043990`)).toEqual([]);
    expect(found(`${word} 123456789`)).toEqual(["pii.ssn.test_value likely 123456789"]);
  });

  it.each([
    "MRN",
    "medical record",
    "medical rec",
    "patient id",
    "patient number",
    "patient no",
    "chart number",
    "chart no",
  ])("is a medical record number: %s", (word) => {
    for (const value of ["48392", "004839201234", "AB-48392", "abc48392"])
      for (const filler of FILLERS)
        expect(found(`${word}: ${filler}${value}`), filler).toEqual([`phi.mrn likely ${value}`]);
    for (const value of ["4839", "abcd48392", "48392x"])
      expect(found(`${word}: ${value}`)).toEqual([]);
    expect(found(`x${word}: 48392`)).toEqual([]);
  });
});

describe("personal data", () => {
  it.each<readonly [text: string, ...findings: readonly string[]]>([
    ["a@b.co", "pii.email certain a@b.co"],
    ["a@b.c"],
    [`a@b.${"c".repeat(24)}`, `pii.email certain a@b.${"c".repeat(24)}`],
    [`a@b.${"c".repeat(25)}`],
    [`${"a".repeat(64)}@b.co`, `pii.email certain ${"a".repeat(64)}@b.co`],
    [`${"a".repeat(65)}@b.co`],
    ["a@1.2.3.4.5.6.7.8.co", "pii.email certain a@1.2.3.4.5.6.7.8.co"],
    ["a@1.2.3.4.5.6.7.8.9.co"],
    [`a@${"b".repeat(63)}.co`, `pii.email certain a@${"b".repeat(63)}.co`],
    [`a@${"b".repeat(64)}.co`],
    ["o'neil+x%y_z-1@b-c.org", "pii.email certain o'neil+x%y_z-1@b-c.org"],
    ["a@-b.co"],
    ["a@b.co-x"],
    ["415-555-0132", "pii.phone likely 415-555-0132"],
    ["(415)555-0132", "pii.phone likely (415)555-0132"],
    ["1 415.555.0132", "pii.phone likely 1 415.555.0132"],
    ["+1-415-555-0132", "pii.phone likely +1-415-555-0132"],
    ["415-555-0132 x12345", "pii.phone likely 415-555-0132 x12345"],
    ["415-555-0132 ext. 1", "pii.phone likely 415-555-0132 ext. 1"],
    ["415-555-0132, ext 1", "pii.phone likely 415-555-0132"],
    ["115-555-0132"],
    ["415-155-0132"],
    ["415-555-01322"],
    ["+12345678"],
    ["+123456789", "pii.phone likely +123456789"],
    ["+123456789012345", "pii.phone likely +123456789012345"],
    ["+1234567890123456"],
    ["+44 (0)20 7946 0958", "pii.phone likely +44 (0)20 7946 0958"],
    ["0.0.0.0", "net.ipv4 likely 0.0.0.0"],
    ["255.249.199.99", "net.ipv4 likely 255.249.199.99"],
    ["256.1.1.1"],
    ["1.1.1.260"],
    ["1.1.1.01"],
    ["1.2.3.4.5"],
    ["::1", "net.ipv6 likely ::1"],
    ["1:2:3:4:5:6:7:8", "net.ipv6 likely 1:2:3:4:5:6:7:8"],
    ["::"],
    ["1:2:3:4:5:6:7:8:9"],
    ["536-90-4399", "pii.ssn certain 536-90-4399"],
    ["536 90 4399", "pii.ssn likely 536 90 4399"],
    ["536.90.4399", "pii.ssn likely 536.90.4399"],
    ["536-9\n0-4399", "pii.ssn certain 536-9\n0-4399"],
    ["536\r\n-90-4399", "pii.ssn certain 536\r\n-90-4399"],
    ["536-90-4399.", "pii.ssn certain 536-90-4399"],
    ["536-90-4399.5"],
    ["5536-90-4399"],
    ["219-09-9999", "pii.ssn.test_value certain 219-09-9999"],
    ["378282246310005", "pci.card.test_value certain 378282246310005"],
    ["5555 5555 5555 4444", "pci.card.test_value certain 5555 5555 5555 4444"],
    ["4242-4242-4242-4242", "pci.card.test_value certain 4242-4242-4242-4242"],
    ["6011111111111117", "pci.card.test_value certain 6011111111111117"],
    ["3714 496353 98431", "pci.card certain 3714 496353 98431"],
    ["4539 1488 0343 6467 124", "pci.card certain 4539 1488 0343 6467"],
    ["4539 1488-0343 6467"],
    ["4539 1488\n0343 6467", "pci.card certain 4539 1488\n0343 6467"],
    ["4539 1488 \r\n0343 6467", "pci.card certain 4539 1488 \r\n0343 6467"],
    ["4539148803436467.", "pci.card certain 4539148803436467"],
    ["4539148803436467.5"],
    ["NO9386011117947", "fin.iban certain NO9386011117947"],
    ["xNO9386011117947"],
  ])("at its edges: %s", (text, ...findings) => {
    expect(found(text)).toEqual(findings);
  });
});

describe("a private key", () => {
  const key = (length: number, end = ""): string =>
    `-----BEGIN PRIVATE KEY-----\n${run(length)}${end}`;
  const tierOf = (text: string): string | undefined => found(text)[0]?.split(" ")[1];
  const END = "\n-----END PRIVATE KEY-----";

  it.each<readonly [text: string, tier: string | undefined]>([
    [key(4, END), "certain"],
    [key(3, END), undefined],
    [key(40), "certain"],
    [key(39), "possible"],
    [key(16), "possible"],
    [key(15), undefined],
  ])("is one where there is enough of it: %j", (text, tier) => {
    expect(tierOf(text)).toBe(tier);
  });
});
