// `writ fmt [--check] [--diff] PATHS`: the usual layout. Writes what it changes, unless it is only to say so.

import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeSources } from "@writ/diagnostics";
import { formatRego, formatYaml, parseRego, parseYaml, yamlToRego } from "@writ/syntax";
import { createTwoFilesPatch } from "diff";
import { EXIT, usageError } from "../exit.ts";
import { isDirectory, readText } from "../files.ts";
import { printDiagnostics } from "../report.ts";

export interface FmtFlags {
  readonly check?: boolean;
  readonly diff?: boolean;
  readonly to?: string;
}

const FORMATTED = /\.(?:rego|ya?ml)$/;
/** YAML that is no rules. */
const OTHER_YAML = /(?:\.test|(?:^|\/)(?:data|vocabulary))\.ya?ml$/;

export function runFmt(paths: readonly string[], { check, diff, to }: FmtFlags): number {
  if (to !== undefined) return printAs(to, paths);
  let isClean = true;
  let hasErrors = false;
  for (const file of paths.flatMap(filesUnder)) {
    const source = { file, text: readText(file) };
    const isRego = file.endsWith(".rego");
    const formatted = isRego ? formatRego(source) : formatYaml(source);
    if (formatted === undefined) {
      const { diagnostics } = isRego ? parseRego(source) : parseYaml(source);
      printDiagnostics(diagnostics, makeSources([source]));
      hasErrors = true;
      continue;
    }
    if (formatted === source.text) continue;
    isClean = false;
    if (diff === true)
      process.stdout.write(
        createTwoFilesPatch(file, file, source.text, formatted, "", "formatted"),
      );
    else process.stdout.write(`${file}\n`);
    if (check !== true && diff !== true) writeFileSync(file, formatted);
  }
  const isFinding = hasErrors || ((check === true || diff === true) && !isClean);
  return isFinding ? EXIT.findings : EXIT.clean;
}

/** One YAML file in the other form, printed: nothing is written. */
function printAs(form: string, paths: readonly string[]): number {
  const [file, ...others] = paths;
  if (form !== "rego") throw usageError(`--to takes \`rego\`, not \`${form}\``);
  if (file === undefined || others.length > 0 || !/\.ya?ml$/.test(file) || OTHER_YAML.test(file))
    throw usageError("--to rego takes one file of YAML rules");
  const source = { file, text: readText(file) };
  const text = yamlToRego(source);
  if (text === undefined) {
    printDiagnostics(parseYaml(source).diagnostics, makeSources([source]));
    return EXIT.findings;
  }
  process.stdout.write(text);
  return EXIT.clean;
}

/** A file as it is given; of a folder all policies, in order. */
function filesUnder(path: string): readonly string[] {
  if (!isDirectory(path)) return [path];
  return readdirSync(path, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const inner = join(path, entry.name);
      if (entry.isDirectory()) return entry.name.startsWith(".") ? [] : filesUnder(inner);
      return entry.isFile() && FORMATTED.test(entry.name) && !OTHER_YAML.test(inner) ? [inner] : [];
    });
}
