// A record of the audit log in words: who, what, the answer and why, by which rule at which line.

import { type LoggedRecord, visible } from "./audit-log.ts";

type Say = (record: LoggedRecord) => readonly string[];

/** What is said of a record, in this order; what a record does not have is left out. */
const SECTIONS: readonly (readonly [name: string, say: Say])[] = [
  ["when", sayWhen],
  ["who", sayWho],
  ["what", sayWhat],
  ["action", (record) => phrase(members(record["action"], "kind", "name", "parameters"))],
  ["answer", sayAnswer],
  ["why", sayReasons],
  ["rules", sayRules],
  ["labels", (record) => phrase(texts(record["labels"]).join(", "))],
  ["found", sayFindings],
  ["masked", sayMasks],
  ["must", (record) => list(at(record, "decision", "obligations")).map((each) => compact(each))],
  [
    "errors",
    (record) =>
      list(at(record, "decision", "errors")).map((each) =>
        members(each, "code", "message", "pointer"),
      ),
  ],
  ["upstream", (record) => phrase(members(record["upstream"], "status", "requestId"))],
  ["usage", (record) => phrase(pairs(record["usage"]))],
  ["ended", (record) => phrase(text(record["ending"]).replaceAll("_", " "))],
  [
    "policy",
    (record) =>
      phrase(
        named("revision", at(record, "policy", "revision")),
        text(at(record, "policy", "hash")),
      ),
  ],
  ["classifier", (record) => phrase(text(record["classifier"]))],
  [
    "digests",
    (record) => entries(record["digests"]).map(([name, digest]) => `${name} ${text(digest)}`),
  ],
];

const WIDTH = 12;

export function describeRecord(record: LoggedRecord): string {
  const title = `${text(record["type"])} ${text(record["id"])}`;
  const lines = SECTIONS.flatMap(([name, say]) =>
    say(record)
      .filter((line) => line !== "")
      .map((line, index) => `  ${(index === 0 ? name : "").padEnd(WIDTH)}${visible(line)}`),
  );
  return `${[visible(title), ...lines].join("\n")}\n`;
}

/** One line for a table: place, time, type, stage, answer, caller, operation and model, id. */
export function tableRow(record: LoggedRecord): string {
  const cells: readonly (readonly [cell: string, width: number])[] = [
    [text(record["seq"]), 8],
    [text(record["time"]), 25],
    [text(record["stage"]) || text(record["type"]), 17],
    [shortAnswer(record), 12],
    [callerOf(record) || "-", 34],
    [[text(record["operation"]), text(record["model"])].filter(Boolean).join(" ") || "-", 50],
    [text(record["id"]), 0],
  ];
  return `${cells
    .map(([cell, width]) => visible(cell).padEnd(width))
    .join(" ")
    .trimEnd()}\n`;
}

function shortAnswer(record: LoggedRecord): string {
  const status = text(at(record, "refusal", "status"));
  const effect = text(at(record, "decision", "effect"));
  return [effect, status].filter(Boolean).join(" ") || "-";
}

function callerOf(record: LoggedRecord): string {
  return text(at(record, "identity", "subject")) || text(at(record, "identity", "arn"));
}

function sayWhen(record: LoggedRecord): readonly string[] {
  const place = `record ${text(record["seq"])} of ${text(record["node"])}`;
  const stage = text(record["stage"]);
  return phrase(
    text(record["decidedAt"]) || text(record["time"]),
    stage === "" ? "" : `${stage} stage`,
    named("call", record["call"]),
    place,
  );
}

function sayWho(record: LoggedRecord): readonly string[] {
  const identity = record["identity"];
  const from = named("from", record["sourceIp"]);
  if (record["type"] !== "decision" && record["type"] !== "refusal") return [];
  if (identity === undefined) return phrase("nobody who proved who they are", from);
  return [
    ...phrase(text(at(identity, "arn")), named("access key", at(identity, "accessKeyId")), from),
    ...phrase(
      named("subject", at(identity, "subject")),
      named("tenant", at(identity, "tenant")),
      named("groups", texts(at(identity, "groups")).join(", ")),
      named("roles", texts(at(identity, "roles")).join(", ")),
      named("proved by", at(identity, "assurance")),
    ),
  ];
}

