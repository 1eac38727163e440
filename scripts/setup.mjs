// Brings a clone to the state its scripts need: the dependencies of package-lock.json, and through
// them Node 24. Runs on the machine's own Node (20.20 or newer), so it is plain JavaScript.
import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
/** What npm notes of what it has installed; it is written last. */
const installed = join(root, "node_modules", ".package-lock.json");
const node24 = join(
  root,
  "node_modules",
  ".bin",
  process.platform === "win32" ? "node.cmd" : "node",
);

if (!existsSync(installed) || isNewer(join(root, "package-lock.json"), installed)) {
  install();
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

function install() {
  process.stderr.write("writ: installing dependencies, this takes about half a minute\n");
  const npm = process.env.npm_execpath;
  const [command, args] = npm ? [process.execPath, [npm]] : ["npm", []];
  const result = spawnSync(
    command,
    [...args, "ci", "--no-audit", "--no-fund", "--loglevel=error"],
    {
      cwd: root,
      stdio: ["ignore", 2, 2],
    },
  );
  if (result.status !== 0) {
    fail("npm ci failed; its message is above. Check that the npm registry can be reached.");
  }
}

function isNewer(file, than) {
  return statSync(file).mtimeMs > statSync(than).mtimeMs;
}

function fail(message) {
  process.stderr.write(`writ: ${message}\n`);
  process.exit(1);
}
