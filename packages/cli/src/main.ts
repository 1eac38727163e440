// The `writ` command: arguments to commands. The contract (names, flags, exit codes) is kept; see exit.ts
// for the codes. A command is loaded when it is called, so that `check` does not wait for the gateway.

import { Command, CommanderError, Option } from "commander";
import { CommandFailure, EXIT } from "./exit.ts";

const program = new Command("writ")
  .description("a policy engine for LLM traffic, and the gateway that enforces it")
  .exitOverride()
  .configureOutput({
    outputError: (text, write) => write(`writ: ${text.replace(/^error: /, "")}`),
  });

const format = (...choices: string[]): Option =>
  new Option("--format <format>").choices(choices).default(choices[0]);

program
  .command("check <dir>")
  .description("everything that is wrong with a policy set")
  .addOption(format("text", "json", "sarif", "github"))
  .option("--like-opa", "what OPA checks and no more")
  .action(async (dir, flags) => finish((await import("./commands/check.ts")).runCheck(dir, flags)));
program
  .command("test <dir>")
  .description("run the tests of a policy set")
  .addOption(format("text", "json", "junit"))
  .option("--run <regex>", "only tests whose name it matches")
  .option("--like-opa", "check what OPA checks and no more; test_ rules of every file")
  .option("--watch", "again whenever a file changes")
  .action(async (dir, flags) =>
    finish(await (await import("./commands/test.ts")).runTest(dir, flags)),
  );
program
  .command("explain <code>")
  .description("what a diagnostic means, with an example and what to write instead")
  .action(async (code) => finish((await import("./commands/explain.ts")).runExplain(code)));
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
  .option("--like-opa", "types of a gateway's input are not checked")
  .action(async (query, flags) =>
    finish((await import("./commands/query.ts")).runQuery(query, flags)),
  );
program
  .command("tree <path>")
  .description("the compiled trees of a policy set or bundle")
  .addOption(format("text", "mermaid"))
  .action(async (path, flags) => finish((await import("./commands/tree.ts")).runTree(path, flags)));
program
  .command("keygen")
  .description("an Ed25519 key pair for signing bundles")
  .requiredOption("-o, --output <dir>")
  .action(async (flags) => finish((await import("./commands/keygen.ts")).runKeygen(flags)));
program
  .command("gateway")
  .description("run the gateway")
  .requiredOption("--config <file>")
  .action(async (flags) => finish(await (await import("./commands/gateway.ts")).runGateway(flags)));
program
  .command("dev", { hidden: true })
  .description("run the gateway over the shipped policies and a simulated Bedrock")
  .action(async () => finish(await (await import("./commands/dev.ts")).runDev()));
program
  .command("call <text>", { hidden: true })
  .description("one call through the gateway that `npm start` runs")
  .option("--model <id>", "", "anthropic.claude-3-haiku-20240307-v1:0")
  .option("--groups <groups>", "assert these groups, comma-separated, in a signed header")
  .action(async (text, flags) =>
    finish(await (await import("./commands/call.ts")).runCall(text, flags)),
  );
program
  .command("audit")
  .description("the audit log")
  .command("verify <dir>")
  .description("whether no record is altered, missing or out of order")
  .option("--key <public>", "the log's public key, from somewhere other than the log")
  .action(async (dir, flags) =>
    finish(await (await import("./commands/audit.ts")).runAuditVerify(dir, flags)),
  );

function finish(code: number): void {
  process.exitCode = code;
}

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommandFailure) {
    process.stderr.write(`writ: ${error.message}\n`);
    finish(error.exitCode);
  } else if (error instanceof CommanderError) {
    finish(error.exitCode === 0 ? EXIT.clean : EXIT.usage);
  } else {
    process.stderr.write(
      `writ: this is a bug: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    finish(EXIT.bug);
  }
}
