// A read-eval-print loop over a policy set, without the reading: a line (or several that are one) in, what it
// comes to out. A line that is wrong is said to be so and ends nothing.

import { type Diagnostic, renderText, type Sources } from "@writ/diagnostics";
import { findMisfit, jsonText, parseJson, QUERY_PACKAGE } from "@writ/evaluator";
import type { PolicySet } from "@writ/workspace";
import { failureOf } from "../exit.ts";
import { readText } from "../files.ts";
import { line } from "../output.ts";
import { readPolicySet } from "../policy-set.ts";
import { indentJson, renderSolutions } from "./render-solutions.ts";
import { type Answer, type ObserverOf, Session } from "./session.ts";
import { Tracer } from "./tracer.ts";
import { typeText } from "./type-text.ts";

export interface ReplOptions {
  readonly folder?: string | undefined;
  readonly likeOpa?: boolean | undefined;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

export class Repl {
  readonly session: Session;
  /** After `:exit`. */
  isOver = false;
  #tracing = false;
  readonly #options: ReplOptions;

  constructor(options: ReplOptions) {
    this.#options = options;
    const { likeOpa, err } = options;
    this.session = new Session({ likeOpa, print: (text) => err(`${line(text)}\n`) });
  }

  /** Reads the folder, again if it was read before. Whether the policies are as it has them. */
  load(): boolean {
    const { folder } = this.#options;
    if (folder === undefined) return true;
    const set = readPolicySet(folder);
    const errors = this.session.load(set).filter(({ severity }) => severity === "error");
    if (errors.length === 0) return true;
    this.#showDiagnostics(errors, set.sources);
    const policies = this.session.set.modules.length > 0 ? "as they were" : "left out";
    this.#options.err(`the policies are ${policies} until they are right: then :reload\n`);
    return false;
  }

