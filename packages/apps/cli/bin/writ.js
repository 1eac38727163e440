#!/usr/bin/env node
// Finds a Node that runs TypeScript. Plain JavaScript: it must say so where the machine's Node is too old.
import { existsSync } from "node:fs";
import module from "node:module";
import { fileURLToPath } from "node:url";
import { isBundleFresh } from "./fresh.js";
import { endWithParent, runOn } from "./other-node.js";

const self = fileURLToPath(import.meta.url);
const root = fileURLToPath(new URL("../../../../", import.meta.url));
const bundled = `${root}node_modules/.bin/node`;

if (Number(process.versions.node.split(".")[0]) >= 24) {
  endWithParent(() => process.kill(process.pid, "SIGTERM"));
  // Types are stripped and code is compiled once, not at every start.
  module.enableCompileCache?.();
  await import(isBundleFresh(root) ? "../dist/main.js" : "../src/main.ts");
} else if (existsSync(bundled)) {
  runOn(bundled, [self, ...process.argv.slice(2)]);
} else {
  process.stderr.write(
    `writ: Node 24 or newer is needed, and this is Node ${process.versions.node}. Either run \`npm ci\` in ${root}, ` +
      "which brings one (with the install script of its package `node`: no --ignore-scripts), or start this with a Node 24.\n",
  );
  process.exitCode = 2;
}
