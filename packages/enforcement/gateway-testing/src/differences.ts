// What was received against what a case expects of it: of objects at least these members, of lists exactly these
// items, of texts between slashes what fits the pattern; `null` is nothing, said or not.

/** In words, each with its place; none where everything is as expected. */
export function differences(expected: unknown, received: unknown, at: string): readonly string[] {
  if (Array.isArray(expected)) return differencesInList(expected, received, at);
  if (typeof expected === "object" && expected !== null)
    return differencesInObject(expected, received, at);
  const isExpected =
    patternOf(expected)?.test(String(received)) ?? Object.is(expected, received ?? null);
  return isExpected ? [] : [`${at}: ${show(received)} is not ${show(expected)}`];
}

function patternOf(expected: unknown): RegExp | undefined {
  return typeof expected === "string" && /^\/.*\/$/s.test(expected)
    ? new RegExp(expected.slice(1, -1), "s")
    : undefined;
}

function differencesInList(
  expected: readonly unknown[],
  received: unknown,
  at: string,
): readonly string[] {
  if (!Array.isArray(received)) return [`${at}: ${show(received)} is no list`];
  const count = `${at}: has ${received.length} and not ${expected.length}: ${show(received)}`;
  return [
    ...(received.length === expected.length ? [] : [count]),
    ...expected.flatMap((item, index) =>
      index < received.length ? differences(item, received[index], `${at}[${index}]`) : [],
    ),
  ];
}

function differencesInObject(expected: object, received: unknown, at: string): readonly string[] {
  if (typeof received !== "object" || received === null || Array.isArray(received))
    return [`${at}: ${show(received)} is no object`];
  return Object.entries(expected).flatMap(([name, value]) =>
    differences(value, (received as { readonly [name: string]: unknown })[name], `${at}.${name}`),
  );
}

const MAX_SHOWN = 600;

function show(value: unknown): string {
  return (JSON.stringify(value) ?? String(value)).slice(0, MAX_SHOWN);
}
