// What a prompt tells a simulator to do: directives in double brackets in the last user text. Without one
// it answers with what it was asked.

export interface Directives {
  readonly text: string;
  /** What Claude thinks before it says it. */
  readonly thinking?: string;
  readonly tool?: { readonly name: string; readonly input: unknown };
  /** Characters a delta. */
  readonly chunkSize: number;
  readonly delayMs: number;
  /** How the answer goes wrong, if it does. */
  readonly failure?: "cut" | "reset" | "hang" | "refuse" | "throttle" | "error";
  /** An exception frame in the middle of a stream. */
  readonly exception?: string;
}

interface Json {
  readonly [key: string]: unknown;
}

/** The text of the last thing the user said, of a body that has messages. */
export function lastUserText(body: Json): string {
  const messages = Array.isArray(body["messages"]) ? (body["messages"] as Json[]) : [];
  const content = messages.findLast(({ role }) => role === "user")?.["content"];
  if (typeof content === "string") return content;
  return (Array.isArray(content) ? (content as Json[]) : [])
    .map((block) => String(block["text"] ?? ""))
    .join("\n");
}

/** Personal data of nobody, the same every time. */
const PII = "Jane Roe's SSN is 536-90-4399 and her e-mail is jane.roe@example.org.";

export function readDirectives(prompt: string): Directives {
  const directives = new Map(
    [...prompt.matchAll(/\[\[([a-z]+)(?::([\s\S]*?))?\]\]/g)].map((match) => [
      match[1] ?? "",
      match[2] ?? "",
    ]),
  );
  const tool = /^(\S+)\s*([\s\S]*)$/.exec(directives.get("tool") ?? "");
  const plain = prompt.replace(/\[\[[\s\S]*?\]\]/g, "").trim();
  const said =
    directives.get("say") ??
    (directives.has("pii") ? PII : tool === null ? `You said: ${plain}` : "Let me do that.");
  const failure = (["cut", "reset", "hang", "refuse", "throttle", "error"] as const).find((name) =>
    directives.has(name),
  );
  const exception = directives.get("exception");
  const thinking = directives.get("think");
  return {
    text: said,
    chunkSize: Math.max(1, Number(directives.get("chunks") ?? 7) || 7),
    delayMs: Math.min(5_000, Number(directives.get("slow") ?? 0) || 0),
    ...(tool === null ? {} : { tool: { name: tool[1] ?? "", input: parse(tool[2] ?? "") } }),
    ...(failure === undefined ? {} : { failure }),
    ...(thinking === undefined ? {} : { thinking }),
    ...(exception === undefined ? {} : { exception }),
  };
}

/** A text in deltas; nothing is one empty delta. */
export function pieces(text: string, size: number): readonly string[] {
  const found: string[] = [];
  for (let at = 0; at < text.length; at += size) found.push(text.slice(at, at + size));
  return found.length === 0 ? [""] : found;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
