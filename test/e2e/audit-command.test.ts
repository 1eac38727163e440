// `writ audit` on logs written here: what people see of a record, and what of a damaged or running log.

import { spawnSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AuditLog, openLog } from "@writ/audit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runWrit } from "./running-gateway.ts";

const home = mkdtempSync(join(tmpdir(), "writ-audit-command-"));
const dir = join(home, "log");
const { privateKey } = generateKeyPairSync("ed25519");
const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;

const identity = {
  accessKeyId: "AKIDEXAMPLE",
  arn: "arn:aws:iam::111122223333:user/jane",
  subject: "jane",
  groups: ["developers", "leads"],
  assurance: "asserted",
};
const called = {
  call: "call-aaa1",
  surface: "bedrock",
  operation: "Converse",
  stream: false,
  model: "anthropic.claude-3-haiku-20240307-v1:0",
  sourceIp: "127.0.0.1",
  identity,
  policy: { hash: digest("a"), revision: "7" },
};
const denied = {
  ...called,
  type: "decision",
  id: "dec-1111",
  stage: "request",
  decidedAt: "2026-11-30T10:00:00.000Z",
  labels: ["pii.ssn", "secret.aws_access_key"],
  findings: [
    { label: "pii.ssn", recogniser: "ssn", tier: "certain", count: 2, hashes: ["h".repeat(43)] },
  ],
  decision: {
    effect: "deny",
    reasons: [{ message: "the content holds a key", code: "no_secrets" }],
    rules: [
      {
        rule: "bedrock.secrets.deny",
        kind: "deny",
        id: "no-secrets",
        file: "policies/secrets.yaml",
        line: 12,
      },
    ],
    ruleCount: 3,
    redactions: ["pii.ssn"],
    obligations: [],
    errors: [],
  },
  redactionCount: 2,
  refusal: { status: 403, code: "AccessDeniedException" },
  classifier: "writ-classifier/2+0011",
  digests: { input: digest("b"), inspected: digest("c") },
};
const refusal = {
  type: "refusal",
  id: "ref-2222",
  call: "call-bbb2",
  surface: "bedrock",
  sourceIp: "127.0.0.1",
  refusal: {
    status: 400,
    code: "ValidationException",
    message: "not what\u001b[2Jit \u202eseems\u009b",
  },
  policy: { hash: digest("a"), revision: "7" },
};
const response = {
  ...denied,
  id: "dec-3333",
  stage: "response",
  decision: { ...denied.decision, effect: "allow", reasons: [], rules: [], ruleCount: 0 },
  refusal: undefined,
  ending: "client_gone",
};

async function open(path: string): Promise<AuditLog> {
  const opened = await openLog({
    dir: path,
    origin: "test/node-1",
    signingKey: privateKey,
    segmentBytes: 16_384,
  });
  if (!opened.ok) throw new Error(opened.error.message);
  return opened.log;
}

let log: AuditLog;

/** A log that is open, so that everything here is tried on a directory that is written to. */
beforeAll(async () => {
  log = await open(dir);
  for (const each of [denied, refusal, response]) await log.append(each);
  for (let index = 0; index < 400; index += 1)
    await log.append({ ...called, type: "decision", id: `many-${index}`, call: `bulk-${index}` });
}, 60_000);
afterAll(async () => {
  await log.close();
  rmSync(home, { recursive: true, force: true });
});

