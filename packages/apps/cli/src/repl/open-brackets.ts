// Whether a text that is being typed goes on in the next line: a bracket, a brace or a raw string is open.
// Each line is read once, however long the text becomes.

const OPENS: { readonly [close: string]: string | undefined } = { ")": "(", "]": "[", "}": "{" };
/** Strings that are closed, a raw one that may not be, and comments as wholes; then single characters. */
const TOKENS = /"(?:[^"\\]|\\.)*"?|`[^`]*`?|#.*|[()[\]{}]/g;

export class OpenBrackets {
  readonly #open: string[] = [];
  #isRaw = false;
  #isWrong = false;

  get isOpen(): boolean {
    return !this.#isWrong && (this.#isRaw || this.#open.length > 0);
  }

  /** Takes the next line. */
  add(line: string): void {
    const end = this.#isRaw ? line.indexOf("`") : -1;
    if (this.#isRaw && end < 0) return;
    this.#isRaw = false;
    for (const [token] of line.slice(end + 1).matchAll(TOKENS)) {
      if (token.startsWith("`")) this.#isRaw = token.length === 1 || !token.endsWith("`");
      else if ("([{".includes(token)) this.#open.push(token);
      // What closes nothing is wrong, and more lines will not help.
      else if (token in OPENS) this.#isWrong ||= this.#open.pop() !== OPENS[token];
    }
  }
}
