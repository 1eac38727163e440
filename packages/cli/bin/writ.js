#!/usr/bin/env node
// Finds a Node that runs TypeScript. Plain JavaScript: it must say so where the machine's Node is too old.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import module from "node:module";
import { fileURLToPath } from "node:url";
import { isBundleFresh } from "./fresh.js";

const self = fileURLToPath(import.meta.url);
const root = fileURLToPath(new URL("../../../", import.meta.url));
const bundled = `${root}node_modules/.bin/node`;

if (Number(process.versions.node.split(".")[0]) >= 24) {
  // Types are stripped and code is compiled once, not at every start.
  module.enableCompileCache?.();
  await import(isBundleFresh(root) ? "../dist/main.js" : "../src/main.ts");
} else if (existsSync(bundled)) {
  // The terminal's Ctrl-C reaches the child by itself; it decides when to end.
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => {});
  const result = spawnSync(bundled, [self, ...process.argv.slice(2)], { stdio: "inherit" });
  process.exit(result.status ?? 70);
} else {
  process.stderr.write("writ: Node 24 is needed; run `npm ci` in the checkout, which brings it\n");
  process.exit(2);
}
