// Recognisers of credentials. Most providers give their keys a prefix of their own; those without one are
// found by the word before them and the randomness of what follows.

import { entropy } from "./checksums.ts";
import {
  either,
  notAfter,
  notBefore,
  of,
  optional,
  type Pattern,
  repeat,
  seq,
  text,
  value,
  words,
} from "./pattern.ts";
import { privateKey } from "./private-key.ts";
import { always, check, type Recogniser } from "./recogniser.ts";

const ALNUM = "A-Za-z0-9";
const TOKEN = "A-Za-z0-9_-";
/** From AWS's own documentation: no real keys, whatever word precedes them. */
const TEST_AWS_KEYS = ["AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"];

/** A key with a prefix that no ordinary word has. */
function prefixed(
  id: string,
  title: string,
  prefix: Pattern,
  gate: string,
  body: Pattern,
  follow = ALNUM,
): Recogniser {
  return {
    id,
    label: `secret.${id.replaceAll("-", "_")}`,
    title,
    gate,
    pattern: seq(notAfter(ALNUM), prefix, body, notBefore(of(follow))),
    check: always("certain"),
  };
}

const charRun = (characters: string, min: number, max = min): Pattern =>
  repeat(of(characters), min, max);

const providers: readonly Recogniser[] = [
  prefixed(
    "github-token",
    "GitHub token",
    either(seq(text("gh"), of("pousr"), text("_")), text("github_pat_")),
    "_",
    charRun("A-Za-z0-9_", 36, 255),
  ),
  prefixed("gitlab-token", "GitLab token", text("glpat-"), "glpat-", charRun(TOKEN, 20, 60)),
  prefixed(
    "slack-token",
    "Slack token",
    seq(text("xox"), of("abeposr"), text("-")),
    "xox",
    charRun("A-Za-z0-9-", 10, 250),
  ),
  prefixed(
    "stripe-key",
    "Stripe key",
    seq(of("sr"), text("k_"), words("live_", "test_")),
    "k_",
    charRun(ALNUM, 16, 250),
  ),
  prefixed("google-api-key", "Google API key", text("AIza"), "AIza", charRun(TOKEN, 35), TOKEN),
  prefixed("anthropic-key", "Anthropic key", text("sk-ant-"), "sk-ant-", charRun(TOKEN, 20, 250)),
  prefixed(
    "openai-key",
    "OpenAI key",
    seq(text("sk-"), notBefore(text("ant-")), optional(words("proj-", "svcacct-", "admin-"))),
    "sk-",
    charRun(TOKEN, 32, 250),
  ),
  prefixed("npm-token", "npm token", text("npm_"), "npm_", charRun(ALNUM, 36)),
  prefixed(
    "sendgrid-key",
    "SendGrid key",
    text("SG."),
    "SG.",
    seq(charRun(TOKEN, 22), text("."), charRun(TOKEN, 43)),
    TOKEN,
  ),
  prefixed("huggingface-token", "Hugging Face token", text("hf_"), "hf_", charRun(ALNUM, 34, 40)),
  prefixed(
    "digitalocean-token",
    "DigitalOcean token",
    seq(text("do"), of("opr"), text("_v1_")),
    "_v1_",
    charRun("a-f0-9", 64),
  ),
  prefixed("pypi-token", "PyPI token", text("pypi-"), "pypi-", charRun(TOKEN, 50, 250)),
  prefixed("twilio-key", "Twilio key", text("SK"), "SK", charRun("0-9a-f", 32)),
];

const awsAccessKey: Recogniser = {
  id: "aws-access-key",
  label: "secret.aws_access_key",
  title: "AWS access key id",
  pattern: seq(
    notAfter(ALNUM),
    words("AKIA", "ASIA", "ABIA", "ACCA"),
    // Text that wraps may break it anywhere.
    repeat(seq(optional(seq(optional(text("\r")), text("\n"))), of("A-Z0-9")), 16, 16),
    notBefore(of(ALNUM)),
  ),
  check: check("aws-access-key/2", TEST_AWS_KEYS, (found, examples) => ({
    tier: "certain",
    isTestValue: examples.includes(found.replace(/\s/g, "")),
  })),
};

const assignment = seq(
  repeat(of(" \\t\"'`"), 0, 3),
  either(text("="), text(":"), text("=>"), text("is")),
  repeat(of(" \\t\"'`"), 0, 4),
);

const awsSecretKey: Recogniser = {
  id: "aws-secret-key",
  label: "secret.aws_secret_key",
  title: "AWS secret access key",
  ignoreCase: true,
  gate: "ecret",
  pattern: seq(
    words(
      "secret_access_key",
      "secretaccesskey",
      "secret access key",
      "secret-access-key",
      "aws_secret_key",
      "aws secret key",
      "aws_secret",
    ),
    assignment,
    value(charRun("A-Za-z0-9/+", 40)),
    notBefore(of("A-Za-z0-9/+=")),
  ),
  check: check(
    "aws-secret-key/1",
    { examples: TEST_AWS_KEYS, bits: 3.5 },
    (found, { examples, bits }) => {
      if (examples.includes(found)) return { tier: "certain", isTestValue: true };
      return entropy(found) >= bits ? { tier: "certain" } : undefined;
    },
  ),
};

const base64url = (min: number, max: number): Pattern => charRun(TOKEN, min, max);
const jwt: Recogniser = {
  id: "jwt",
  label: "secret.jwt",
  title: "JSON Web Token",
  gate: "eyJ",
  pattern: seq(
    notAfter(TOKEN),
    text("eyJ"),
    base64url(10, 4096),
    text("."),
    base64url(10, 16384),
    text("."),
    base64url(16, 4096),
  ),
  check: always("certain"),
};

const generic: Recogniser = {
  id: "generic",
  label: "secret.generic",
  title: "Password, token or key after its name",
  ignoreCase: true,
  pattern: seq(
    notAfter(ALNUM),
    words(
      "password",
      "passwd",
      "api_key",
      "api-key",
      "apikey",
      "api key",
      "access_token",
      "auth_token",
      "client_secret",
      "secret_key",
    ),
    assignment,
    value(charRun("A-Za-z0-9_+/.~!@#$%^&*-", 12, 80)),
  ),
  check: check("generic/2", { examples: TEST_AWS_KEYS, bits: 3.3 }, (found, { examples, bits }) =>
    !examples.includes(found) &&
    entropy(found) >= bits &&
    /\d/.test(found) &&
    /[A-Za-z]/.test(found)
      ? { tier: "likely" }
      : undefined,
  ),
};

export const secrets: readonly Recogniser[] = [
  ...providers,
  awsAccessKey,
  awsSecretKey,
  privateKey,
  jwt,
  generic,
];
