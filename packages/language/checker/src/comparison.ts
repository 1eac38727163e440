// Comparisons whose sides have no value in common: they never hold, or with `!=` always.

import { type Diagnostic, diagnostic, type Span, suggest } from "@writ/diagnostics";
import { alternatives, overlaps, showType, type TermIR, type Type, widen } from "@writ/ir";

export interface Side {
  readonly term: TermIR;
  readonly type: Type;
}

/** `name` is the built-in that compares. Both sides may be one term: a pattern and what it is matched against. */
export function checkComparison(left: Side, right: Side, name: string): Diagnostic | undefined {
  const isEquality = name === "equal" || name === "neq";
  const doOverlap = isEquality
    ? overlaps(left.type, right.type)
    : overlaps(widen(left.type), widen(right.type));
  if (doOverlap) return undefined;
  const outside = isEquality ? outsideVocabulary(left, right) : undefined;
  if (outside !== undefined) return outside;
  const params = { left: showType(left.type), right: showType(right.type) };
  const isMembership = isSet(left) !== isSet(right);
  const help = isMembership
    ? "to ask whether a set has a member, write `member in set`"
    : undefined;
  const span = spanOf(left.term, right.term);
  return diagnostic(name === "neq" ? "E0305" : "E0301", params, span, { help });
}

/** The members of a literal collection that what is looked for can never be: each is a word too many, or mistyped. */
export function checkMembers(item: Side, collection: TermIR): readonly Diagnostic[] {
  const isLiteral = collection.kind === "array" || collection.kind === "set";
  if (!isLiteral || item.term.kind === "string" || !isClosed(item.type)) return [];
  return collection.items.flatMap((member) =>
    member.kind === "string" && !valuesOf(item.type).includes(member.value)
      ? (outsideVocabulary({ term: member, type: member.type }, item) ?? [])
      : [],
  );
}

/** A constant that is none of the words the other side may be. */
function outsideVocabulary(left: Side, right: Side): Diagnostic | undefined {
  const [constant, closed] =
    isClosed(right.type) && left.term.kind === "string" ? [left.term, right] : [right.term, left];
  if (constant.kind !== "string" || !isClosed(closed.type)) return undefined;
  const values = valuesOf(closed.type);
  const near = suggest(constant.value, values);
  const help =
    near === undefined
      ? `it may be ${values.slice(0, 12).join(", ")}${values.length > 12 ? ", …" : ""}`
      : `did you mean \`${near}\`?`;
  const params = { value: constant.value, what: "a value this can have" };
  return diagnostic("E0303", params, constant.span, { help });
}

function valuesOf(type: Type): readonly string[] {
  return alternatives(type).flatMap((option) =>
    option.kind === "string" ? (option.values ?? []) : [],
  );
}

function isClosed(type: Type): boolean {
  return alternatives(type).every(
    (option) => option.kind === "string" && option.values !== undefined,
  );
}

function isSet({ type }: Side): boolean {
  return alternatives(type).every(({ kind }) => kind === "set");
}

function spanOf({ span: a }: TermIR, { span: b }: TermIR): Span {
  return { ...a, start: Math.min(a.start, b.start), end: Math.max(a.end, b.end) };
}
