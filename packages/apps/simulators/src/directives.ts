// What a prompt tells a simulator to do: directives in double brackets in the last user text. Without one
// it answers with what it was asked.

export interface Directives {
  readonly text: string;
  readonly tool?: { readonly name: string; readonly input: unknown };
  /** Characters a delta. */
  readonly chunkSize: number;
  readonly delayMs: number;
  /** How the answer goes wrong, if it does. */
  readonly failure?: "cut" | "reset" | "hang" | "refuse" | "throttle" | "error";
  /** An exception frame in the middle of a stream. */
  readonly exception?: string;
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
  return {
    text: said,
    chunkSize: Math.max(1, Number(directives.get("chunks") ?? 7) || 7),
    delayMs: Math.min(5_000, Number(directives.get("slow") ?? 0) || 0),
    ...(tool === null ? {} : { tool: { name: tool[1] ?? "", input: parse(tool[2] ?? "") } }),
    ...(failure === undefined ? {} : { failure }),
    ...(exception === undefined ? {} : { exception }),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
