// Where in a text the characters of its view are. Most follow each other as in the text, so only the
// places where that is not so are kept.

export class Places {
  /** From these characters of the view on, … */
  #views: number[] = [0];
  /** … text stands here, … */
  #starts: number[] = [0];
  /** … so many characters of it for each. */
  #widths: number[] = [1];

  /** Sets where a character is; those that follow it are next to it until another position is set. */
  add(view: number, start: number, width: number): void {
    const last = this.#views.length - 1;
    if (width === 1 && this.#widths[last] === 1 && this.startOf(view) === start) return;
    this.#views.push(view);
    this.#starts.push(start);
    this.#widths.push(width);
  }

  startOf(view: number): number {
    const index = this.#find(view);
    const width = this.#widths[index] ?? 1;
    return (this.#starts[index] ?? 0) + (view - (this.#views[index] ?? 0)) * width;
  }

  endOf(view: number): number {
    return this.startOf(view) + (this.#widths[this.#find(view)] ?? 1);
  }

  /** Forgets the positions of characters before this one. */
  forgetBefore(view: number): void {
    const index = this.#find(view);
    // Moving the rest each time would cost more than keeping it for a while.
    if (index < 64 || index < this.#views.length / 2) return;
    this.#views = this.#views.slice(index);
    this.#starts = this.#starts.slice(index);
    this.#widths = this.#widths.slice(index);
  }

  #find(view: number): number {
    let low = 0;
    let high = this.#views.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#views[middle] ?? 0) <= view) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