  /** Whether it was right. */
  run(text: string): boolean {
    if (/^\s*(?:#[^\n]*)?$/.test(text)) return true;
    try {
      const command = /^\s*(:\S*)\s*([\s\S]*)$/.exec(text);
      if (command === null) return this.#show(this.#enter(text, this.#tracing));
      return this.#command(command[1] ?? "", (command[2] ?? "").trim());
    } catch (error) {
      const failure = failureOf(error);
      if (failure === undefined) throw error;
      return this.#fail(failure.message);
    }
  }

  #command(name: string, argument: string): boolean {
    const found = COMMANDS.filter((each) => each.name.startsWith(name));
    const [only] = found.filter((each) => each.name === name).concat(found);
    if (only === undefined || (found.length > 1 && only.name !== name))
      return this.#fail(`there is no command ${name}; :help lists them`);
    return only.run(this, argument);
  }

  help(): boolean {
    const width = Math.max(...COMMANDS.map(({ usage }) => usage.length));
    const lines = COMMANDS.map(({ usage, help }) => `${usage.padEnd(width)}  ${help}\n`);
    this.#options.out(`${WHAT_TO_TYPE}${lines.join("")}`);
    return true;
  }

  setInput(argument: string): boolean {
    const { session } = this;
    if (argument === "") {
      const { input } = session;
      this.#options.out(`${input === undefined ? "undefined" : indentJson(jsonText(input))}\n`);
      return true;
    }
    const isJson = /^(?:[[{"]|-?\d|(?:true|false|null)$)/.test(argument);
    try {
      session.input = parseJson(isJson ? argument : readText(argument));
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      return this.#fail(`the input is not JSON: ${error.message}`);
    }
    const misfit =
      session.shape === undefined ? undefined : findMisfit(session.shape, session.input);
    if (misfit !== undefined)
      this.#options.err(
        `the input ${misfit.message} (at ${misfit.pointer === "" ? "its top" : line(misfit.pointer)}): a gateway denies it as input_invalid\n`,
      );
    return true;
  }

  trace(argument: string): boolean {
    if (argument === "" || argument === "on" || argument === "off") {
      this.#tracing = argument === "" ? !this.#tracing : argument === "on";
      this.#options.out(`tracing is ${this.#tracing ? "on" : "off"}\n`);
      return true;
    }
    return this.#show(this.#enter(argument, true));
  }

  type(argument: string): boolean {
    if (argument === "") return this.#fail(":type takes an expression");
    const { program, query, diagnostics } = this.session.check(argument);
    if (program === undefined) {
      const errors = diagnostics.filter(({ severity }) => severity === "error");
      return this.#show({ kind: "diagnostics", diagnostics: errors });
    }
    const rule = program.rules.find(({ path }) => path[0] === QUERY_PACKAGE);
    const type = rule?.element?.type;
    if (type === undefined || query === undefined) return this.#fail("a query is one body");
    const { names, valueKey } = query;
    const of = (key: string): string => {
      const property = type.kind === "object" ? type.properties.get(key) : undefined;
      return property === undefined ? "any" : typeText(property.type);
    };
    const lines = names.map((name) => `${name}: ${of(name)}`);
    if (names.length === 0) lines.push(valueKey === undefined ? "boolean" : typeText(type));
    else if (valueKey !== undefined) lines.push(of(valueKey));
    this.#options.out(`${lines.join("\n")}\n`);
    return true;
  }

  /** The session's modules, as files of policies would have them. */
  show(): boolean {
    const { definitions, imports } = this.session;
    const here = this.session.package.join(".");
    const packages = new Map<string, string[]>([[here, []]]);
    for (const { module, source } of definitions) {
      const name = module.package.path.join(".");
      packages.set(name, [...(packages.get(name) ?? []), source.text.trim()]);
    }
    const importLines = imports.map(
      ({ path, alias }) => `import ${path.join(".")}${alias === undefined ? "" : ` as ${alias}`}`,
    );
    const texts = [...packages].map(([name, rules]) => {
      const head = name === here ? importLines.join("\n") : "";
      return [`package ${name}`, head, ...rules].filter((part) => part !== "").join("\n\n");
    });
    this.#options.out(`${texts.join("\n\n")}\n`);
    return true;
  }

  unset(name: string): boolean {
    if (name === "input") {
      this.session.input = undefined;
      return true;
    }
    if (this.session.unset(name)) return true;
    const where = this.session.package.join(".");
    return this.#fail(`nothing called \`${name}\` is defined in package ${where} of this session`);
  }

  reload(): boolean {
    const isSound = this.load();
    if (isSound) this.#options.out(`${summary(this.session.set)}\n`);
    return isSound;
  }

  #enter(text: string, isTraced: boolean): Answer {
    if (!isTraced) return this.session.enter(text);
    let tracer: Tracer | undefined;
    const observe: ObserverOf = ({ program }, sources) => {
      if (program === undefined) throw new Error("what is evaluated was compiled");
      tracer = new Tracer(program, sources);
      return tracer.observer();
    };
    const answer = this.session.enter(text, observe);
    if (tracer !== undefined) this.#options.out(tracer.render());
    return answer;
  }

  #show(answer: Answer): boolean {
    const { out } = this.#options;
    switch (answer.kind) {
      case "nothing":
        return true;
      case "note":
        this.#showDiagnostics(answer.diagnostics, this.session.sources);
        out(`${answer.text}\n`);
        return true;
      case "solutions":
        this.#showDiagnostics(answer.diagnostics, this.session.sources);
        out(renderSolutions(answer.solutions));
        return true;
      case "diagnostics":
        this.#showDiagnostics(answer.diagnostics, this.session.sources);
        return false;
      case "failure":
        return this.#fail(answer.message);
    }
  }

  #showDiagnostics(diagnostics: readonly Diagnostic[], sources: Sources): void {
    if (diagnostics.length === 0) return;
    const color = process.stderr.isTTY === true && process.env["NO_COLOR"] === undefined;
    this.#options.err(renderText(diagnostics, sources, { color }));
  }

  #fail(message: string): boolean {
    this.#options.err(`${line(message)}\n`);
    return false;
  }
}

/** What is loaded, in a line. */
export function summary({ modules }: PolicySet): string {
  const rules = modules.reduce((sum, module) => sum + module.rules.length, 0);
  return `${modules.length} files, ${rules} rules`;
}

interface Command {
  readonly name: string;
  readonly usage: string;
  readonly help: string;
  readonly run: (repl: Repl, argument: string) => boolean;
}

const WHAT_TO_TYPE = `a query is answered, a rule or \`x := 1\` is defined; \`package\` and \`import\` hold for what follows

`;

const COMMANDS: readonly Command[] = [
  command(":input FILE|JSON", "what `input` is; alone, shows it", (repl, text) =>
    repl.setInput(text),
  ),
  command(":trace QUERY|on|off", "which rules and conditions were tried", (repl, text) =>
    repl.trace(text),
  ),
  command(":type QUERY", "of its value and variables, what the checker knows", (repl, text) =>
    repl.type(text),
  ),
  command(":show", "what was defined", (repl) => repl.show()),
  command(":unset NAME", "forgets a definition, or the input", (repl, name) => repl.unset(name)),
  command(":reload", "reads the policies again", (repl) => repl.reload()),
  command(":help", "this", (repl) => repl.help()),
  command(":exit", "as Ctrl-D", (repl) => {
    repl.isOver = true;
    return true;
  }),
];

export const commandNames: readonly string[] = COMMANDS.map(({ name }) => name);

function command(usage: string, help: string, run: Command["run"]): Command {
  return { name: usage.split(" ")[0] ?? usage, usage, help, run };
}
