// What a part of a rule says, as text: the same for parts that differ only in where they stand and in what
// their variables are called.

/** Equal for equal parts; `parts` are of the typed IR. */
export function ruleKey(parts: unknown): string {
  const numbers = new Map<number, number>();
  return JSON.stringify(parts, (name, value: unknown) => {
    if (name === "span" || name === "type") return undefined;
    // The other numbers are written as text: a number under these names is a variable.
    const isVariable =
      typeof value === "number" && (name === "id" || name === "key" || name === "value");
    if (!isVariable) return value;
    const number = numbers.get(value) ?? numbers.size;
    numbers.set(value, number);
    return number;
  });
}
