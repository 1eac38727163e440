import { createHash, createSecretKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { builtinRecognisers } from "./catalogue.ts";
import { createClassifier } from "./index.ts";
import { always, check } from "./recogniser.ts";
import { samples } from "./samples.ts";
import { versionOf } from "./version.ts";

const classifier = createClassifier({ hashKey: createSecretKey(Buffer.alloc(32, 7)) });

/** What is found in a fixed corpus: every sample before every other, in plain and other characters. */
function findingsDigest(): string {
  const digest = createHash("sha256");
  const texts = Object.values(samples).flatMap(({ text, failing }) => [text, ...failing]);
  const spellings: readonly ((text: string) => string)[] = [
    (text) => text,
    (text) => text.replaceAll("-", "\u2010").replaceAll("4", "\uff14"),
    (text) => JSON.stringify(text),
    (text) => text.replaceAll("@", "&#64;").replaceAll(" ", "\u00a0"),
    (text) => [...text].join("\u0301"),
  ];
  for (const first of texts) {
    for (const second of texts) {
      for (const separator of [" ", "@", ""]) {
        digest.update(summary(`${first}${separator}${second}`));
      }
    }
    for (const spell of spellings) digest.update(summary(spell(first)));
  }
  return digest.digest("hex");
}

function summary(text: string): string {
  const found = classifier.classify(text);
  return found
    .map(({ label, recogniser, tier, start, end, count }) =>
      [label, recogniser, tier, start, end, count].join(" "),
    )
    .join("\n");
}

describe("the version of a classifier", () => {
  it("changes when what it finds does", () => {
    const known = JSON.parse(
      readFileSync(new URL("./version-findings.json", import.meta.url), "utf8"),
    ) as { readonly [version: string]: string };
    // A version that is not there: add it, with what it finds. One that is there with other findings: they
    // changed without it. Give the check that changed a new revision, or ENGINE_VERSION where it was the
    // search or the view; never change the digest of a version that is there.
    expect({ [classifier.version]: findingsDigest() }).toEqual({
      [classifier.version]: known[classifier.version],
    });
  });

  const [first, ...others] = builtinRecognisers;
  if (first === undefined) throw new Error("no recognisers");
  const version = versionOf(builtinRecognisers, []);

  it.each([
    ["a gate", { ...first, gate: "digit" as const }],
    ["no gate", { ...first, gate: undefined }],
    ["a tier", { ...first, check: always("possible") }],
    ["the revision of a check", { ...first, check: check("always/2", "certain", first.check.run) }],
    ["the data of a check", { ...first, check: check("always/1", ["certain"], first.check.run) }],
    ["case", { ...first, ignoreCase: true }],
    ["a label", { ...first, label: "pii.other" }],
    ["an expression", { ...first, pattern: { ...first.pattern, full: "a@b" } }],
  ])("changes with %s", (_name, changed) => {
    const { gate, ...rest } = changed;
    const recogniser = gate === undefined ? rest : { ...rest, gate };
    expect(versionOf([recogniser, ...others], [])).not.toBe(version);
  });

  it("changes with the order, a dictionary, its label and its terms, not with how these are written", () => {
    const dictionary = (label: string, ...terms: readonly string[]) =>
      versionOf(builtinRecognisers, [{ label, terms }]);
    const versions = [
      version,
      versionOf([...others, first], []),
      dictionary("custom.a", "x"),
      dictionary("custom.b", "x"),
      dictionary("custom.a", "x", "y"),
    ];
    expect(new Set(versions).size).toBe(versions.length);
    expect(dictionary("custom.a", "Y", "x ", "x")).toBe(dictionary("custom.a", "x", "y"));
  });

  it("is the same however the code is written: a bundle spells functions otherwise", () => {
    const rewritten = builtinRecognisers.map((recogniser) => ({
      ...recogniser,
      check: { ...recogniser.check, run: () => undefined },
    }));
    expect(versionOf(rewritten, [])).toBe(version);
  });
});
