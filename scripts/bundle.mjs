// Puts the command into a few files, `packages/cli/dist`: from its sources it waits for three hundred when it starts.
// What they were made of is noted beside them, and `packages/cli/bin/writ.js` runs the sources once one has changed.
// Nothing needs the bundle: where it cannot be made, commands are slower to start and that is all.
import { renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { isBundleFresh, MADE_OF } from "../packages/cli/bin/fresh.js";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const cli = join(root, "packages", "cli");
/** Of the libraries those that every command loads; others are loaded from where they are, when they are. */
const INLINED = /^(?:commander|yaml|re2js|ipaddr\.js|graphql\/language\/kinds\.js)$/;

try {
  if (!isBundleFresh(root)) await bundle(dirname(join(root, MADE_OF)));
} catch (error) {
  process.stderr.write(`writ: no bundle, commands start from their sources: ${error.message}\n`);
}

async function bundle(folder) {
  const { rolldown } = await import("rolldown");
  const startedAt = Date.now();
  const made = await rolldown({
    input: join(cli, "src", "main.ts"),
    platform: "node",
    external: (id) => /^[^./]/.test(id) && !id.startsWith("@writ/") && !INLINED.test(id),
  });
  const written = `${folder}.${process.pid}`;
  const { output } = await made.write({ dir: written, format: "esm" });
  const modules = output.flatMap(({ moduleIds }) => moduleIds ?? []);
  const sources = modules.filter((file) => file.startsWith(join(root, "packages")));
  const files = [...sources, join(root, "package-lock.json")].map((file) => {
    const { mtimeMs, size } = statSync(file);
    // What changes while it is read is not what was read.
    return [relative(root, file), mtimeMs < startedAt ? mtimeMs : 0, size];
  });
  writeFileSync(join(written, basename(MADE_OF)), JSON.stringify(files));
  rmSync(folder, { recursive: true, force: true });
  renameSync(written, folder);
}
