// What an operator can do wrong, one mistake after the other, in a set of files that is otherwise right: each is said
// with its field, its file and what to do, and no two of them say the same.

import { generateKeyPairSync, randomBytes } from "node:crypto";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateKeys } from "@writ/bundle";
import { checkGateway, type GatewayConfig, loadConfig, startGateway } from "@writ/gateway";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createDevCertificate } from "../../packages/apps/cli/src/dev-certificate.ts";
import { runWrit } from "./running-gateway.ts";

const template = mkdtempSync(join(tmpdir(), "writ-prepare-"));
let dir: string;
let count = 0;
let made: Promise<ReadonlyMap<string, Buffer>> | undefined;

const KEYRING = {
  keys: [
    {
      accessKeyId: "WRIT0123456789ABCDEF",
      secretAccessKey: "s".repeat(40),
      principalArn: "arn:aws:iam::000000000000:role/x",
    },
  ],
};
const CONFIG = {
  listen: { port: 0, tls: { cert: "cert.pem", key: "cert-key.pem" } },
  region: "us-east-1",
  upstream: { url: "http://127.0.0.1:9", credentials: "upstream.json" },
  keyring: "keyring.json",
  bundle: {
    file: "policy.tar.gz",
    keys: [{ id: "k", publicKey: "public.pem" }],
    state: "running.json",
  },
  audit: { dir: "audit", origin: "test", signingKey: "audit.pem" },
  classifier: { hashKey: "hash.key" },
};

/** All files, made once. */
async function makeFiles(): Promise<ReadonlyMap<string, Buffer>> {
  expect(runWrit(["keygen", "-o", template]).status).toBe(0);
  const policy = join(template, "policies");
  mkdirSync(policy);
  writeFileSync(join(policy, "a.rego"), 'package a\n\nallow if input.stage == "request"\n');
  const key = join(template, "private.pem");
  for (const [name, revision] of Object.entries({ policy: "2", older: "1" })) {
    const to = join(template, `${name}.tar.gz`);
    const args = ["build", policy, "-o", to, "--key", key, "--key-id", "k", "--revision", revision];
    expect(runWrit(args).status).toBe(0);
  }
  const { cert, key: certKey } = await createDevCertificate(new Date());
  const past = await createDevCertificate(new Date("2020-01-01T00:00:00Z"));
  const future = await createDevCertificate(new Date("2100-01-01T00:00:00Z"));
  const read = (name: string): Buffer => readFileSync(join(template, name));
  const credentials = { accessKeyId: "AKIDEXAMPLEEXAMPLE00", secretAccessKey: "x".repeat(40) };
  return new Map<string, Buffer>([
    ["gateway.yaml", Buffer.from(JSON.stringify(CONFIG))],
    ["keyring.json", Buffer.from(JSON.stringify(KEYRING))],
    ["upstream.json", Buffer.from(JSON.stringify(credentials))],
    ["hash.key", randomBytes(32)],
    ["audit.pem", Buffer.from(generateKeys().privateKey)],
    ["cert.pem", Buffer.from(cert)],
    ["cert-key.pem", Buffer.from(certKey)],
    ["expired.pem", Buffer.from(past.cert)],
    ["future.pem", Buffer.from(future.cert)],
    ["public.pem", read("public.pem")],
    ["private.pem", read("private.pem")],
    ["policy.tar.gz", read("policy.tar.gz")],
    ["older.tar.gz", read("older.tar.gz")],
  ]);
}

beforeEach(async () => {
  made ??= makeFiles();
  count += 1;
  dir = join(template, String(count));
  mkdirSync(dir);
  for (const [name, bytes] of await made) writeFileSync(join(dir, name), bytes, { mode: 0o600 });
});
afterEach(() => rmSync(dir, { recursive: true }));

const at = (name: string): string => join(dir, name);
const write = (name: string, content: string | Buffer): void =>
  writeFileSync(at(name), content, { mode: 0o600 });