describe("writ audit show", () => {
  it("says who, what, the answer, why and by which line", () => {
    const { status, stdout } = runWrit(["audit", "show", "dec-1111", dir]);
    expect(status).toBe(0);
    expect(stdout).toBe(`decision dec-1111
  when        2026-11-30T10:00:00.000Z; request stage; call call-aaa1; record 1 of test/node-1
  who         arn:aws:iam::111122223333:user/jane; access key AKIDEXAMPLE; from 127.0.0.1
              subject jane; groups developers, leads; proved by asserted
  what        surface bedrock; Converse; model anthropic.claude-3-haiku-20240307-v1:0
  answer      deny; refused with 403 AccessDeniedException
  why         the content holds a key (no_secrets)
  rules       deny policies/secrets.yaml:12 bedrock.secrets.deny (no-secrets)
              and 2 more
  labels      pii.ssn, secret.aws_access_key
  found       pii.ssn: 2, certain ssn
  masked      2 values; of pii.ssn
  policy      revision 7; ${digest("a")}
  classifier  writ-classifier/2+0011
  digests     input ${digest("b")}
              inspected ${digest("c")}
`);
  });

  it("takes the beginning of an id, and the id of a call", () => {
    expect(runWrit(["audit", "show", "dec-1", dir]).stdout).toContain("decision dec-1111");
    const call = runWrit(["audit", "show", "call-aaa1", dir]).stdout;
    expect(call).toContain("decision dec-1111");
    expect(call).toContain("decision dec-3333");
    expect(call).toContain("ended       client gone");
  });

  it("shows a refusal, without letting it act on the terminal", () => {
    const { status, stdout } = runWrit(["audit", "show", "ref-2222", dir]);
    expect(status).toBe(0);
    expect(stdout).toContain("who         nobody who proved who they are; from 127.0.0.1");
    expect(stdout).toContain("why         not what\\u{1b}[2Jit \\u{202e}seems\\u{9b}");
    for (const character of "\u001b\u009b\u202e") expect(stdout).not.toContain(character);
  });

  it.each([
    [
      "an id that is nowhere",
      ["show", "nothing", dir],
      2,
      /no record or call .* has the id nothing/,
    ],
    [
      "one that could be several",
      ["show", "dec-", dir],
      2,
      /dec- could be record dec-1111, record dec-3333: give more/,
    ],
    ["a whole id that others begin with", ["show", "many-1", dir], 0, /^$/],
    ["a beginning of very many", ["show", "bulk-", dir], 2, /…: give more of the id/],
    ["no id", ["show", "", dir], 2, /an id is empty/],
    ["no log", ["show", "dec-1111", join(home, "nowhere")], 3, /there is no log here/],
    ["no folder", ["show", "dec-1111", join(dir, "checkpoint")], 3, /there is no log here/],
  ] as const)("%s", (_name, args, code, message) => {
    const { status, stderr } = runWrit(["audit", ...args]);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain("    at ");
    expect(status).toBe(code);
  });
});

describe("writ audit query", () => {
  const lines = (args: readonly string[]): readonly string[] => {
    const { status, stdout, stderr } = runWrit(["audit", "query", ...args]);
    expect([status, stderr]).toEqual([0, ""]);
    return stdout.split("\n").slice(0, -1);
  };
  const idsOf = (args: readonly string[]): readonly unknown[] =>
    lines([...args, "--json"]).map((line) => (JSON.parse(line) as { readonly id: unknown }).id);

  it("gives every record as it was written, or those of a call or decision", () => {
    const all = idsOf([dir]);
    expect(all).toHaveLength(404);
    expect(all.slice(1, 4)).toEqual(["dec-1111", "ref-2222", "dec-3333"]);
    expect(idsOf([dir, "--call", "call-aaa1"])).toEqual(["dec-1111", "dec-3333"]);
    expect(idsOf([dir, "--call", "call-b"])).toEqual(["ref-2222"]);
    expect(idsOf([dir, "--decision", "dec-33"])).toEqual(["dec-3333"]);
  });

  it("writes JSON that means the same and acts on no terminal", () => {
    const [line = ""] = lines([dir, "--decision", "ref-2222", "--json"]);
    expect(line).not.toMatch(/[\u0080-\u009f\u202e]/);
    expect(JSON.parse(line)).toMatchObject(refusal);
  });

  it("gives a table to people", () => {
    const table = lines([dir, "--call", "call-aaa1"]);
    expect(table).toHaveLength(2);
    expect(table[0]).toMatch(
      /^1 .* request .* deny 403 .* jane .* Converse anthropic\.claude-3-haiku.* dec-1111$/,
    );
  });

  it.each([
    ["a call that is nowhere", ["--call", "dec-1111"], 2],
    ["a decision that is nowhere", ["--decision", "call-aaa1"], 2],
    ["both", ["--decision", "dec-1111", "--call", "call-aaa1"], 2],
  ])("%s", (_name, flags, code) => {
    const { status, stderr } = runWrit(["audit", "query", dir, ...flags]);
    expect(stderr).toMatch(/^writ: /);
    expect(status).toBe(code);
  });

  it("stops when nobody reads on", () => {
    const main = join(import.meta.dirname, "../../packages/apps/cli/src/main.ts");
    const command = `"${process.execPath}" "${main}" audit query "${dir}" --json | head -n 1`;
    const { stdout, stderr } = spawnSync("bash", ["-o", "pipefail", "-c", command], {
      encoding: "utf8",
    });
    expect(stderr).toBe("");
    expect(stdout.split("\n")).toHaveLength(2);
  });
});

