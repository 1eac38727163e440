// Which formats of `sprintf` cannot fail, whatever they are given.

/** A width or precision may be too much, and `*` takes one from the values. */
const SIZED = /%[^%a-zA-Z]*(?:\*|\d{4})/;

export function formatsAnything(format: string): boolean {
  return !SIZED.test(format);
}
