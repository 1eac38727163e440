// Puts the command into a few files, `packages/apps/cli/dist`: from its sources it waits for three hundred when it starts.
// What they were made of is noted beside them, and `packages/apps/cli/bin/writ.js` runs the sources once one has changed.
// Nothing needs the bundle: where it cannot be made, commands are slower to start and that is all.
import { readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { isBundleFresh, MADE_OF } from "../packages/apps/cli/bin/fresh.js";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const packages = join(root, "packages");
const cli = join(packages, "apps", "cli");
/** Of the libraries those that every command loads; others are loaded from where they are, when they are. */
const INLINED = /^(?:commander|yaml|re2js|ipaddr\.js|graphql\/language\/kinds\.js)$/;

try {
  if (!isBundleFresh(root)) await bundle(dirname(join(root, MADE_OF)));
} catch (error) {
  // An installation without development dependencies has nothing to make one with, and is told nothing new.
  const isProduction = error.code === "ERR_MODULE_NOT_FOUND" && error.message.includes("rolldown");
  if (!isProduction)
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
  try {
    const { output } = await made.write({ dir: written, format: "esm" });
    const modules = output.flatMap(({ moduleIds }) => moduleIds ?? []);
    const files = [...modules.filter((file) => file.startsWith(packages)), ...settings()];
    const noted = files.map((file) => {
      const { mtimeMs, size } = statSync(file);
      // What changes while it is read is not what was read.
      return [relative(root, file), mtimeMs < startedAt ? mtimeMs : 0, size];
    });
    writeFileSync(join(written, basename(MADE_OF)), JSON.stringify(noted));
    rmSync(folder, { recursive: true, force: true });
    renameSync(written, folder);
  } finally {
    rmSync(written, { recursive: true, force: true });
  }
}

/** What else the bundle depends on: which packages are what, and how they are put together. */
function settings() {
  const manifests = readdirSync(packages).flatMap((group) =>
    readdirSync(join(packages, group)).map((name) => join(packages, group, name, "package.json")),
  );
  return [...manifests, join(root, "package-lock.json"), fileURLToPath(import.meta.url)];
}
