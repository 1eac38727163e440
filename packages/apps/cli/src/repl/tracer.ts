// What an evaluation tried, as text: each rule and condition on a line, indented under what asked for it,
// with its place, how it came out, and what it gave variables. A condition with several solutions stands once
// for each, with what was tried after it.

import type { Sources } from "@writ/diagnostics";
import {
  type ObservedCondition,
  type Observer,
  type Pattern,
  type Probe,
  QUERY_PACKAGE,
  regoText,
  SILENT_PROBE,
  type SourceRef,
  type Stmt,
  type Value,
} from "@writ/evaluator";
import type { Program } from "@writ/ir";
import { sourceText } from "@writ/workspace";

/** Tries and solutions; what comes after is counted and not kept. */
const MAX_ENTRIES = 2000;
const MAX_TEXT = 72;
const MAX_VALUE = 60;

interface Entry {
  readonly text: string;
  readonly place: string;
  /** Asked for while it was tried. */
  readonly inside: Entry[];
  readonly solutions: { readonly says: string; readonly after: Entry[] }[];
  readonly isRule: boolean;
  hasLeft: boolean;
}

interface Traced {
  readonly text: string;
  readonly source: SourceRef;
  readonly isRule: boolean;
}

export class Tracer {
  readonly #names: ReadonlyMap<string, readonly string[]>;
  readonly #sources: Sources;
  readonly #entries: Entry[] = [];
  /** Where the next entry goes. */
  #into: Entry[] = this.#entries;
  #count = 0;

  constructor(program: Program, sources: Sources) {
    this.#sources = sources;
    this.#names = new Map(program.rules.map(({ id, vars }) => [id, vars.map(({ name }) => name)]));
  }

  observer(): Observer {
    let names: readonly string[] = [];
    return {
      rule: ({ path, id, branch, source }) => {
        names = this.#names.get(id) ?? [];
        // The query is not a rule to its author.
        if (path[0] === QUERY_PACKAGE) return SILENT_PROBE;
        const text = `data.${path.join(".")}${branch === "clause" ? "" : ` (${branch})`}`;
        return this.#probe({ text, source, isRule: true }, (_frame, value) =>
          value === undefined ? "holds" : `is ${showValue(value)}`,
        );
      },
      condition: ({ source, stmts }: ObservedCondition) => {
        const slots = stmts.flatMap(slotsOf).filter((slot) => isVariable(names[slot]));
        const own = slots.map((slot) => [names[slot] ?? "", slot] as const);
        const text = sourceText(source, this.#sources, MAX_TEXT);
        return this.#probe({ text, source, isRule: false }, (frame) =>
          ["holds", ...own.map(([name, slot]) => binding(name, frame[slot] as Value))].join("  "),
        );
      },
    };
  }

  render(): string {
    const lines: { readonly place: string; readonly text: string }[] = [];
    const draw = (entries: readonly Entry[], depth: number): void => {
      for (const entry of entries) {
        const line = (says: string): void => {
          lines.push({ place: entry.place, text: `${"  ".repeat(depth)}${entry.text}  ${says}` });
        };
        const [first, ...others] = entry.solutions;
        if (first === undefined) line(entry.hasLeft ? "fails" : "stops here");
        else line(entry.isRule ? entry.solutions.map(({ says }) => says).join(", ") : first.says);
        draw(entry.inside, depth + 1);
        if (entry.isRule || first === undefined) continue;
        draw(first.after, depth);
        for (const { says, after } of others) {
          line(says);
          draw(after, depth);
        }
      }
    };
    draw(this.#entries, 0);
    const width = Math.max(0, ...lines.map(({ place }) => place.length));
    const more = this.#count - MAX_ENTRIES;
    const text = lines.map(({ place, text: line }) => `${place.padEnd(width)}  ${line}\n`);
    return `${text.join("")}${more > 0 ? `... and ${more} more\n` : ""}`;
  }

  #probe(
    { text, source: { file, line }, isRule }: Traced,
    says: (frame: readonly unknown[], value: Value | undefined) => string,
  ): Probe {
    const place = `${file}:${line}`;
    const open: { readonly entry: Entry; readonly around: Entry[] }[] = [];
    return {
      enter: () => {
        this.#count += 1;
        const entry = { text, place, inside: [], solutions: [], isRule, hasLeft: false };
        if (this.#count <= MAX_ENTRIES) this.#into.push(entry);
        open.push({ entry, around: this.#into });
        this.#into = entry.inside;
      },
      hold: (frame, value) => {
        const solutions = open.at(-1)?.entry.solutions ?? [];
        const after: Entry[] = [];
        this.#count += 1;
        if (this.#count <= MAX_ENTRIES || solutions.length === 0)
          solutions.push({ says: says(frame, value), after });
        this.#into = after;
      },
      retry: () => {
        this.#into = open.at(-1)?.entry.inside ?? this.#into;
      },
      leave: () => {
        const left = open.pop();
        if (left === undefined) return;
        left.entry.hasLeft = true;
        this.#into = left.around;
      },
    };
  }
}

/** Slots that matching a statement sets. */
function slotsOf(stmt: Stmt): readonly number[] {
  if (stmt.op === "match") return patternSlots(stmt.pattern);
  return stmt.op === "scan" ? [...patternSlots(stmt.key), ...patternSlots(stmt.value)] : [];
}

function patternSlots(pattern: Pattern): readonly number[] {
  switch (pattern.op) {
    case "bind":
      return [pattern.slot];
    case "array":
      return pattern.items.flatMap(patternSlots);
    case "object":
      return pattern.entries.flatMap(([, item]) => patternSlots(item));
    default:
      return [];
  }
}

/** Not `_`, and none that the compiler made. */
function isVariable(name: string | undefined): boolean {
  return name !== undefined && name !== "_" && !name.startsWith("$");
}

function binding(name: string, value: Value | undefined): string {
  return value === undefined ? name : `${name} = ${showValue(value)}`;
}

function showValue(value: Value): string {
  const text = regoText(value);
  return text.length > MAX_VALUE ? `${text.slice(0, MAX_VALUE - 1)}…` : text;
}
