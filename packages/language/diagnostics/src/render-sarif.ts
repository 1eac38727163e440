// Diagnostics as SARIF 2.1.0, for code scanning, and as the workflow commands of GitHub Actions, which show
// them on a pull request.

import { catalog, type DiagnosticCode } from "./catalog.ts";
import type { Diagnostic, Label } from "./diagnostic.ts";
import { printable, visibleJson } from "./printable.ts";
import type { Sources } from "./source.ts";

const SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json";

/** A SARIF document, as text. */
export function renderSarif(diagnostics: readonly Diagnostic[], sources: Sources): string {
  const codes = [...new Set(diagnostics.map(({ code }) => code))].sort();
  const document = {
    $schema: SCHEMA,
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "writ", rules: codes.map(describeRule) } },
        columnKind: "utf16CodeUnits",
        results: diagnostics.map((found) => describeResult(found, sources)),
      },
    ],
  };
  return `${visibleJson(document)}\n`;
}

function describeRule(code: DiagnosticCode): unknown {
  return { id: code, name: catalog[code].name };
}

function describeResult(found: Diagnostic, sources: Sources): unknown {
  const { code, severity, title, primary, related, help } = found;
  const text = help === undefined ? title : `${title} (${help})`;
  return {
    ruleId: code,
    level: severity,
    message: { text },
    locations: [{ physicalLocation: place(primary, sources) }],
    ...(related.length === 0
      ? {}
      : {
          relatedLocations: related.map((label, id) => ({
            id,
            message: { text: label.text },
            physicalLocation: place(label, sources),
          })),
        }),
  };
}

function place({ span }: Label, sources: Sources): unknown {
  const source = sources.get(span.file);
  const start = source?.position(span.start) ?? { line: 1, column: 1 };
  const end = source?.position(span.end) ?? start;
  return {
    artifactLocation: { uri: encodeURI(span.file.toWellFormed()) },
    region: {
      startLine: start.line,
      startColumn: start.column,
      endLine: end.line,
      endColumn: end.column,
    },
  };
}

/** `::error file=…,line=…,col=…,title=…::message`, a line each. */
export function renderGithub(diagnostics: readonly Diagnostic[], sources: Sources): string {
  return diagnostics
    .map(({ code, severity, title, primary, help }) => {
      const { span } = primary;
      const { line, column } = sources.get(span.file)?.position(span.start) ?? {
        line: 1,
        column: 1,
      };
      const properties = `file=${property(span.file)},line=${line},col=${column},title=${code}`;
      return `::${severity} ${properties}::${message(help === undefined ? title : `${title}\n${help}`)}\n`;
    })
    .join("");
}

/** A line end is the only character of its kind that a command can hold. */
function message(text: string): string {
  const lines = text.split("\n").map(printable);
  return lines.join("\n").replaceAll("%", "%25").replaceAll("\n", "%0A");
}

function property(text: string): string {
  return message(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
