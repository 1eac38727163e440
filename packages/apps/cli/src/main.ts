// The `writ` command: arguments to commands. The contract (names, flags, exit codes) is kept; see exit.ts
// for the codes. A command is loaded when it is called, so that `check` does not wait for the gateway.

import { readFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { Command, CommanderError, Option } from "commander";
import { EXIT, failureOf } from "./exit.ts";
import { endQuietlyWhenUnread, line, linesOf, showErrors } from "./output.ts";
import { root } from "./root.ts";

endQuietlyWhenUnread();

const program = new Command("writ")
  .description("a policy engine for LLM traffic, and the gateway that enforces it")
  .option("-V, --version", "which version this is, and the Node it runs on")
  .on("option:version", () => {
    const { version } = JSON.parse(readFileSync(`${root}packages/apps/cli/package.json`, "utf8"));
    process.stdout.write(`writ ${version} (Node ${process.versions.node})\n`);
    throw new CommanderError(EXIT.clean, "writ.version", "");
  })
  .exitOverride()
  .configureOutput({
    outputError: (text, write) =>
      write(
        linesOf(`writ: ${text.replace(/^error: /, "")}`)
          .map((each) => `${line(each)}\n`)
          .join(""),
      ),
  });

/** Commands that are over in seconds, which V8 is told: a check of 10,000 rules takes a quarter less time. */
const BRIEF: ReadonlySet<string> = new Set(["check", "test"]);
program.hook("preAction", (_program, command) => {
  const isBrief = BRIEF.has(command.name()) && command.opts()["watch"] !== true;
  // Another V8 may not have these flags, and would say so.
  if (!isBrief || !process.versions.node.startsWith("24.")) return;
  // What its last compiler makes is ready when they are nearly done, and takes the core that collects garbage.
  setFlagsFromString("--invocation-count-for-turbofan=50000");
  // Most of what they read they keep: room for it at once spares copying it each time there is a little more.
  setFlagsFromString("--semi-space-growth-factor=16");
  // For the same reason old objects are gone through when there are four times as many.
  setFlagsFromString("--heap-growing-percent=300");
});

const allowNet = (): Option =>
  new Option(
    "--allow-net <host[:port]>",
    "a host that tests and queries may reach; repeatable",
  ).argParser((host: string, before: readonly string[] = []) => [...before, host]);

const format = (...choices: string[]): Option =>
  new Option("--format <format>").choices(choices).default(choices[0]);

program
  .command("check <dir>")
  .description("everything that is wrong with a policy set")
  .addOption(format("text", "json", "sarif", "github"))
  .option("--like-opa", "what OPA checks and no more")
  .option("--strict", "with --like-opa: as strict as opa check --strict")
  .action(async (dir, flags) => finish((await import("./commands/check.ts")).runCheck(dir, flags)));
program
  .command("test <dir>")
  .description("run the tests of a policy set")
  .addOption(format("text", "json", "junit"))
  .option("--run <regex>", "only tests whose name it matches")
  .option("--like-opa", "check what OPA checks and no more; test_ rules of every file")
  .option("--watch", "again whenever a file changes")
  .addOption(allowNet())
  .addOption(
    new Option("--coverage [format]", "what of the policies the tests exercise")
      .choices(["text", "json", "lcov"])
      .preset("text"),
  )
  .option("--coverage-output <file>", "where the coverage goes, instead of the output")
  .option("--threshold <percent>", "fail when less is covered")
  .action(async (dir, flags) =>
    finish(await (await import("./commands/test.ts")).runTest(dir, flags)),
  );
program
  .command("explain [code]")
  .description("what a diagnostic means; or with --bundle and --input, why a policy decides so")
  .option("--bundle <path>", "a bundle, or a folder of policies")
  .option("--input <file>", "a JSON file, or - for standard input")
  .addOption(format("text", "json"))
  .action(async (code, flags) => {
    if (code !== undefined) finish((await import("./commands/explain.ts")).runExplain(code));
    else finish((await import("./commands/why.ts")).runWhy(flags));
  });
program
  .command("fmt <paths...>")
  .description("lay policies out as usual; comments and meaning are kept")
  .option("--check", "change nothing; exit 1 when something would be")
  .option("--diff", "change nothing; show what would be")
  .option("--to <rego>", "print one file of YAML rules as Rego")
  .action(async (paths, flags) => finish((await import("./commands/fmt.ts")).runFmt(paths, flags)));
program
  .command("build <dir>")
  .description("compile a policy set to a bundle; prints the policy hash")
  .requiredOption("-o, --output <file>")
  .option("--key <private.pem>", "the Ed25519 key to sign with")
  .option("--key-id <id>", "the id verifiers know it by")
  .option("--revision <revision>", "orders bundles: a gateway never goes back")
  .option("--from <commit>", "pack what a git commit holds, whatever the folder holds now")
  .action(async (dir, flags) => finish((await import("./commands/build.ts")).runBuild(dir, flags)));
program
  .command("verify <file>")
  .description("whether a bundle is whole and signed by a key")
  .requiredOption("--key <public.pem>")
  .requiredOption("--key-id <id>")
  .action(async (file, flags) =>
    finish((await import("./commands/verify.ts")).runVerify(file, flags)),
  );
program
  .command("eval")
  .description("one decision, as JSON")
  .requiredOption("--bundle <file>")
  .requiredOption("--input <file>", "a JSON file, or - for standard input")
  .action(async (flags) => finish((await import("./commands/eval.ts")).runEval(flags)));
program
  .command("query <query>")
  .description("what a Rego query comes to: a solution a line, as JSON")
  .option("--data <dir>", "the policy set to ask")
  .option("--input <file>", "a JSON file, or - for standard input")
  .addOption(allowNet())
  .option("--like-opa", "types of a gateway's input are not checked")
  .action(async (query, flags) =>
    finish((await import("./commands/query.ts")).runQuery(query, flags)),
  );
program
  .command("repl [dir]")
  .description("ask a policy set, line after line: queries, definitions, traces, types")
  .option("--input <file>", "a JSON file: what `input` is to begin with")
  .addOption(allowNet())
  .option("--like-opa", "types of a gateway's input are not checked")
  .action(async (dir, flags) =>
    finish(await (await import("./commands/repl.ts")).runRepl(dir, flags)),
  );
program
  .command("tree <path>")
  .description("the compiled trees of a policy set or bundle")
  .addOption(format("text", "mermaid", "svg"))
  .option("--all", "every answer of a node, however many there are")
  .action(async (path, flags) => finish((await import("./commands/tree.ts")).runTree(path, flags)));
program
  .command("diff <old> [new]")
  .description(
    "the inputs whose decision a change changes: folders, bundles, git revisions (main..HEAD [dir])",
  )
  .addOption(format("text", "markdown", "json"))
  .addOption(
    new Option(
      "--fail-on <what>",
      "exit 1 when access is widened, when it may be, or when anything changes",
    ).choices(["widened", "possibly-widened", "any"]),
  )
  .action(async (before, after, flags) =>
    finish((await import("./commands/diff.ts")).runDiff(before, after, flags)),
  );
program
  .command("ask <path> <question>")
  .description("who can …: all inputs that are allowed (or denied) where conditions hold")
  .addOption(format("text", "json"))
  .action(async (path, question, flags) =>
    finish((await import("./commands/ask.ts")).runAsk(path, question, flags)),
  );
program
  .command("cover <dir>")
  .description("decision paths not covered by tests; --write proposes cases that cover them")
  .addOption(allowNet())
  .addOption(format("text", "json"))
  .option("--write [file]", "write the proposed cases to a test file of the set")
  .option("--fail-under <percent>", "exit 1 when fewer are reached")
  .action(async (dir, flags) => finish((await import("./commands/cover.ts")).runCover(dir, flags)));
program
  .command("mutate <dir>")
  .description("mutation testing: mutants of a policy that no test kills")
  .addOption(allowNet())
  .addOption(format("text", "json"))
  .option("--seconds <number>", "how long mutants are tried", "60")
  .option("--fail", "exit 1 when there are any")
  .action(async (dir, flags) =>
    finish((await import("./commands/mutate.ts")).runMutate(dir, flags)),
  );
program
  .command("keygen")
  .description("an Ed25519 key pair for signing bundles")
  .requiredOption("-o, --output <dir>")
  .action(async (flags) => finish((await import("./commands/keygen.ts")).runKeygen(flags)));
program
  .command("gateway")
  .description("run the gateway; SIGHUP has it read its keyring again, SIGTERM drains it")
  .option("--config <file>", "its configuration, in YAML or JSON")
  .option("--check", "run nothing: say everything that is wrong with what the configuration names")
  .option("--init <dir>", "write a configuration, a keyring and keys to start from")
  .action(async (flags) => finish(await (await import("./commands/gateway.ts")).runGateway(flags)));
program
  .command("dev")
  .description(
    "what `npm start` runs: the gateway over the shipped policies (or those of WRIT_POLICIES) and a simulated Bedrock",
  )
  .action(async () => finish(await (await import("./commands/dev.ts")).runDev()));
program
  .command("call <text>")
  .description("one call through the gateway that `npm start` runs")
  .option("--model <id>", "the model that is called", "anthropic.claude-3-haiku-20240307-v1:0")
  .option("--groups <groups>", "assert these groups, comma-separated, in a signed header")
  .action(async (text, flags) =>
    finish(await (await import("./commands/call.ts")).runCall(text, flags)),
  );
const audit = program.command("audit").description("the audit log");
audit
  .command("verify <dir>")
  .description("whether no record is altered, missing or out of order")
  .option("--key <public>", "the log's public key, from somewhere other than the log")
  .option("--checkpoint <file>", "a checkpoint of the log that was kept somewhere else")
  .action(async (dir, flags) =>
    finish(await (await import("./commands/audit.ts")).runAuditVerify(dir, flags)),
  );
audit
  .command("show <id> <dir>")
  .description("a decision, a refusal or a call, in words: who, what, the answer and why")
  .action(async (id, dir) =>
    finish(await (await import("./commands/audit-show.ts")).runAuditShow(id, dir)),
  );
audit
  .command("query <dir>")
  .description("records, a line each")
  .option("--json", "as they were written")
  .option("--call <id>", "those of one call")
  .option("--decision <id>", "that of one decision or refusal")
  .action(async (dir, flags) =>
    finish(await (await import("./commands/audit-query.ts")).runAuditQuery(dir, flags)),
  );

function finish(code: number): void {
  process.exitCode = code;
}

/** What the system says of a file, where no command has said it better. */
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  const { syscall, path } = (error ?? {}) as NodeJS.ErrnoException;
  return error instanceof Error && syscall !== undefined && path !== undefined;
}

try {
  await program.parseAsync();
} catch (error) {
  const failure = failureOf(error);
  if (failure !== undefined) {
    const [first = "", ...others] = failure.lines;
    showErrors([`writ: ${first}`, ...others]);
    finish(failure.exitCode);
  } else if (error instanceof CommanderError) {
    finish(error.exitCode === 0 ? EXIT.clean : EXIT.usage);
  } else if (isSystemError(error)) {
    // A disk that is full, a folder that may not be written: whatever it is, it is not ours to mend.
    process.stderr.write(
      `writ: the system refuses to ${error.syscall} ${error.path} (${error.code})\n`,
    );
    finish(EXIT.usage);
  } else {
    const said = error instanceof Error ? (error.stack ?? error.message) : String(error);
    showErrors(linesOf(`writ: this is a bug: ${said}`));
    finish(EXIT.bug);
  }
}
// It ends by itself. `process.exit()` waits for V8's compilers, and they may wait for a collection of garbage that only
// this thread could begin: nodejs/node#54918.
