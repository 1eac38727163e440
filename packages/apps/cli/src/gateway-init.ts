// What `writ gateway --init DIR` writes: everything a gateway needs but its policy, each with why it is there.

import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { generateKeys } from "@writ/bundle";
import { describeFileFault } from "@writ/workspace/node";
import { usageError } from "./exit.ts";
import { root } from "./root.ts";

/** The files, by name. A private one is its owner's alone. */
interface InitFile {
  readonly name: string;
  readonly content: string | Buffer;
  readonly isPrivate?: true;
}

const KEY_ID = "policy-1";

/** Writes the files; what to do next, for the terminal. Nothing that is there is overwritten. */
export function initGateway(folder: string): string {
  const files = makeFiles();
  const there = files.filter(({ name }) => existsSync(join(folder, name)));
  if (there.length > 0) {
    const names = there.map(({ name }) => name).join(", ");
    throw usageError(
      `${folder} has ${names} already, and nothing is overwritten: name another folder`,
    );
  }
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (const { name, content, isPrivate } of files) {
      const path = join(folder, name);
      writeFileSync(path, content, { flag: "wx", mode: isPrivate ? 0o600 : 0o644 });
      // Whatever the umask.
      if (isPrivate) chmodSync(path, 0o600);
    }
  } catch (error) {
    throw usageError(`cannot write to ${folder} (${describeFileFault(error)})`);
  }
  return nextSteps(folder, files);
}

function makeFiles(): readonly InitFile[] {
  const [policy, audit] = [generateKeys(), generateKeys()];
  const secret = {
    accessKeyId: `WRIT${randomBytes(8).toString("hex").toUpperCase()}`,
    secretAccessKey: randomBytes(30).toString("base64url"),
  };
  const upstream = { accessKeyId: "REPLACE_ME", secretAccessKey: "REPLACE_ME" };
  return [
    { name: "gateway.yaml", content: CONFIGURATION },
    { name: "keyring.yaml", content: keyring(secret), isPrivate: true },
    { name: "upstream.json", content: `${JSON.stringify(upstream, null, 2)}\n`, isPrivate: true },
    { name: "policy-private.pem", content: policy.privateKey, isPrivate: true },
    { name: "policy-public.pem", content: policy.publicKey },
    { name: "audit-private.pem", content: audit.privateKey, isPrivate: true },
    { name: "audit-public.pem", content: audit.publicKey },
    { name: "classifier.key", content: randomBytes(32), isPrivate: true },
    // None of it belongs into a repository; what it says may be kept elsewhere.
    { name: ".gitignore", content: "*\n" },
  ];
}

function nextSteps(folder: string, files: readonly InitFile[]): string {
  const at = (name: string): string => quote(join(folder, name));
  const writ = `node ${quote(relative(process.cwd(), join(root, "packages/apps/cli/bin/writ.js")))}`;
  return [
    `wrote ${files.map(({ name }) => name).join(", ")} to ${resolve(folder)}`,
    "",
    "1. build the policy, and again under a later revision whenever it changes:",
    `   ${writ} build ${quote(relative(process.cwd(), join(root, "policies/bedrock")))} -o ${at("policy.tar.gz")} --key ${at("policy-private.pem")} --key-id ${KEY_ID} --revision 1`,
    `2. put the credentials that Bedrock is called with into ${at("upstream.json")}`,
    "3. see whether all is well, and run it:",
    `   ${writ} gateway --config ${at("gateway.yaml")} --check`,
    `   ${writ} gateway --config ${at("gateway.yaml")}`,
    "",
    `Keep policy-private.pem where policies are built; the gateway needs it not. ${quote(join(folder, "keyring.yaml"))} holds the first`,
    "caller's key. docs/operations.md says the rest.",
    "",
  ].join("\n");
}

function quote(path: string): string {
  return /^[\w./@%+=:,-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}

const CONFIGURATION = `# The configuration of a gateway. Paths are relative to this file; schemas/gateway-config.schema.json describes it all.

listen:
  host: 127.0.0.1 # 0.0.0.0 for every address of this machine
  port: 8443
  # TLS on the same port; without it the port speaks cleartext only:
  # tls: { cert: tls-cert.pem, key: tls-key.pem }

# What callers must sign for, and where calls go.
region: us-east-1

upstream:
  url: https://bedrock-runtime.us-east-1.amazonaws.com
  credentials: upstream.json
  timeoutMs: 120000 # how long the upstream may be silent

# The Messages API, to clients whose keys the keyring has issued:
# anthropic:
#   upstream: { url: https://api.anthropic.com, credentials: anthropic.json } # {"apiKey": "…"}
# or the same models from Bedrock:
#   upstream: { kind: bedrock, url: https://bedrock-runtime.us-east-1.amazonaws.com, credentials: upstream.json }
#   models: { claude-sonnet-4-5: us.anthropic.claude-sonnet-4-5-20250929-v1:0 }

# Who may call. Read again on SIGHUP.
keyring: keyring.yaml

bundle:
  file: policy.tar.gz
  # The keys whose signature is trusted, by id: two while one takes the place of the other.
  keys:
    - { id: ${KEY_ID}, publicKey: policy-public.pem }
  # Remembers the newest bundle that ran: an older one is refused.
  state: running.json

audit:
  dir: audit
  # The log's name in its checkpoints; each gateway has its own.
  origin: writ-gateway-1
  # Auditors verify with audit-public.pem. A log goes on under the key it began with.
  signingKey: audit-private.pem

classifier:
  # The key of the hashes that findings carry in the log.
  hashKey: classifier.key
  # Words of your own, as labels (named under \`labels:\` in the policy's vocabulary.yaml, too):
  # dictionaries:
  #   - { label: custom.project, terms: [Blue Heron] }

# What opaque model ARNs (application inference profiles, provisioned models) stand for: a base model id.
# models:
#   arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc: anthropic.claude-3-haiku-20240307-v1:0

# limits:
#   bodyBytes: 26214400
#   inFlightBytes: 536870912
#   headerBytes: 32768
#   requestTimeoutMs: 60000
#   drainMs: 10000 # how long calls under way may take once the gateway is told to stop
`;

function keyring(secret: {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}): string {
  return `# Who may call (schemas/keyring.schema.json). SIGHUP has the gateway read it again.
keys:
  # What the client signs with; the pair was drawn at random.
  - accessKeyId: ${secret.accessKeyId}
    secretAccessKey: ${secret.secretAccessKey}
    # Whom the key stands for: input.identity.iam of a policy.
    principalArn: arn:aws:iam::000000000000:role/first-caller
    # What is known of it by itself.
    identity:
      subject: first-caller@example.org
      groups: [developers]
      roles: []
    # What it may say of the person it calls for, in the signed headers x-writ-subject, -groups, -roles and -tenant:
    # "*", or a list of values. Absent: nothing.
    # mayAssert:
    #   groups: [developers, support]
# Keys that clients send with each call (the Messages API); of each only its digest is kept:
#   printf %s "$KEY" | sha256sum
# issued:
#   - id: first-key
#     digest: sha256:…
#     principalArn: arn:aws:iam::000000000000:role/first-caller
#     identity: { groups: [developers] }
`;
}