const copy = (from: string, to: string): void => write(to, readFileSync(at(from)));
const change = (edit: (config: { [key: string]: never }) => void): void => {
  const config = JSON.parse(readFileSync(at("gateway.yaml"), "utf8"));
  edit(config);
  write("gateway.yaml", JSON.stringify(config));
};

function load(): GatewayConfig {
  const loaded = loadConfig(at("gateway.yaml"));
  if (!loaded.ok) throw new Error(loaded.problems.join("; "));
  return loaded.config;
}

const FILES: readonly (readonly [field: string, file: string])[] = [
  ["keyring", "keyring.json"],
  ["upstream.credentials", "upstream.json"],
  ["bundle.file", "policy.tar.gz"],
  ["bundle.keys[0].publicKey", "public.pem"],
  ["audit.signingKey", "audit.pem"],
  ["classifier.hashKey", "hash.key"],
  ["listen.tls.cert", "cert.pem"],
  ["listen.tls.key", "cert-key.pem"],
];
/** What can be the matter with any file. */
const FAULTS: readonly (readonly [name: string, make: (path: string) => void, says: RegExp])[] = [
  ["is missing", (path) => rmSync(path), /is not there; /],
  ["is empty", (path) => writeFileSync(path, ""), /is empty; /],
  [
    "is a folder",
    (path) => {
      rmSync(path);
      mkdirSync(path);
    },
    /is a folder/,
  ],
  [
    "is a link to itself",
    (path) => {
      rmSync(path);
      symlinkSync(path, path);
    },
    /leads to itself/,
  ],
  ["holds something else", (path) => writeFileSync(path, "what is this?"), /what is|./],
];

describe("a file that the configuration names", () => {
  it.each(
    FILES.flatMap(([field, file]) => FAULTS.map((fault) => [field, file, ...fault] as const)),
  )("%s: %s %s", async (field, file, _name, make, says) => {
    make(at(file));
    const { problems } = checkGateway(load());
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(`${field}: `);
    expect(problems[0]).toContain(at(file));
    expect(problems[0]).toMatch(says);
    const started = await startGateway(load());
    expect(started).toEqual({ ok: false, problem: problems[0] });
  });

  it("says another thing for each fault", () => {
    for (const [field, file] of FILES) {
      const said = FAULTS.map(([, make]) => {
        const kept = readFileSync(at(file));
        make(at(file));
        const [problem = ""] = checkGateway(load()).problems;
        rmSync(at(file), { recursive: true, force: true });
        write(file, kept);
        return problem;
      });
      expect(new Set(said).size, field).toBe(FAULTS.length);
    }
  });

  it("is one of all that are wrong", () => {
    for (const [, file] of FILES) rmSync(at(file));
    const { problems } = checkGateway(load());
    expect(problems.map((problem) => problem.split(": ")[0]).sort()).toEqual(
      FILES.map(([field]) => field).sort(),
    );
  });
});

