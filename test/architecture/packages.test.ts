// The package graph: which package may build on which. Package.json says what a package uses (lint holds
// imports to it); this holds package.json to the design.

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../../packages/", import.meta.url));

/** The groups, lowest first, each with its packages, lowest first, and what of ours those may depend on. */
const groups: {
  readonly [group: string]: { readonly [name: string]: readonly string[] };
} = {
  language: {
    diagnostics: [],
    evaluator: [],
    syntax: ["diagnostics"],
    builtins: ["evaluator"],
    ir: ["diagnostics"],
    checker: ["diagnostics", "syntax", "builtins", "ir"],
    compiler: ["diagnostics", "ir", "evaluator"],
    analysis: ["diagnostics", "ir", "compiler", "evaluator"],
  },
  policy: {
    bundle: ["evaluator"],
    workspace: [
      "analysis",
      "builtins",
      "bundle",
      "checker",
      "compiler",
      "diagnostics",
      "evaluator",
      "ir",
      "syntax",
    ],
  },
  wire: {
    http: [],
    sigv4: [],
    "event-stream": [],
    surface: [],
    anthropic: ["event-stream", "http", "sigv4", "surface"],
    "bedrock-runtime": ["anthropic", "event-stream", "sigv4", "surface"],
  },
  enforcement: {
    classifier: [],
    audit: [],
    gateway: [
      "evaluator",
      "builtins",
      "bundle",
      "http",
      "surface",
      "anthropic",
      "bedrock-runtime",
      "classifier",
      "audit",
    ],
    "gateway-testing": ["event-stream", "sigv4", "audit", "gateway"],
  },
  apps: {
    simulators: [],
    cli: [
      "analysis",
      "audit",
      "builtins",
      "bundle",
      "classifier",
      "diagnostics",
      "evaluator",
      "gateway",
      "bedrock-runtime",
      "ir",
      "sigv4",
      "simulators",
      "syntax",
      "workspace",
    ],
  },
};
/** Which groups a group takes from, beside itself. */
const arrows: { readonly [group: string]: readonly string[] } = {
  language: [],
  policy: ["language"],
  wire: [],
  enforcement: ["language", "policy", "wire"],
  apps: ["language", "policy", "wire", "enforcement"],
};
const graph: { readonly [name: string]: readonly string[] } = Object.assign(
  {},
  ...Object.values(groups),
);
const groupOf = (name: string): string =>
  Object.keys(groups).find((group) => Object.hasOwn(groups[group] ?? {}, name)) ?? "";
const folderOf = (name: string): string => `${root}${groupOf(name)}/${name}`;
/** The list of surfaces, and the configuration that has a part for each. */
const PER_SURFACE = new Set(["surfaces.ts", "config.ts"]);
const API_WORDS =
  /\b(?:aws|bedrock|converse|invokemodel|anthropic|claude|openai|azure|gemini|vertex|sigv4|x-amzn?|x-api-key|[A-Za-z]+(?<!Errno)Exception|event-?stream|text\/event)/i;
