// Request heads that are refused before anything looks at what they ask. What two readers could take for two
// requests, or for requests to two hosts, is no request here.

/** What a head says, as far as it is the same for every operation. */
export interface RequestHead {
  /** `1.1`, `2.0`. */
  readonly version: string;
  readonly rawHeaders: readonly string[];
}

/** What is wrong with a request, and the status that says so. */
export interface Abnormal {
  readonly status: number;
  readonly problem: string;
}

const HOST = /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/;

type Values = (name: string) => readonly string[];

const ABNORMAL: readonly {
  readonly problem: string;
  readonly status?: number;
  readonly holds: (head: { readonly version: string; readonly values: Values }) => boolean;
}[] = [
  {
    problem: "is of a version of HTTP that this port does not speak",
    // Real HTTP/2 has its method in a header.
    holds: ({ version, values }) =>
      !["1.0", "1.1"].includes(version) && values(":method").length === 0,
  },
  {
    problem: "names no host",
    holds: ({ values }) => values("host").length + values(":authority").length === 0,
  },
  { problem: "names its host twice", holds: ({ values }) => values("host").length > 1 },
  {
    problem: "names a host that is none",
    holds: ({ values }) =>
      ![...values("host"), ...values(":authority")].every((host) => HOST.test(host)),
  },
  {
    problem: "is encoded for its transfer in a way that this port does not read",
    holds: ({ version, values }) =>
      values("transfer-encoding").some(
        (coding) => version !== "1.1" || coding.trim().toLowerCase() !== "chunked",
      ),
  },
  {
    problem: "expects what this port does not do",
    status: 417,
    holds: ({ values }) =>
      values("expect").some((expected) => expected.trim().toLowerCase() !== "100-continue"),
  },
];

/** Undefined for a head that can be read in one way; else what is wrong with it, to follow "the request". */
export function rejectHead({ version, rawHeaders }: RequestHead): Abnormal | undefined {
  const named = new Map<string, string[]>();
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]?.toLowerCase() ?? "";
    named.set(name, [...(named.get(name) ?? []), rawHeaders[at + 1] ?? ""]);
  }
  const values: Values = (name) => named.get(name) ?? [];
  const found = ABNORMAL.find(({ holds }) => holds({ version, values }));
  if (found === undefined) return undefined;
  const { status = 400, problem } = found;
  return { status, problem };
}
