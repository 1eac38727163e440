// The real OPA, where one is, asked about many programs at once: each becomes packages of its own in one
// folder, and each question a test that prints what the document is, so that `opa test` says the errors of
// one by one.

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BASE, type Program } from "./programs.ts";
import type { Refusal } from "./run-program.ts";

/** What the documents are, in the order of the program's inputs and, within, of its documents. */
export interface Answers {
  /** Each as text: its JSON, `undefined`, or the code of the error. */
  readonly answers: readonly string[];
}

interface OpaError {
  readonly message?: string;
  readonly code?: string;
  readonly location?: { readonly file: string };
}

interface TestResult {
  readonly location: { readonly file: string };
  readonly error?: OpaError;
  readonly output?: string;
}

/** What OPA says of each program, given those that are asked about. */
export function askOpa(binary: string, programs: readonly Program[]): (Refusal | Answers)[] {
  const folder = mkdtempSync(join(tmpdir(), "writ-opa-"));
  try {
    for (const [index, program] of programs.entries())
      writeProgram(join(folder, String(index)), program, programs.length > 1 ? `b${index}` : "");
    writeFileSync(join(folder, "data.json"), JSON.stringify(BASE));
    const refused = refusals(
      binary,
      folder,
      programs.map((_, index) => index),
    );
    const accepted = programs.flatMap((_, index) => (refused.has(index) ? [] : [index]));
    const said = answers(binary, folder, accepted);
    return programs.map((_, index) => {
      const why = refused.get(index);
      return why === undefined ? (said.get(index) ?? { answers: [] }) : { refused: why };
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Below a package of its own, where there are others. */
function writeProgram(folder: string, program: Program, root: string): void {
  const below = (text: string): string =>
    root === "" ? text : text.replace(/\b(package |data\.)(?!base\b)(?=\w)/g, `$1${root}.`);
  mkdirSync(folder);
  for (const [index, { text }] of program.modules.entries())
    writeFileSync(join(folder, `m${index}.rego`), below(text));
  const tests = program.inputs.flatMap((input) =>
    program.documents.map((path) => {
      const document = `data.${path.join(".")}`;
      return `test_x if {\n\tx := ${document} with input as ${JSON.stringify(input)}\n\tprint(json.marshal(x))\n}`;
    }),
  );
  writeFileSync(join(folder, "asked.rego"), below(`package asked\n\n${tests.join("\n\n")}\n`));
}

/** Which programs are refused, and why: round after round, since OPA says first what it finds first. */
function refusals(
  binary: string,
  folder: string,
  programs: readonly number[],
): ReadonlyMap<number, string> {
  const [only, another] = programs;
  if (only === undefined) return new Map();
  const { status, stderr } = run(binary, folder, programs, ["check", "--format=json", "-m", "0"]);
  if (status === 0) return new Map();
  const { errors } = JSON.parse(stderr) as { readonly errors: readonly OpaError[] };
  if (another === undefined) return new Map([[only, errors.map(textOf).join("; ")]]);
  const placed = errors.filter(({ location }) => location !== undefined);
  // An error without a place is looked for in halves.
  if (placed.length === 0)
    return new Map(halves(programs).flatMap((half) => [...refusals(binary, folder, half)]));
  const found = Map.groupBy(placed, ({ location }) => programOf(location?.file));
  const left = programs.filter((program) => !found.has(program));
  const refused = [...found].map(([program, own]): [number, string] => [
    program,
    own.map(textOf).join("; "),
  ]);
  return new Map([...refused, ...refusals(binary, folder, left)]);
}

function textOf({ code, message }: OpaError): string {
  return code === undefined ? (message ?? "") : `${code}: ${message}`;
}

function answers(
  binary: string,
  folder: string,
  programs: readonly number[],
): ReadonlyMap<number, Refusal | Answers> {
  const [only, another] = programs;
  if (only === undefined) return new Map();
  const { stdout, stderr } = run(binary, folder, programs, ["test", "--format=json", "data.json"]);
  if (stdout === "") {
    // What OPA finds of types depends on the order in which it looks, and it may come to no end.
    if (another === undefined) return new Map([[only, { refused: reasonOf(stderr) }]]);
    return new Map(halves(programs).flatMap((half) => [...answers(binary, folder, half)]));
  }
  const all = new Map<number, { answers: string[] }>();
  for (const { location, error, output } of JSON.parse(stdout) as readonly TestResult[]) {
    const printed = output === undefined ? "undefined" : Buffer.from(output, "base64").toString();
    const program = programOf(location.file);
    const own = all.get(program) ?? { answers: [] };
    all.set(program, own);
    own.answers.push(error === undefined ? printed.trim() : (error.code ?? textOf(error)));
  }
  return all;
}

function halves<T>(list: readonly T[]): readonly (readonly T[])[] {
  const middle = Math.ceil(list.length / 2);
  return [list.slice(0, middle), list.slice(middle)];
}

/** A refusal of `opa test`, which writes text; or of Go. */
function reasonOf(stderr: string): string {
  return /\b(?:rego_\w+|fatal error):.*/.exec(stderr)?.[0] ?? stderr.slice(0, 1000);
}

function programOf(file = ""): number {
  return Number(file.split("/")[0]);
}

function run(
  binary: string,
  folder: string,
  programs: readonly number[],
  args: readonly string[],
): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  const { error, ...result } = spawnSync(binary, [...args, ...programs.map(String)], {
    cwd: folder,
    encoding: "utf8",
    maxBuffer: 2 ** 30,
  });
  if (error !== undefined) throw error;
  return result;
}