const MISTAKES: readonly (readonly [name: string, make: () => void, says: RegExp])[] = [
  [
    "an expired certificate",
    () => copy("expired.pem", "cert.pem"),
    /^listen\.tls\.cert: .* expired on 2022-/,
  ],
  ["a certificate of later", () => copy("future.pem", "cert.pem"), /not valid before 2099-.*clock/],
  [
    "a key of another certificate",
    () => {
      const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
      write("cert-key.pem", privateKey.export({ type: "pkcs8", format: "pem" }).toString());
    },
    /^listen\.tls\.key: .* is not the key of the certificate/,
  ],
  [
    "an encrypted key",
    () => {
      const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
      const cipher = { cipher: "aes-256-cbc", passphrase: "secret" };
      write(
        "cert-key.pem",
        privateKey.export({ type: "pkcs8", format: "pem", ...cipher }).toString(),
      );
    },
    /is encrypted/,
  ],
  ["a short hash key", () => write("hash.key", randomBytes(31)), /has 31 bytes/],
  [
    "a hash key of one byte",
    () => write("hash.key", Buffer.alloc(64, 1)),
    /one byte over and over/,
  ],
  [
    "credentials without a secret",
    () => write("upstream.json", '{"accessKeyId": "AKIDEXAMPLEEXAMPLE00"}'),
    /^upstream\.credentials: the `secretAccessKey` of .* is missing/,
  ],
  [
    "credentials with an empty secret",
    () => write("upstream.json", '{"accessKeyId": "AKIDEXAMPLEEXAMPLE00", "secretAccessKey": ""}'),
    /`secretAccessKey` of .* is empty/,
  ],
  [
    "credentials with a line's end",
    () =>
      write("upstream.json", '{"accessKeyId": "AKIDEXAMPLEEXAMPLE00", "secretAccessKey": "x\\n"}'),
    /`secretAccessKey` of .* ends with a space/,
  ],
  ["credentials that are a list", () => write("upstream.json", "[]"), /is no object/],
  [
    "a private key for a public one",
    () => copy("private.pem", "public.pem"),
    /is a private key, not a public one/,
  ],
  [
    "a public key for a private one",
    () => copy("public.pem", "audit.pem"),
    /^audit\.signingKey: .* is not a private key/,
  ],
  [
    "a key that is not Ed25519",
    () => {
      const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
      write("audit.pem", privateKey.export({ type: "pkcs8", format: "pem" }).toString());
    },
    /is not an Ed25519 key but ec/,
  ],
  [
    "a bundle older than the last",
    () => {
      write("running.json", '{"revision": "7", "policyHash": "sha256:77"}');
    },
    /^bundle\.file: .*policy\.tar\.gz is of revision 2, older than revision 7 \(sha256:77\), which ran last as .*running\.json remembers/,
  ],
  [
    "a state that is none",
    () => write("running.json", "{"),
    /^bundle\.state: .* does not say which/,
  ],
  [
    "a state of nothing",
    () => write("running.json", "null"),
    /^bundle\.state: .* does not say which/,
  ],
  [
    "a state that is a folder",
    () => mkdirSync(at("running.json")),
    /^bundle\.state: .*running\.json.* is a folder/,
  ],
  [
    "a state below a missing folder",
    () => change((config) => Object.assign(config["bundle"] ?? {}, { state: "no/running.json" })),
    /^bundle\.state: .*the folder .*no is not there; make it first/,
  ],
  [
    "a log below a missing folder",
    () => change((config) => Object.assign(config["audit"] ?? {}, { dir: "no/audit" })),
    /^audit\.dir: .*the folder .*no is not there; make it first/,
  ],
  ["a log that is a file", () => write("audit", ""), /^audit\.dir: .*audit is no folder/],
  [
    "a keyring that is no JSON",
    () => write("keyring.json", '{\n  "keys": [\n    {"accessKeyId": "a" "b"}\n  ]\n}'),
    /^keyring: .*keyring\.json: line 3, column \d+: is not YAML or JSON/,
  ],
  [
    "a keyring with a short secret",
    () =>
      write(
        "keyring.json",
        JSON.stringify({ keys: [{ ...KEYRING.keys[0], secretAccessKey: "short" }] }, null, 1),
      ),
    /^keyring: .*line 5: `keys\[0\]\.secretAccessKey` must NOT have fewer than 32 characters/,
  ],
  [
    "a keyring with one key twice",
    () => write("keyring.json", JSON.stringify({ keys: [...KEYRING.keys, ...KEYRING.keys] })),
    /`keys\[1\]` has an access key that is there already/,
  ],
  [
    "a keyring of null",
    () => write("keyring.json", "null"),
    /^keyring: .*the document must be object/,
  ],
];