describe("a log that is not whole", () => {
  const copyOf = (name: string): string => {
    const copy = join(home, name);
    cpSync(dir, copy, { recursive: true, filter: (path) => !path.endsWith("lock") });
    return copy;
  };
  const segments = (path: string): readonly string[] =>
    readdirSync(path)
      .filter((name) => name.startsWith("seg-"))
      .sort();

  it("is read up to a batch that is being written", () => {
    const copy = copyOf("torn");
    const last = join(copy, segments(copy).at(-1) ?? "");
    truncateSync(last, readFileSync(last).length - 100);
    const { status, stdout } = runWrit(["audit", "query", copy, "--json"]);
    expect(status).toBe(0);
    expect(stdout.trim().split("\n")).toHaveLength(403);
  });

  it.each<readonly [what: string, damage: (path: string) => void]>([
    [
      "damaged inside",
      (path) => {
        const file = join(path, "seg-000002.alog");
        const bytes = readFileSync(file);
        bytes[6_000] = (bytes[6_000] ?? 0) ^ 1;
        writeFileSync(file, bytes);
      },
    ],
    ["without a segment", (path) => unlinkSync(join(path, "seg-000002.alog"))],
    ["cut short inside", (path) => truncateSync(join(path, "seg-000002.alog"), 9_000)],
    ["cut short between batches", (path) => truncateSync(join(path, "seg-000002.alog"), 4_096)],
  ])("is said to be damaged: %s", (what, damage) => {
    const copy = copyOf(what.replaceAll(" ", "-"));
    damage(copy);
    const { status, stdout, stderr } = runWrit(["audit", "query", copy, "--json"]);
    expect(status).toBe(3);
    expect(stderr).toContain("what comes after this was not read");
    expect(stdout).toContain("dec-1111");
  });

  it("verifies against a checkpoint kept elsewhere, or does not", async () => {
    const older = join(home, "older");
    const first = await open(older);
    await first.append(denied);
    await first.close();
    const newer = join(home, "newer");
    cpSync(older, newer, { recursive: true });
    const second = await open(newer);
    await second.append(refusal);
    await second.close();
    const kept = join(home, "kept");
    cpSync(join(newer, "checkpoint"), kept);
    const good = runWrit(["audit", "verify", newer, "--checkpoint", kept]);
    expect([good.status, good.stdout]).toEqual([
      0,
      expect.stringContaining("all 4 records that the kept checkpoint covers are there"),
    ]);
    const bad = runWrit(["audit", "verify", older, "--checkpoint", kept]);
    expect([bad.status, bad.stderr]).toEqual([3, expect.stringContaining("kept checkpoint")]);
    expect(runWrit(["audit", "verify", older]).status).toBe(0);
    expect(runWrit(["audit", "verify", older, "--checkpoint", join(home, "none")]).status).toBe(2);
  });
});
