// Each tool call is answered in the message that follows, and nothing else is: what a gateway breaks when it takes
// a call or its result out of a conversation.

import type { Json } from "./shapes.ts";

interface Turn {
  readonly role: unknown;
  /** Where its last message stands. */
  readonly index: number;
  readonly calls: readonly string[];
  readonly results: readonly string[];
}

export function* pairingProblems(messages: readonly Json[]): Generator<string> {
  const turns = turnsOf(messages);
  for (const [at, turn] of turns.entries()) {
    const calls = turns[at - 1]?.calls ?? [];
    const unasked = turn.results.find((id) => !calls.includes(id));
    if (unasked !== undefined)
      yield `messages.${turn.index}.content: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${unasked}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`;
    const next = turns[at + 1];
    const unanswered = turn.calls.filter((id) => next?.results.includes(id) === false);
    if (unanswered.length > 0)
      yield `messages.${turn.index}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${unanswered.join(", ")}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`;
  }
}

/** Messages of one role in a row are one turn; those of the system stand outside. */
function turnsOf(messages: readonly Json[]): readonly Turn[] {
  const turns: Turn[] = [];
  for (const [index, { role, content }] of messages.entries()) {
    if (role === "system") continue;
    const blocks = Array.isArray(content) ? (content as readonly Json[]) : [];
    const last = turns.at(-1)?.role === role ? turns.pop() : undefined;
    turns.push({
      role,
      index,
      calls: [...(last?.calls ?? []), ...idsOf(blocks, "tool_use", "id")],
      results: [...(last?.results ?? []), ...idsOf(blocks, "tool_result", "tool_use_id")],
    });
  }
  return turns;
}

function idsOf(blocks: readonly Json[], type: string, field: string): readonly string[] {
  return blocks.filter((block) => block["type"] === type).map((block) => String(block[field]));
}