const names = Object.keys(graph);
/** No I/O, no clock, no randomness, no environment. */
const pure = ["diagnostics", "syntax", "ir", "checker", "compiler", "analysis", "evaluator"];
/** What the outside is reached by, and the locale, which differs between machines. */
const impure: readonly (readonly [pattern: RegExp, examples: readonly string[]])[] = [
  [/"node:/, ['from "node:fs"', 'import("node:fs")']],
  [/(?<![\w.#])(?:import|require)\(/, ["await import(name)", 'require("fs")']],
  [/\bprocess\.|\bimport\.meta\b/, ["process.env", "import.meta.url"]],
  [/\b(?:fetch|WebSocket|Worker)\(/, ["fetch(url)", "new WebSocket(url)", "new Worker(file)"]],
  [/\bnew Date\b|\bDate[.(]/, ["new Date(0)", "new Date", "Date()", "Date.now()"]],
  [/\bTemporal\.|\bperformance\./, ["Temporal.Now", "performance.now()"]],
  [/\bset(?:Timeout|Interval|Immediate)\(/, ["setTimeout(f)", "setInterval(f)", "setImmediate(f)"]],
  // Within quotes it is a function of Rego.
  [/(?<!["`\w])crypto\.|\bMath\.random/, ["crypto.randomUUID()", "Math.random()"]],
  [
    /\btoLocale|\blocaleCompare\b|\bIntl\./,
    ["a.toLocaleString()", "a.localeCompare(b)", "new Intl.Collator()"],
  ],
  [/\bconsole\./, ["console.log(a)"]],
];

function dependenciesOf(name: string): readonly string[] {
  const manifest = JSON.parse(readFileSync(`${folderOf(name)}/package.json`, "utf8")) as {
    readonly dependencies?: object;
  };
  return Object.keys(manifest.dependencies ?? {})
    .filter((dependency) => dependency.startsWith("@writ/"))
    .map((dependency) => dependency.slice("@writ/".length));
}

/** Everything a package reaches, through others too. */
function reach(name: string): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (at: string): void => {
    for (const next of dependenciesOf(at)) {
      if (found.has(next)) continue;
      found.add(next);
      visit(next);
    }
  };
  visit(name);
  return found;
}

function sourcesOf(name: string): readonly string[] {
  return readdirSync(`${folderOf(name)}/src`, { recursive: true, encoding: "utf8" }).filter(
    (file) => file.endsWith(".ts") && !file.endsWith(".test.ts"),
  );
}

describe("the package graph", () => {
  it("has every package in it", () => {
    expect(readdirSync(root).sort()).toEqual(Object.keys(groups).sort());
    for (const [group, packages] of Object.entries(groups))
      expect(readdirSync(`${root}${group}`).sort()).toEqual(Object.keys(packages).sort());
  });

  it.each(names)("%s depends on no more than it may, and on nothing above it", (name) => {
    const dependencies = dependenciesOf(name);
    expect(dependencies.filter((dependency) => !graph[name]?.includes(dependency))).toEqual([]);
    for (const dependency of dependencies)
      expect(names.indexOf(dependency)).toBeLessThan(names.indexOf(name));
  });

  it.each(names)("%s takes from the groups its own may take from", (name) => {
    const group = groupOf(name);
    const taken = new Set(dependenciesOf(name).map(groupOf));
    taken.delete(group);
    expect([...taken].filter((each) => !arrows[group]?.includes(each))).toEqual([]);
  });

  it("lets nothing of an API into the gateway but its list of surfaces", () => {
    for (const file of sourcesOf("gateway").filter((name) => !PER_SURFACE.has(name))) {
      const text = readFileSync(`${folderOf("gateway")}/src/${file}`, "utf8");
      expect(text.match(API_WORDS)?.[0], file).toBeUndefined();
    }
  });

  it.each(["signed by AWS", "x-amzn-requestid", "Converse", "AccessDeniedException", "anthropic"])(
    "takes %s for a word of an API",
    (text) => expect(text).toMatch(API_WORDS),
  );

  it("keeps source text away from the gateway", () => {
    const reached = reach("gateway");
    for (const name of ["syntax", "ir", "checker", "compiler", "analysis", "workspace"])
      expect(reached.has(name)).toBe(false);
  });

  it.each(pure)("%s does no I/O and reads no clock, randomness or environment", (name) => {
    for (const file of sourcesOf(name)) {
      const text = readFileSync(`${folderOf(name)}/src/${file}`, "utf8");
      for (const [pattern] of impure) expect(text, file).not.toMatch(pattern);
    }
  });

  it("keeps files behind a source in the workspace", () => {
    const [isNode, isOutside] = [/^node\//, /"node:|"\.\.?\/node\//];
    const files = sourcesOf("workspace").filter((file) => !isNode.test(file));
    for (const file of files)
      expect(readFileSync(`${folderOf("workspace")}/src/${file}`, "utf8"), file).not.toMatch(
        isOutside,
      );
    expect(files.length).toBeLessThan(sourcesOf("workspace").length);
  });

  it.each(impure)("%s finds its examples", (pattern, examples) => {
    for (const example of examples) expect(example).toMatch(pattern);
  });

  it.each(names)("%s has an index and a README of under 80 lines", (name) => {
    expect(sourcesOf(name)).toContain(name === "cli" ? "main.ts" : "index.ts");
    expect(readFileSync(`${folderOf(name)}/README.md`, "utf8").split("\n").length).toBeLessThan(80);
  });
});
