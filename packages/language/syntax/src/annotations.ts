// METADATA blocks: comments that begin with `# METADATA` and go on as YAML belong to the package or rule
// that follows them.

import { type Diagnostic, diagnostic, type SourceFile, type Span } from "@writ/diagnostics";
import { parse } from "yaml";
import type { Annotation, Comment, Rule } from "./ast.ts";
import type { ModuleParts } from "./module-parts.ts";

const SCOPES = ["rule", "document", "package", "subpackages"] as const;

export function attachAnnotations(
  source: SourceFile,
  parts: ModuleParts,
  comments: readonly Comment[],
): { readonly parts: ModuleParts; readonly diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  const blocks = findBlocks(source, comments);
  const taken = new Set<Block>();
  const before = (span: Span, from: number): readonly Annotation[] =>
    blocks
      .filter(
        (block) => block.span.start >= from && block.span.end <= span.start && !taken.has(block),
      )
      .flatMap((block) => {
        taken.add(block);
        return readBlock(block, source.file, from === 0 ? "package" : "rule", diagnostics);
      });
  const packageDecl = { ...parts.package, annotations: before(parts.package.span, 0) };
  let from = Math.max(1, packageDecl.span.end);
  const rules = parts.rules.map((rule): Rule => {
    const annotations = before(rule.span, from);
    from = rule.span.end;
    return { ...rule, annotations };
  });
  return { parts: { ...parts, package: packageDecl, rules }, diagnostics };
}

interface Block {
  readonly yaml: string;
  readonly span: Span;
}

function findBlocks({ file, text }: SourceFile, comments: readonly Comment[]): readonly Block[] {
  const blocks: Block[] = [];
  let current: { lines: string[]; start: number; end: number } | undefined;
  const finish = (): void => {
    if (current === undefined) return;
    blocks.push({
      yaml: current.lines.join("\n"),
      span: { file, start: current.start, end: current.end },
    });
    current = undefined;
  };
  for (const comment of comments) {
    const { start, end } = comment.span;
    const isNextLine =
      current !== undefined && /^\r?\n[ \t]*$/.test(text.slice(current.end, start));
    if (!isNextLine) finish();
    if (comment.text.trim() === "# METADATA") {
      finish();
      current = { lines: [], start, end };
    } else if (current !== undefined) {
      current.lines.push(comment.text.replace(/^# ?/, ""));
      current.end = end;
    }
  }
  finish();
  return blocks;
}

function readBlock(
  block: Block,
  file: string,
  fallback: "package" | "rule",
  diagnostics: Diagnostic[],
): Annotation[] {
  const { span } = block;
  const fail = (reason: string): Annotation[] => {
    const start = {
      file,
      start: span.start,
      end: Math.min(span.end, span.start + "# METADATA".length),
    };
    diagnostics.push(diagnostic("E0108", { reason }, start));
    return [];
  };
  let value: unknown;
  try {
    value = parse(block.yaml, { maxAliasCount: 0 });
  } catch (error) {
    const [reason = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
    return fail(/call stack/i.test(reason) ? "it is nested too deeply" : reason.replace(/:$/, ""));
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return fail("it is no mapping");
  const given = (value as { readonly scope?: unknown }).scope;
  // An entrypoint is a document: all the rules of its path.
  const isEntrypoint = (value as { readonly entrypoint?: unknown }).entrypoint === true;
  const unsaid = fallback === "rule" && isEntrypoint ? "document" : fallback;
  const scope = SCOPES.find((name) => name === given) ?? (given === undefined ? unsaid : undefined);
  if (scope === undefined) return fail(`scope must be one of ${SCOPES.join(", ")}`);
  if (isEntrypoint && scope !== "document" && scope !== "package")
    return fail("an entrypoint is a document or a package");
  return [{ scope, value: value as Annotation["value"], span }];
}
