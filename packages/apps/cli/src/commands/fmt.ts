// `writ fmt [--check] [--diff] PATHS`: the usual layout. Writes what it changes, unless it is only to say so.

import { join } from "node:path";
import { makeSources, type SourceFile } from "@writ/diagnostics";
import { formatRego, formatYaml, parseRego, parseYaml, yamlToRego } from "@writ/syntax";
import { selectFiles } from "@writ/workspace";
import { folderSource, isDirectory } from "@writ/workspace/node";
import { createTwoFilesPatch } from "diff";
import { EXIT, usageError } from "../exit.ts";
import { readText, writeBytes } from "../files.ts";
import { inputKindAt } from "../input-kinds.ts";
import { linesOf, showDocument, showLines } from "../output.ts";
import { printDiagnostics } from "../report.ts";

export interface FmtFlags {
  readonly check?: boolean;
  readonly diff?: boolean;
  readonly to?: string;
}

/** YAML that is no rules. */
const OTHER_YAML = /(?:\.test|(?:^|\/)(?:data|vocabulary))\.ya?ml$/;

export function runFmt(paths: readonly string[], { check, diff, to }: FmtFlags): number {
  if (to !== undefined) return printAs(to, paths);
  let isClean = true;
  let hasErrors = false;
  for (const source of paths.flatMap(sourcesUnder)) {
    const { file } = source;
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
      showLines(linesOf(createTwoFilesPatch(file, file, source.text, formatted, "", "formatted")));
    else showLines([file]);
    if (check !== true && diff !== true) writeBytes(file, formatted);
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
  const text = yamlToRego(source, inputKindAt);
  if (text === undefined) {
    printDiagnostics(parseYaml(source).diagnostics, makeSources([source]));
    return EXIT.findings;
  }
  showDocument(text);
  return EXIT.clean;
}

/** A file as it is given; of a folder the policies that other commands read there. */
function sourcesUnder(path: string): readonly SourceFile[] {
  if (!isDirectory(path)) return [{ file: path, text: readText(path) }];
  const tree = folderSource(path);
  const files = selectFiles(tree).files.flatMap(({ path: inner, role }) =>
    role === "rego" || role === "yaml" ? [inner] : [],
  );
  return [...tree.read(files)].map(([inner, text]) => ({ file: join(path, inner), text }));
}
