// Every diagnostic there is: a permanent code, a kebab name (for suppressing it in a policy), and a title
// made from typed parameters, so that a wrong code or a missing parameter does not compile. Titles are
// lower case, without a final period, with user text in backticks. E01 text, E02 names, E03 types, E04
// meaning, E05 bundles, E06 tests and configuration; W02 names, W04 traps and what is proved, W06 suppressions and
// what a reader of the policies would not see.

interface Named {
  readonly name: string;
}

/** The diagnostics by code. */
export const catalog = {
  E0101: {
    name: "unexpected-text",
    title: (p: { found: string; expected: string }): string =>
      `expected ${p.expected} but found ${p.found}`,
  },
  E0102: { name: "unterminated-string", title: (): string => "a string is not closed" },
  E0103: {
    name: "invalid-escape",
    title: (p: { escape: string }): string => `\`${p.escape}\` is not an escape sequence`,
  },
  E0104: {
    name: "invalid-character",
    title: (p: { character: string }): string => `\`${p.character}\` has no place in Rego`,
  },
  E0105: { name: "missing-if", title: (): string => "missing `if` before the rule body" },
  E0106: {
    name: "nested-too-deeply",
    title: (p: { limit: number }): string => `terms are nested deeper than ${p.limit} levels`,
  },
  E0107: { name: "missing-package", title: (): string => "a module begins with its package" },
  E0108: {
    name: "invalid-annotation",
    title: (p: { reason: string }): string => `the METADATA block is not usable: ${p.reason}`,
  },
  E0109: {
    name: "invalid-number",
    title: (p: { text: string }): string => `\`${p.text}\` is not a number`,
  },
  E0110: { name: "empty-body", title: (): string => "a body needs at least one statement" },
  E0111: {
    name: "head-without-meaning",
    title: (p: Named): string => `rule \`${p.name}\` has neither a value nor a body`,
  },
  E0112: {
    name: "file-too-large",
    title: (p: { limit: number }): string => `a policy file may have at most ${p.limit} bytes`,
  },
  E0120: {
    name: "invalid-yaml",
    title: (p: { reason: string }): string => `this is not YAML: ${p.reason}`,
  },
  E0121: {
    name: "unknown-key",
    title: (p: { key: string; where: string }): string => `${p.where} has no key \`${p.key}\``,
  },
  E0122: {
    name: "missing-key",
    title: (p: { key: string; where: string }): string => `${p.where} needs \`${p.key}\``,
  },
  E0123: {
    name: "wrong-yaml-type",
    title: (p: { what: string; expected: string }): string => `${p.what} must be ${p.expected}`,
  },
  E0124: {
    name: "unknown-operator",
    title: (p: { operator: string }): string => `there is no condition operator \`${p.operator}\``,
  },
  E0125: {
    name: "invalid-json",
    title: (p: { reason: string }): string => `this cannot be read as JSON: ${p.reason}`,
  },

  E0202: {
    name: "unknown-function",
    title: (p: Named): string => `there is no function \`${p.name}\``,
  },
  E0203: {
    name: "unknown-attribute",
    title: (p: { path: string; attribute: string }): string =>
      `\`${p.path}\` has no attribute \`${p.attribute}\``,
  },
  E0204: {
    name: "unsafe-variable",
    title: (p: Named): string => `var \`${p.name}\` is unsafe: nothing gives it a value`,
  },
  E0205: {
    name: "recursive-rule",
    title: (p: { cycle: string }): string =>
      `rule \`${p.cycle.split(" ")[0] ?? ""}\` is recursive: ${p.cycle}`,
  },
  E0206: {
    name: "conflicting-rules",
    title: (p: { path: string; kinds: string }): string => `\`${p.path}\` is defined as ${p.kinds}`,
  },
  E0207: {
    name: "wrong-argument-count",
    title: (p: { name: string; expected: string; found: number }): string =>
      `\`${p.name}\` takes ${p.expected}, not ${p.found}`,
  },
  E0208: {
    name: "assigned-twice",
    title: (p: Named & { meaning: string }): string =>
      `\`${p.name}\` is already ${p.meaning} in this body`,
  },
  E0209: {
    name: "conflicting-imports",
    title: (p: Named): string => `\`${p.name}\` is imported twice`,
  },
  E0210: {
    name: "unknown-document",
    title: (p: { path: string }): string => `\`${p.path}\` is neither a rule nor in the data`,
  },
  E0211: {
    name: "invalid-with-target",
    title: (): string => "`with` replaces `input`, `data` or a function, by a constant path",
  },
  E0212: {
    name: "duplicate-default",
    title: (p: { path: string }): string => `\`${p.path}\` has more than one default`,
  },
  E0214: {
    name: "invalid-import",
    title: (): string => "an import begins with `data`, `input` or `rego`",
  },
  E0215: {
    name: "unknown-schema",
    title: (p: Named): string => `there is no schema \`${p.name}\``,
  },
  E0216: {
    name: "invalid-schema",
    title: (p: { reason: string }): string => `this schema cannot be read: ${p.reason}`,
  },
  E0217: {
    name: "unused-declaration",
    title: (p: Named): string => `\`${p.name}\` is declared and not used`,
  },
  E0218: {
    name: "taken-name",
    title: (p: Named): string => `nothing may be called \`${p.name}\``,
  },
  E0219: {
    name: "deprecated-function",
    title: (p: Named): string => `\`${p.name}\` was removed in Rego v1`,
  },
  E0220: {
    name: "rule-chain-too-long",
    title: (p: { limit: number }): string =>
      `rules refer to each other in a chain of more than ${p.limit}`,
  },
  E0221: {
    name: "not-a-pattern",
    title: (p: { what: string }): string => `${p.what} cannot be given a value`,
  },
  E0222: {
    name: "newer-keyword",
    title: (p: { import: string; keyword: string }): string =>
      `\`import ${p.import}\` gives \`${p.keyword}\` a meaning that is not implemented`,
  },
  W0201: {
    name: "unused-import",
    title: (p: Named): string => `\`${p.name}\` is imported and not used`,
  },
  W0202: {
    name: "unused-variable",
    title: (p: Named): string => `\`${p.name}\` is given a value that is not used`,
  },
  W0203: {
    name: "unused-argument",
    title: (p: Named): string => `the argument \`${p.name}\` is not used`,
  },
  W0204: {
    name: "hidden-function",
    title: (p: Named): string => `a rule called \`${p.name}\` hides the function of that name`,
  },

  E0301: {
    name: "impossible-comparison",
    title: (p: { left: string; right: string }): string =>
      `this comparison never holds: ${p.left} and ${p.right} have no value in common`,
  },
  E0302: {
    name: "wrong-argument-type",
    title: (p: { name: string; index: number; expected: string; found: string }): string =>
      `argument ${p.index} of \`${p.name}\` must be ${p.expected}, not ${p.found}`,
  },
  E0303: {
    name: "outside-vocabulary",
    title: (p: { value: string; what: string }): string => `\`${p.value}\` is not ${p.what}`,
  },
  E0304: {
    name: "not-a-collection",
    title: (p: { found: string }): string => `${p.found} has no members`,
  },
  E0305: {
    name: "pointless-comparison",
    title: (p: { left: string; right: string }): string =>
      `this comparison always holds: ${p.left} and ${p.right} have no value in common`,
  },
  E0306: {
    name: "invalid-pattern",
    title: (p: { value: string; what: string; reason: string }): string =>
      `invalid ${p.what} \`${p.value}\`: ${p.reason}`,
  },

  E0401: {
    name: "decision-not-boolean",
    title: (p: { path: string }): string =>
      `\`${p.path}\` must be true or false, or contain reasons`,
  },
  E0402: {
    name: "decision-not-set",
    title: (p: { rule: string }): string =>
      `\`${p.rule}\` must be written \`${p.rule} contains …\``,
  },
  E0403: {
    name: "invalid-decision-value",
    title: (p: { rule: string; expected: string; found: string }): string =>
      `\`${p.rule}\` contains ${p.expected}, not ${p.found}`,
  },
  E0404: {
    name: "never-holds",
    title: (p: { reason: string }): string => `this can never hold: ${p.reason}`,
  },
  E0405: {
    name: "conflicting-values",
    title: (p: { path: string; one: string; other: string }): string =>
      `\`${p.path}\` can have conflicting values ${p.one} and ${p.other}`,
  },
  W0401: {
    name: "silent-deny",
    title: (p: { path: string }): string => `this rule is silent when \`${p.path}\` is missing`,
  },
  W0402: {
    name: "allowed-when-missing",
    title: (p: { path: string }): string => `this rule allows when \`${p.path}\` is missing`,
  },
  W0403: {
    name: "unequal-to-some",
    title: (): string => "`!=` with `_` asks whether some member differs, not whether all do",
  },
  W0404: {
    name: "ambiguous-equals",
    title: (p: Named): string =>
      `\`=\` gives \`${p.name}\` a value or compares with the one it has`,
  },
  W0405: {
    name: "always-holds",
    title: (p: { reason: string; isNegated: boolean }): string =>
      `${p.reason}: this ${p.isNegated ? "`not` never" : "condition always"} holds`,
  },
  W0406: {
    name: "duplicate-rule",
    title: (p: { path: string }): string => `\`${p.path}\` has this very rule already`,
  },
  W0407: {
    name: "format-mismatch",
    title: (p: { takes: number; given: number }): string =>
      `format string expects ${p.takes} ${p.takes === 1 ? "argument" : "arguments"}, got ${p.given}`,
  },
  W0408: {
    name: "one-is-enough",
    title: (): string => "any single member that is not excluded allows",
  },
  W0409: {
    name: "misspelt-decision",
    title: (p: Named): string => `nothing asks for \`${p.name}\`, and it decides nothing`,
  },
  W0411: {
    name: "unreachable-rule",
    title: (): string => "no input satisfies the conditions of this rule",
  },
  W0412: {
    name: "overridden-allow",
    title: (p: { by: string }): string => `whatever this rule allows is denied, by ${p.by}`,
  },
  W0413: {
    name: "shadowed-rule",
    title: (p: { by: string }): string =>
      `this rule changes nothing: wherever it holds, so does ${p.by}`,
  },
  W0414: {
    name: "redundant-condition",
    title: (p: { condition: string }): string =>
      `redundant condition, implied by the others: ${p.condition}`,
  },
  W0415: {
    name: "unnamed-value",
    title: (p: { what: string; value: string }): string =>
      `no rule names the ${p.what} \`${p.value}\``,
  },
  W0416: {
    name: "unlisted-value",
    title: (p: { what: string; value: string }): string =>
      `no vocabulary lists the ${p.what} \`${p.value}\``,
  },
  W0417: {
    name: "always-allows",
    title: (p: { besides?: string }): string =>
      p.besides === undefined
        ? "this rule always allows"
        : `this rule and ${p.besides} together always allow`,
  },
  W0418: {
    name: "allowed-unless-denied",
    title: (p: { besides?: string }): string =>
      `this rule${p.besides === undefined ? " allows" : ` and ${p.besides} together allow`} whatever no rule denies`,
  },
  W0419: {
    name: "allowed-when-empty",
    title: (p: { path: string; besides?: string }): string => {
      const [, part, ...rest] = p.path.split(".");
      const whom =
        part === "identity"
          ? `callers without ${rest.join(".")}`
          : `whoever calls where \`${p.path}\` is empty`;
      return `this rule${p.besides === undefined ? " allows" : ` and ${p.besides} together allow`} ${whom}`;
    },
  },
  W0420: {
    name: "nothing-allows",
    title: (): string => "no rule of this set can allow, so every call is denied",
  },
  W0421: {
    name: "unknown-obligation",
    title: (p: { what: string }): string =>
      `the gateway does not know the obligation ${p.what}, and denies a call whose obligation it does not know`,
  },
  W0422: {
    name: "order-of-kinds",
    title: (p: { path: string }): string =>
      `\`${p.path}\` need not be a number, and what is none is less or greater than all numbers`,
  },
  W0423: {
    name: "mixed-kinds",
    title: (p: { one: string; other: string }): string =>
      `${p.one} and ${p.other} are of different kinds: one of them is never found where the other is`,
  },

  E0502: {
    name: "path-too-long",
    title: (p: { limit: number }): string =>
      `a policy file's path may have at most ${p.limit} characters`,
  },

  E0503: {
    name: "not-for-bundles",
    title: (p: Named): string =>
      `non-deterministic built-in \`${p.name}\` cannot be used in a policy for the gateway`,
  },
  E0601: {
    name: "invalid-test",
    title: (p: { reason: string }): string => `this test cannot be run: ${p.reason}`,
  },
  E0602: {
    name: "conflicting-data",
    title: (p: { path: string }): string => `\`data.${p.path}\` is given twice`,
  },
  E0603: {
    name: "data-outside-schema",
    title: (p: { path: string; reason: string }): string =>
      `\`${p.path}\` does not fit data.schema.json: ${p.reason}`,
  },
  E0604: {
    name: "rule-over-data",
    title: (p: { path: string }): string =>
      `\`data.${p.path}\` is given by a rule and by a data file`,
  },

  W0601: {
    name: "unused-suppression",
    title: (p: Named): string => `nothing here is suppressed by \`${p.name}\``,
  },
  W0602: {
    name: "suppression-without-reason",
    title: (p: Named): string => `say why \`${p.name}\` may stand`,
  },
  W0603: {
    name: "file-not-read",
    title: (p: { why: string }): string => `this file is not read: ${p.why}`,
  },
  W0604: {
    name: "unseen-character",
    title: (p: { character: string }): string =>
      `here is ${p.character}, which is not seen or changes how the line looks`,
  },
  W0605: {
    name: "look-alike",
    title: (p: { word: string; character: string; code: string }): string =>
      `\`${p.word}\` is not what it looks like: \`${p.character}\` is ${p.code}`,
  },
  W0606: {
    name: "rule-only-in-tests",
    title: (p: { path: string }): string =>
      `\`${p.path}\` is given by a test file, which no bundle has`,
  },
} as const;

/** `E0203`, …: permanent, never given to something else. */
export type DiagnosticCode = keyof typeof catalog;
/** What a code's title is made from; nothing, for some. */
export type DiagnosticParams<Code extends DiagnosticCode> =
  Parameters<(typeof catalog)[Code]["title"]> extends [infer Params]
    ? Params
    : Record<string, never>;
