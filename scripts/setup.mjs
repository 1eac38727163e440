// Brings a clone to the state its scripts need: the dependencies of package-lock.json, and through
// them Node 24. Runs on the machine's own Node (20.20 or newer), so it is plain JavaScript.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, "node_modules");
/** What npm notes of what it has installed; it is written last. */
const installed = join(modules, ".package-lock.json");
const node24 = join(modules, ".bin", process.platform === "win32" ? "node.cmd" : "node");

if (!existsSync(installed) || isNewer(join(root, "package-lock.json"), installed)) {
  await install();
}
const version = spawnSync(node24, ["--version"], { encoding: "utf8" }).stdout ?? "";
if (!version.startsWith("v24.")) {
  fail(
    `node_modules holds no Node 24 (found ${version.trim() || "none"}). The \`node\` package brings it ` +
      "with an install script: allow it (npm install-scripts approve node, no --ignore-scripts) and try again.",
  );
}

// Says itself what is wrong; nothing here needs it.
spawnSync(node24, [join(root, "scripts", "bundle.mjs")], { stdio: ["ignore", 2, 2] });

async function install() {
  process.stderr.write("writ: installing dependencies, this takes about half a minute\n");
  // What an installation that was interrupted left behind makes npm stumble (ENOTEMPTY).
  if (!existsSync(installed)) removeModules();
  let status = await runNpm();
  if (status !== 0) {
    process.stderr.write("writ: npm ci failed; once more, into an empty node_modules\n");
    removeModules();
    status = await runNpm();
  }
  if (status !== 0) {
    fail("npm ci failed; its message is above. Check that the npm registry can be reached.");
  }
}

/** npm's exit code. What interrupts this interrupts npm, and this ends when npm has: two of them would be in each other's way. */
function runNpm() {
  const npm = process.env.npm_execpath;
  const [command, args] = npm ? [process.execPath, [npm]] : ["npm", []];
  const child = spawn(command, [...args, "ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: root,
    stdio: ["ignore", 2, 2],
  });
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
  let interrupted = false;
  const interrupt = (signal) => {
    interrupted = true;
    child.kill(signal);
  };
  for (const signal of signals) process.on(signal, interrupt);
  return new Promise((resolve) => {
    child.once("error", ({ code }) => fail(`npm cannot be run (${code}): is it on the PATH?`));
    child.once("close", (status, signal) => {
      for (const each of signals) process.off(each, interrupt);
      if (interrupted || signal !== null)
        fail("the installation was interrupted; the next start begins it anew.", 130);
      resolve(status);
    });
  });
}

function removeModules() {
  const packages = join(root, "packages");
  const workspaces = readdirSync(packages).flatMap((group) =>
    readdirSync(join(packages, group)).map((name) => join(packages, group, name, "node_modules")),
  );
  for (const folder of [modules, ...workspaces]) {
    try {
      rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
    } catch ({ code }) {
      fail(`${folder} is incomplete and cannot be removed (${code}): whose checkout is this?`);
    }
  }
}

function isNewer(file, than) {
  return statSync(file).mtimeMs > statSync(than).mtimeMs;
}

function fail(message, code = 1) {
  process.stderr.write(`writ: ${message}\n`);
  process.exit(code);
}
