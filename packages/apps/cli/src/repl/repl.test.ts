import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { complete } from "./complete.ts";
import { commandNames, Repl } from "./repl.ts";

const folder = mkdtempSync(join(tmpdir(), "writ-repl-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const policy = `package a

allow if {
	some group in input.identity.groups
	group in data.groups
	not late
}

late if input.time.hour > 18

level(n) := "high" if n > 3

else := "low"

# allow silent-deny: warnings are for check, not for queries
`;
writeFileSync(join(folder, "a.rego"), policy);
writeFileSync(
  join(folder, "data.json"),
  '{"groups": ["staff", "on-call"], "big": 12345678901234567890}',
);

function start(likeOpa = false): {
  readonly repl: Repl;
  readonly say: (...lines: string[]) => string;
} {
  let text = "";
  const write = (more: string): void => {
    text += more;
  };
  const repl = new Repl({ folder, likeOpa, out: write, err: write });
  expect(repl.load()).toBe(true);
  const say = (...lines: string[]): string => {
    text = "";
    for (const line of lines) repl.run(line);
    return text;
  };
  return { repl, say };
}

const table = (...lines: string[]): string => `${lines.join("\n")}\n`;

const dialogues: readonly (readonly [string, readonly string[], string])[] = [
  ["a value", ["1 + 1"], "2\n"],
  ["a value with every digit", ["[data.big, 1e2]"], "[12345678901234567890,100]\n"],
  ["no value", ["data.groups[7]"], "undefined\n"],
  ["no value of a document", ["data.a.allow"], "undefined\n"],
  [
    "solutions by name",
    ["some x in [2, 1]"],
    table("+---+", "| x |", "+---+", "| 1 |", "| 2 |", "+---+"),
  ],
  [
    "solutions with the value of the term",
    ["data.groups[i]"],
    table(
      "+---+----------------+",
      "| i | data.groups[i] |",
      "+---+----------------+",
      '| 0 | "staff"        |',
      '| 1 | "on-call"      |',
      "+---+----------------+",
    ),
  ],
  [
    "solutions of a term without names",
    ["[1, 2][_]"],
    table(
      "+-----------+",
      "| [1, 2][_] |",
      "+-----------+",
      "| 1         |",
      "| 2         |",
      "+-----------+",
    ),
  ],
  [
    "a variable called value",
    ["value = 3; true"],
    table("+-------+", "| value |", "+-------+", "| 3     |", "+-------+"),
  ],
  [
    "a call with its result as one more argument",
    ["count([1, 2], n)", "walk([5], [[0], x])"],
    table("+---+", "| n |", "+---+", "| 2 |", "+---+") +
      table("+---+", "| x |", "+---+", "| 5 |", "+---+"),
  ],
  ["no solution by name", ["data.groups[x] == data.groups[9]"], "undefined\n"],
  ["a name, then its value", ["x := 1", "x + 1"], "x is defined in package repl\n2\n"],
  [
    "a name anew",
    ["x := 1", "x := 2", "x"],
    "x is defined in package repl\nx is defined anew in package repl\n2\n",
  ],
  [
    "what the checker says can never be so, and what it is",
    ["1 == 2", "not true"],
    "error[E0301]: this comparison never holds: `1` and `2` have no value in common\n --> query:1:1\n  |\n1 | 1 == 2\n  | ^^^^^^\nfalse\nerror[E0404]: this can never hold: `true` always holds\n --> query:1:1\n  |\n1 | not true\n  | ^^^^^^^^\nundefined\n",
  ],
  [
    "`=` for a name that is new, and one that is not",
    ["x = data.big", "x = data.big", "x = data.big + 1"],
    "x is defined in package repl\ntrue\nundefined\n",
  ],
  [
    "clauses of one rule",
    ["p contains 1", "p contains 2 if true", "p"],
    "p is defined in package repl\np is defined in package repl\n[1,2]\n",
  ],
  [
    "a function, with what follows a default",
    ["default f(_) := 0", "f(x) := x if x > 1", "[f(1), f(2)]"],
    "f is defined in package repl\nf is defined in package repl\n[0,2]\n",
  ],
  [
    "a rule over several lines",
    ["ok if {\n\ttrue\n}", "ok"],
    "ok is defined in package repl\ntrue\n",
  ],
  [
    "names of the package, here of the policies",
    ["package a", "level(5)", "late"],
    '"high"\nundefined\n',
  ],
  [
    "an import, and one in its place",
    ["import data.groups as g", "g[0]", "import data.big as g", "g"],
    '"staff"\n12345678901234567890\n',
  ],
  [
    "a local before a name of the session",
    ["x := 1", "some x in [7]"],
    `x is defined in package repl\n${table("+---+", "| x |", "+---+", "| 7 |", "+---+")}`,
  ],
  [
    "what was defined, until it is forgotten",
    ["import data.a", "x := 1", ":show", ":unset x", ":show"],
    "x is defined in package repl\npackage repl\n\nimport data.a\n\nx := 1\npackage repl\n\nimport data.a\n",
  ],
  [
    "an input, and what reads it",
    [
      ':input {"identity": {"groups": ["staff"]}, "time": {"hour": 9}}',
      "data.a.allow",
      ":unset input",
      "data.a.allow",
    ],
    "the input lacks `stage` (at its top): a gateway denies it as input_invalid\ntrue\nundefined\n",
  ],
  [
    "an input that is none",
    [':input {"a"}'],
    "the input is not JSON: Expected ':' after property name in JSON at position 4 (line 1 column 5)\n",
  ],
  ["an input that is nowhere", [":input nowhere.json"], "cannot read nowhere.json (ENOENT)\n"],
  [
    "types",
    [
      ":type input.stage",
      ":type data.groups",
      ":type some g in input.identity.groups",
      ':type {1, "a"}',
      ":type not data.groups[7]",
    ],
    '"request" | "retrieval" | "response" | "action"\narray of string\ng: string\nset of (1 | "a")\nboolean\n',
  ],
  ["what is printed", ['print("seen", 1)'], "seen 1\ntrue\n"],
  [
    "an error where it is",
    ["1 +"],
    "error[E0101]: expected a term but found `}`\n --> query:1:4\n  |\n1 | 1 +\n  |    ^\n",
  ],
  [
    "an error of the checker, once",
    ["data.a.alow"],
    "error[E0210]: `data.a.alow` is neither a rule nor in the data\n --> query:1:8\n  |\n1 | data.a.alow\n  |        ^^^^\n  = help: did you mean `data.a.allow`?\n",
  ],
  [
    "what is wrong with what is asked for its type, and nothing else",
    [":type input.nope", ":type"],
    "error[E0203]: `input` has no attribute `nope`\n --> query:1:7\n  |\n1 | input.nope\n  |       ^^^^ not in the input schema\n  = help: it has stage, identity, request, model, labels, findings, documents, agent, action, usage, time\n:type takes an expression\n",
  ],
  [
    "a name that means nothing, once",
    ["y"],
    "error[E0204]: var `y` is unsafe: nothing gives it a value\n --> query:1:1\n  |\n1 | y\n  | ^\n",
  ],
  [
    "a definition that is wrong is not kept",
    ["x := nope(1)", ":show"],
    "error[E0202]: there is no function `nope`\n --> query:1:6\n  |\n1 | x := nope(1)\n  |      ^^^^\npackage repl\n",
  ],
  [
    "an evaluation that fails",
    ["x := data.groups[_]", "x"],
    "x is defined in package repl\neval_conflict_error: complete rules must not produce multiple outputs (data.repl.x)\n",
  ],
  [
    "too many steps",
    ["count([1 | some a in numbers.range(1, 2000); some b in numbers.range(a, 2000)])"],
    "eval_limit_error: evaluation took more than 1000000 steps\n",
  ],
  ["a command there is not", [":nope"], "there is no command :nope; :help lists them\n"],
  ["nothing", ["", "  ", "# why"], ""],
  ["names that are taken", ["input = 1"], "`input` is no name for a rule; :input sets the input\n"],
  [
    "package and import on lines of their own",
    ["package a.b\nx := 1", "import data.a x := 1"],
    "a package stands on a line of its own\nan import stands on a line of its own\n",
  ],
  ["a clock, which decisions do not have", ["time.now_ns() > 1"], "true\n"],
  ["texts that are no queries", ["true } other if { true"], "a query is one body\n"],
];

describe("a session", () => {
  it.each(dialogues)("answers with %s", (_name, lines, text) => {
    expect(start().say(...lines)).toBe(text);
  });

  it("knows whether a line was right", () => {
    const { repl } = start();
    expect(["1", "1 +", ":nope", ":help", "x := 1", "y"].map((line) => repl.run(line))).toEqual([
      true,
      false,
      false,
      true,
      true,
      false,
    ]);
  });

  it("asks no types of an input like OPA", () => {
    expect(start(true).say(':input {"a": 1}', "input.a")).toBe("1\n");
  });

  it("keeps what it has when the policies are wrong, until they are right", () => {
    const { say } = start();
    try {
      writeFileSync(join(folder, "a.rego"), "package a\n\nallow if {\n");
      expect(say(":reload")).toContain("the policies are as they were until they are right");
      expect(say("data.a.level(5)")).toBe('"high"\n');
      writeFileSync(join(folder, "a.rego"), `${policy}\nmore := 1\n`);
      expect(say(":reload", "data.a.more")).toBe("1 files, 4 rules\n1\n");
    } finally {
      writeFileSync(join(folder, "a.rego"), policy);
    }
  });
});

describe("any line", () => {
  const word = fc.constantFrom(
    ...'input data x := = == { } [ ] ( ) , . ; | some every in not with as if else contains import package default : " ` # null 1 -1 _ $ \n \\ : :type :trace :input :show :unset f(x) data.a.allow input.stage count'.split(
      " ",
    ),
    " ",
    "\n",
  );
  const line = fc.oneof(
    fc.string({ unit: "binary", maxLength: 40 }),
    fc.array(word, { maxLength: 12 }).map((words) => words.join(" ")),
    fc.array(word, { maxLength: 8 }).map((words) => words.join("")),
  );

  it("is answered or refused, and ends nothing", () => {
    const { repl, say } = start();
    fc.assert(
      fc.property(line, (text) => {
        expect(typeof repl.run(text)).toBe("boolean");
        expect(complete(text, repl.session, commandNames)[0].length).toBeLessThanOrEqual(500);
      }),
      { numRuns: Number(process.env["FUZZ_RUNS"] ?? 500) },
    );
    expect(say(":unset input", "package fresh", "1 + 1")).toContain("2\n");
  });

  it.each([
    ["(".repeat(50_000), "nested"],
    [`${"[".repeat(3000)}${"]".repeat(3000)}`, "nested"],
    [`x := ${"1 + ".repeat(3000)}1`, ""],
    [`:input ${"[".repeat(100_000)}`, "not JSON"],
    [`:type ${"not ".repeat(5000)} true`, ""],
  ])("of great depth, too", (text, said) => {
    expect(start().say(text, "1 + 1")).toMatch(new RegExp(`${said}[\\s\\S]*2\\n$`));
  });
});