function sayWhat(record: LoggedRecord): readonly string[] {
  return phrase(
    named("surface", record["surface"]),
    text(record["operation"]),
    named("model", record["model"]),
    record["stream"] === true ? "streamed" : "",
  );
}

function sayAnswer(record: LoggedRecord): readonly string[] {
  const effect = text(at(record, "decision", "effect"));
  const refusal = members(record["refusal"], "status", "code");
  return phrase(effect, refusal === "" ? "" : `refused with ${refusal}`);
}

function sayReasons(record: LoggedRecord): readonly string[] {
  const reasons = list(at(record, "decision", "reasons")).map((reason) => {
    const code = text(at(reason, "code"));
    return `${text(at(reason, "message"))}${code === "" ? "" : ` (${code})`}`;
  });
  const isUnmatched =
    at(record, "decision", "effect") === "deny" &&
    reasons.length === 0 &&
    list(at(record, "decision", "errors")).length === 0;
  return [
    ...reasons,
    text(at(record, "refusal", "message")),
    isUnmatched ? "no rule allows it" : "",
  ];
}

function sayRules(record: LoggedRecord): readonly string[] {
  const rules = list(at(record, "decision", "rules"));
  const count = at(record, "decision", "ruleCount");
  const more = typeof count === "number" ? count - rules.length : 0;
  const lines = rules.map((rule) => {
    const place = `${text(at(rule, "file"))}:${text(at(rule, "line"))}`;
    const id = text(at(rule, "id"));
    return `${text(at(rule, "kind"))} ${place} ${text(at(rule, "rule"))}${id === "" ? "" : ` (${id})`}`;
  });
  return more > 0 ? [...lines, `and ${more} more`] : lines;
}

function sayFindings(record: LoggedRecord): readonly string[] {
  return list(record["findings"]).map(
    (finding) =>
      `${text(at(finding, "label"))}: ${text(at(finding, "count"))}, ${members(finding, "tier", "recogniser")}`,
  );
}

function sayMasks(record: LoggedRecord): readonly string[] {
  const labels = texts(at(record, "decision", "redactions")).join(", ");
  const count = record["redactionCount"];
  if (typeof count !== "number" || (count === 0 && labels === "")) return [];
  return phrase(
    `${count} ${count === 1 ? "value" : "values"}`,
    labels === "" ? "" : `of ${labels}`,
  );
}

/** One line of the parts that say something; none where none does. */
function phrase(...parts: readonly string[]): readonly string[] {
  const said = parts.filter((part) => part !== "");
  return said.length === 0 ? [] : [said.join("; ")];
}

function named(name: string, value: unknown): string {
  return text(value) === "" ? "" : `${name} ${text(value)}`;
}

function at(value: unknown, ...keys: readonly string[]): unknown {
  let found = value;
  for (const key of keys) {
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, key)) return undefined;
    found = (found as { readonly [key: string]: unknown })[key];
  }
  return found;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function texts(value: unknown): readonly string[] {
  return list(value).map(text);
}

function entries(value: unknown): readonly (readonly [string, unknown])[] {
  return typeof value === "object" && value !== null ? Object.entries(value) : [];
}

function pairs(value: unknown): string {
  return entries(value)
    .map(([name, each]) => `${name} ${text(each)}`)
    .join(", ");
}

function members(value: unknown, ...keys: readonly string[]): string {
  return keys
    .map((key) => text(at(value, key)))
    .filter((each) => each !== "")
    .join(" ");
}

function text(value: unknown): string {
  if (value === undefined || value === null) return "";
  return typeof value === "object" ? compact(value) : String(value);
}

function compact(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}
