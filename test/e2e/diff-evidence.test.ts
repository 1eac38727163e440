// What `writ diff` says of a change is no more than what speaks for it, in words, documents and exit codes; and inputs that
// answers name are inputs that there can be.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeModel } from "@writ/bedrock-runtime";
import { afterAll, describe, expect, it } from "vitest";
import { runWrit } from "./running-gateway.ts";

const folder = mkdtempSync(join(tmpdir(), "writ-evidence-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let count = 0;
function policySet(rules: string, files: { readonly [name: string]: string } = {}): string {
  count += 1;
  const dir = join(folder, `set-${count}`);
  mkdirSync(dir);
  const all = {
    "p.rego": `package p\n\nallow if "staff" in input.identity.groups\n\n${rules}`,
    ...files,
  };
  for (const [name, text] of Object.entries(all)) writeFileSync(join(dir, name), text);
  return dir;
}

const MODELS = ["anthropic.claude-3-haiku-20240307-v1:0", "meta.llama3-1-8b-instruct-v1:0"];
const vocabulary = (models: readonly string[], labels: readonly string[] = []) => ({
  "vocabulary.yaml": JSON.stringify({ models, labels }),
});
const walked = (more: string): string =>
  `deny contains "x" if { walk(input.identity.claims, [p, v]); v == p${more} }\n`;
const starts = (more: string): string =>
  `deny contains "x" if { count(input.request.tools) > 1; contains(input.request.id, "x")${more} }\n`;
const REDACT = 'redact contains "phi.mrn" if "phi.mrn" in input.labels\n';
const OBLIGE = 'oblige contains "log" if input.request.stream\n';
const DENY = 'deny contains "x" if input.request.stream\n';

/** Before, after; what speaks for it that access is widened, and why. */
const CHANGES: readonly (readonly [string, string, string, string, string])[] = [
  ["a deny is removed", policySet(DENY), policySet(""), "proved", "p.deny#1 was removed"],
  ["a deny is added", policySet(""), policySet(DENY), "no", "p.deny#1 was added"],
  [
    "a model is listed",
    policySet("", vocabulary(MODELS.slice(0, 1))),
    policySet("", vocabulary(MODELS)),
    "proved",
    "of the vocabulary of model.id",
  ],
  [
    "a model is unlisted",
    policySet("", vocabulary(MODELS)),
    policySet("", vocabulary(MODELS.slice(0, 1))),
    "no",
    "of the vocabulary of model.id",
  ],
  [
    "the list of models is gone",
    policySet("", vocabulary(MODELS)),
    policySet(""),
    "proved",
    "another model.id now fits",
  ],
  [
    "a label is listed",
    policySet("", vocabulary(MODELS)),
    policySet("", vocabulary(MODELS, ["own.x"])),
    "proved",
    "of the vocabulary of labels",
  ],
  ["a redaction is removed", policySet(REDACT), policySet(""), "proved", "p.redact#1 was removed"],
  ["a redaction is added", policySet(""), policySet(REDACT), "no", "p.redact#1 was added"],
  [
    "an obligation is removed",
    policySet(OBLIGE),
    policySet(""),
    "proved",
    "p.oblige#1 was removed",
  ],
  [
    "what no test says is narrowed",
    policySet(walked("")),
    policySet(walked("; count(p) > 3")),
    "possible",
    "p.deny#1 was changed",
  ],
  [
    "what no test says is removed",
    policySet(starts("")),
    policySet(""),
    "witnessed",
    "p.deny#1 was removed",
  ],
  [
    "a value is added to a list",
    policySet('deny contains "x" if not input.request.region in ["a"]\n'),
    policySet('deny contains "x" if not input.request.region in ["a", "b"]\n'),
    "proved",
    "p.deny#1 was changed",
  ],
];

describe("writ diff", () => {
  it.each(CHANGES)(
    "%s",
    (_name, before, after, widened, because) => {
      const { stdout } = runWrit(["diff", before, after]);
      const document = JSON.parse(runWrit(["diff", before, after, "--format", "json"]).stdout);
      expect(document.widened).toBe(widened);
      const isSure = widened === "proved" || widened === "witnessed";
      expect(document.isWidened).toBe(isSure);
      expect(stdout).toContain(because);
      expect(stdout.includes("Access is widened.")).toBe(isSure);
      expect(stdout.includes("Access may be widened (not proved).")).toBe(widened === "possible");
      const markdown = runWrit(["diff", before, after, "--format", "markdown"]).stdout;
      expect(markdown.includes("**Access is widened.**")).toBe(isSure);
      const failsOn = (what: string): number =>
        runWrit(["diff", before, after, "--fail-on", what]).status;
      expect(failsOn("widened")).toBe(isSure ? 1 : 0);
      expect(failsOn("possibly-widened")).toBe(widened === "no" ? 0 : 1);
      expect(failsOn("any")).toBe(1);
    },
    30_000,
  );

  it("shows the text of what no test says, and of which version", () => {
    const { stdout } = runWrit([
      "diff",
      policySet(walked("")),
      policySet(walked("; count(p) > 3")),
    ]);
    expect(stdout).toContain("`v == p` holds (p.rego:5, before)");
    expect(stdout).toContain("`count(p) > 3` holds (p.rego:5, after)");
    expect(stdout).not.toContain("the rest of");
  });
});

describe("writ ask", () => {
  const rules = [
    'allow if { "staff" in input.identity.groups; input.model.provider == "amazon"; startswith(input.model.id, "amazon.n") }',
    'deny contains "amount" if not is_number(input.action.parameters.amount)',
    'deny contains "more" if { is_number(input.action.parameters.amount); input.action.parameters.amount > 100 }',
  ].join("\n\n");
  const set = policySet(rules);

  it.each([
    "model.family is llama",
    "model.family is titan",
    "model.provider is mistral",
    "model.version is v1:0 and stage is action",
    "model.id begins with cohere. and stage is request",
    "stage is action",
  ])("names a model that there is, where %s", (condition) => {
    const { regions } = JSON.parse(
      runWrit(["ask", set, `who can where ${condition}`, "--format", "json"]).stdout,
    ) as {
      readonly regions: readonly {
        readonly example?: { readonly input: Record<string, unknown> };
      }[];
    };
    const models = regions.flatMap(({ example }) =>
      example === undefined ? [] : [example.input["model"]],
    );
    expect(models.length).toBeGreaterThan(0);
    for (const model of models as { readonly id: string; readonly [key: string]: unknown }[])
      expect(describeModel(model.id)).toEqual(model);
  });

  it("answers nothing where the model that a rule names is of another family", () => {
    const pinned = policySet("", {
      "p.rego": `package p\n\nallow if input.model.id == "${MODELS[0]}"\n`,
    });
    expect(runWrit(["ask", pinned, "who can where model.family is llama"]).stdout).toBe(
      "nothing is allowed\n",
    );
  });

  it("says types in words, which can be asked", () => {
    const { stdout } = runWrit(["ask", set, "who can where stage is action"]);
    expect(stdout).not.toMatch(/[<>]=? (?:true|"")/);
    expect(runWrit(["ask", set, "who can where action.parameters.amount is a number"]).status).toBe(
      0,
    );
  });
});