describe(":trace", () => {
  it("shows what was tried, under what asked for it, and each solution with what followed", () => {
    const input = '{"identity": {"groups": ["x", "staff"]}, "time": {"hour": 9}}';
    const { say } = start(true);
    expect(say(`:input ${input}`, ":trace data.a.allow")).toBe(`query:1   data.a.allow  holds
a.rego:3    data.a.allow  is true
a.rego:4      some group in input.identity.groups  holds  group = "x"
a.rego:5      group in data.groups  fails
a.rego:4      some group in input.identity.groups  holds  group = "staff"
a.rego:5      group in data.groups  holds
a.rego:6      not late  holds
a.rego:9        data.a.late  fails
a.rego:9          input.time.hour > 18  fails
true
`);
  });

  it("shows functions, branches, definitions of the session and where an error stops", () => {
    const { say } = start();
    expect(say("n := 2", ":trace on", "m := data.a.level(n); m == 1")).toBe(
      `n is defined in package repl
tracing is on
query:1    m := data.a.level(n)  holds  m = "low"
repl[1]:1    data.repl.n  is 2
a.rego:11    data.a.level  fails
a.rego:11      n > 3  fails
a.rego:13    data.a.level (else)  is "low"
query:1    m == 1  fails
undefined
`,
    );
    expect(say("x := data.groups[_]", ":trace off", ":trace x != 1")).toContain(
      "query:1    x != 1  stops here\n",
    );
  });

  it("is of bounded length", () => {
    const text = start().say(":trace some x in numbers.range(1, 5000); x < 0");
    expect(text.length).toBeLessThan(200_000);
    expect(text).toMatch(/\.\.\. and \d+ more\nundefined\n$/);
  });
});

describe("completion", () => {
  const { repl, say } = start();
  say(
    "import data.a",
    "import input.model as m",
    'other := {"inner": 1}',
    ':input {"extra": {"deep": 1}}',
  );

  it.each([
    [":t", [":trace", ":type"], ":t"],
    ["data.", ["data.a", "data.big", "data.groups", "data.repl"], "data."],
    ["x := data.a.l", ["data.a.late", "data.a.level"], "data.a.l"],
    ["input.identity.iam.ac", ["input.identity.iam.account"], "input.identity.iam.ac"],
    ["input.extra.d", ["input.extra.deep"], "input.extra.d"],
    ["not input.st", ["input.stage"], "input.st"],
    ["m.fam", ["m.family"], "m.fam"],
    ["a.al", ["a.allow"], "a.al"],
    ["oth", ["other"], "oth"],
    ["json.mar", ["json.marshal", "json.marshal_with_options"], "json.mar"],
    ["count([x | some x in inp", ["input"], "inp"],
    [":type input.mod", ["input.model"], "input.mod"],
    ["zzz", [], "zzz"],
  ])("of %j", (line, candidates, end) => {
    expect(complete(line, repl.session, commandNames)).toEqual([candidates, end]);
  });
});
