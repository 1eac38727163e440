// Tombstones: codes that were in the catalogue and are gone. A code is permanent, so none of these, nor its name, is
// given to anything else; whoever meets one in an old report learns here what it was.

/** A code that is in the catalogue no longer. */
export interface RetiredCode {
  readonly name: string;
  /** What it reported, as a sentence without its end. */
  readonly meaning: string;
  /** The day since which no checker reports it. */
  readonly since: string;
  /** What reports the mistake now, as a sentence without its end. */
  readonly successor: string;
}

/** The retired codes. */
export const retired: { readonly [code: string]: RetiredCode } = {
  E0201: {
    name: "unknown-name",
    meaning: "a name in a rule that nothing defines",
    since: "2026-11-21",
    successor: "a variable without a value is E0204, a call of an unknown function E0202",
  },
  E0213: {
    name: "invalid-default",
    meaning: "the value of a `default` was not a constant",
    since: "2026-11-21",
    successor: "the parser reports it as E0101",
  },
  E0501: {
    name: "invalid-revision",
    meaning: "the revision of a bundle could not be ordered",
    since: "2026-11-21",
    successor: "`writ build --revision` refuses such a revision; no diagnostic reports it",
  },
};