describe("an operator's mistake", () => {
  it.each(MISTAKES)("%s is said", async (_name, make, says) => {
    make();
    const { problems } = checkGateway(load());
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(says);
    expect(await startGateway(load())).toMatchObject({ ok: false, problem: problems[0] });
  });

  it("never quotes a secret", () => {
    const secret = "TOPSECRETTOPSECRETTOPSECRET";
    write("upstream.json", `{"accessKeyId": "a", "secretAccessKey": "${secret}`);
    write(
      "keyring.json",
      JSON.stringify({ keys: [{ accessKeyId: "a", secretAccessKey: secret }] }),
    );
    const { problems } = checkGateway(load());
    expect(problems.length).toBeGreaterThan(2);
    expect(problems.join("\n")).not.toContain(secret);
  });

  it("in the configuration is said with its line, and all of them are", () => {
    write(
      "gateway.yaml",
      "region: US EAST\nlisten:\n  port: 99999\n  prot: 1\nupstream: { url: 'http://x/y', credentials: c }\n",
    );
    expect(loadConfig(at("gateway.yaml"))).toEqual({
      ok: false,
      problems: expect.arrayContaining([
        expect.stringMatching(/^line 1: `region` must match/),
        expect.stringMatching(/^line 3: `listen\.port` must be <= 65535/),
        expect.stringMatching(/`prot` is not known in `listen`; known are host, port, tls/),
        expect.stringMatching(/^line 5: `upstream\.url` must match/),
        expect.stringMatching(/^`keyring` is missing/),
      ]),
    });
  });

  it.each([
    ["no YAML", "a: [1, 2\nb: 3\n", /^line \d, column \d+: is not YAML or JSON/],
    ["an alias to nothing", "region: *gone\n", /./],
    ["empty", "", /the document must be object/],
  ])("a configuration that is %s is said", (_name, text, says) => {
    write("gateway.yaml", text);
    const loaded = loadConfig(at("gateway.yaml"));
    expect(loaded).toMatchObject({ ok: false });
    if (!loaded.ok) expect(loaded.problems[0]).toMatch(says);
  });
});

describe("what can be used but should be looked at", () => {
  it("is nothing, when all is well; and nothing is written by a check", () => {
    expect(checkGateway(load())).toEqual({ problems: [], warnings: [] });
    expect(() => readFileSync(at("running.json"))).toThrow("ENOENT");
  });

  it.each(["keyring.json", "upstream.json", "hash.key", "audit.pem", "cert-key.pem"])(
    "is a %s that everybody may read",
    (file) => {
      chmodSync(at(file), 0o644);
      const { problems, warnings } = checkGateway(load());
      expect(problems).toEqual([]);
      expect(warnings).toEqual([expect.stringMatching(/every user .* \(mode 0644\); chmod 600/)]);
      expect(warnings[0]).toContain(at(file));
    },
  );

  it("is a keyring of nobody, and credentials that were never filled in", () => {
    write("keyring.json", '{"keys": []}');
    write("upstream.json", '{"accessKeyId": "REPLACE_ME", "secretAccessKey": "REPLACE_ME"}');
    expect(checkGateway(load()).warnings).toEqual([
      expect.stringContaining("names nobody"),
      expect.stringContaining("still says REPLACE_ME"),
    ]);
  });
});

it("a port that is taken is said, with what to do, and what was opened is closed again", async () => {
  const first = await startGateway(load());
  if (!first.ok) throw new Error(first.problem);
  const config = load();
  const second = await startGateway({
    ...config,
    listen: { ...config.listen, port: first.gateway.port },
    audit: { ...config.audit, dir: at("audit-2") },
  });
  expect(second).toMatchObject({
    ok: false,
    problem: expect.stringMatching(/^listen\.port: cannot listen on .*EADDRINUSE.*another port/),
  });
  await first.gateway.close();
  const third = await startGateway({ ...config, audit: { ...config.audit, dir: at("audit-2") } });
  expect(third.ok).toBe(true);
  if (third.ok) await third.gateway.close();
});
