// For tests: of every recogniser a value it finds and candidates that fail, by pattern or check.

export interface Sample {
  readonly label: string;
  readonly text: string;
  /** The part of the text that is the value: all of it unless told. */
  readonly value?: string;
  readonly failing: readonly string[];
}

const jwtPart = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9";

export const samples: { readonly [recogniser: string]: Sample } = {
  email: {
    label: "pii.email",
    text: "jane.roe@example.org",
    failing: ["see..", "jane@", "a@b", ".roe@", "x..y@example.org", "a@b.c"],
  },
  ssn: {
    label: "pii.ssn",
    text: "536-90-4399",
    failing: ["000-12-3456", "666 12 3456", "212", "536-90", "123-00-4567"],
  },
  "ssn-context": {
    label: "pii.ssn",
    text: "ssn 536904399",
    value: "536904399",
    failing: ["ssn", "ssn 666123456", "ssn is", "social security number 000123456"],
  },
  card: {
    label: "pci.card",
    text: "4539 1488 0343 6467",
    failing: [
      "2026",
      "4539 1488",
      "4539 1488 0343 6468",
      "4929124076819019",
      "1234-5678-1234-5678",
    ],
  },
  iban: {
    label: "fin.iban",
    text: "DE89 3704 0044 0532 0130 00",
    failing: ["AB12 CONTRACT", "GB29NWBK60161331926818", "DE89 3704", "XX00 1111 2222 3333 4444"],
  },
  phone: {
    label: "pii.phone",
    text: "(415) 555-0132",
    failing: ["+1234567", "415", "+1", "1-415", "115 555"],
  },
  ipv4: { label: "net.ipv4", text: "10.0.12.255", failing: ["10.0.12", "256.1.1.1", "1.2.3.4.5"] },
  ipv6: {
    label: "net.ipv6",
    text: "2001:db8::8a2e:370:7334",
    failing: ["12:34:56", "2001:db8", "1:2:3:4:5:6:7:8:9"],
  },
  mrn: {
    label: "phi.mrn",
    text: "MRN: 00483920",
    value: "00483920",
    failing: ["mrn", "MRN: 123", "patient id is", "mrn 1234567890123"],
  },
  "github-token": {
    label: "secret.github_token",
    text: "ghp_A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8",
    failing: ["ghp_", "github_pat_A1b2", "ghp_A1b2C3d4E5f6G7h8-"],
  },
  "gitlab-token": {
    label: "secret.gitlab_token",
    text: "glpat-A1b2C3d4E5f6G7h8I9j0",
    failing: ["glpat-", "glpat-A1b2"],
  },
  "slack-token": {
    label: "secret.slack_token",
    text: "xoxb-123456789012-A1b2C3d4",
    failing: ["xoxb-", "xoxz-123456789012"],
  },
  "stripe-key": {
    label: "secret.stripe_key",
    text: "sk_live_A1b2C3d4E5f6G7h8I9j0",
    failing: ["sk_live_", "rk_test_A1b2"],
  },
  "google-api-key": {
    label: "secret.google_api_key",
    text: "AIzaA1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r",
    failing: ["AIza", "AIzaA1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7rXXX"],
  },
  "anthropic-key": {
    label: "secret.anthropic_key",
    text: "sk-ant-api03-A1b2C3d4E5f6G7h8I9j0",
    failing: ["sk-ant-", "sk-ant-A1b2"],
  },
  "openai-key": {
    label: "secret.openai_key",
    text: "sk-proj-A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6",
    failing: ["sk-", "sk-proj-A1b2"],
  },
  "npm-token": {
    label: "secret.npm_token",
    text: "npm_A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8",
    failing: ["npm_", "npm_A1b2C3d4"],
  },
  "sendgrid-key": {
    label: "secret.sendgrid_key",
    text: "SG.A1b2C3d4E5f6G7h8I9j0K1.A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8S9t0U1v",
    failing: ["SG.", "SG.A1b2C3d4E5f6G7h8I9j0K1."],
  },
  "huggingface-token": {
    label: "secret.huggingface_token",
    text: "hf_A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7",
    failing: ["hf_", "hf_A1b2"],
  },
  "digitalocean-token": {
    label: "secret.digitalocean_token",
    text: "dop_v1_0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    failing: ["dop_v1_", "dop_v1_0123"],
  },
  "pypi-token": {
    label: "secret.pypi_token",
    text: "pypi-A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8A1b2C3d4E5f6G7h8",
    failing: ["pypi-", "pypi-A1b2"],
  },
  "twilio-key": {
    label: "secret.twilio_key",
    text: "SK0123456789abcdef0123456789abcdef",
    failing: ["SK", "SK0123"],
  },
  "aws-access-key": {
    label: "secret.aws_access_key",
    text: "AKIAQ3EGRJ7XV5ZT2MNB",
    failing: ["AKIA", "AKIAQ3EGRJ", "ASIAQ3EGRJ7XV5ZT2MNBX"],
  },
  "aws-secret-key": {
    label: "secret.aws_secret_key",
    text: "aws_secret_access_key = q8Zt1v0bN5kY7uXcR2mWpL9sHj4dFgA6eTiOoKuM",
    value: "q8Zt1v0bN5kY7uXcR2mWpL9sHj4dFgA6eTiOoKuM",
    failing: ["aws_secret", "aws_secret = aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"],
  },
  "private-key": {
    label: "secret.private_key",
    text: `-----BEGIN PRIVATE KEY-----\n${"MIIEvQIBADANBgkqhkiG9w0BAQEFAASC".repeat(2)}\n-----END PRIVATE KEY-----`,
    failing: [
      "-----BEGIN",
      "-----BEGIN PRIVATE KEY-----",
      "-----BEGIN RSA PRIVATE KEY-----\nMII...",
    ],
  },
  jwt: {
    label: "secret.jwt",
    text: `${jwtPart}.${jwtPart}.SflKxwRJSMeKKF2QT4fwpMeJf36POk6y`,
    failing: ["eyJ", `${jwtPart}.`, `${jwtPart}.${jwtPart}.x`],
  },
  generic: {
    label: "secret.generic",
    text: "password: Tr0ub4dor3xQ9",
    value: "Tr0ub4dor3xQ9",
    failing: [
      "password",
      "password: aaaaaaaaaaaaaa",
      "api_key = short",
      "passwd: correcthorsebattery",
    ],
  },
};
