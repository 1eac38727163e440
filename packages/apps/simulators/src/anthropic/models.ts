// The catalogue: models by the names of real ones, with dates and limits that are nobody's, a page at a time.

import type { Json } from "./shapes.ts";

const MODELS: readonly (Json & { readonly id: string })[] = (
  [
    ["claude-opus-5-5", "Claude Opus 5.5", "opus", "2026-09-15T00:00:00Z"],
    ["claude-opus-5", "Claude Opus 5", "opus", "2026-06-01T00:00:00Z"],
    ["claude-haiku-4-5-20251001", "Claude Haiku 4.5", "haiku", "2025-10-01T00:00:00Z"],
  ] as const
).map(([id, display_name, line, created_at]) => ({
  type: "model",
  id,
  display_name,
  created_at,
  capabilities: null,
  deprecated_at: null,
  lifecycle: "active",
  line,
  max_input_tokens: 200_000,
  max_tokens: 64_000,
  retires_at: null,
}));

export function findModel(encodedId: string): Json | undefined {
  return MODELS.find(({ id }) => encodeURIComponent(id) === encodedId);
}

/** The page that a query asks for. */
export function modelPage(query: URLSearchParams): Json {
  const limit = Number(query.get("limit") ?? 20);
  const position = (name: string): number => MODELS.findIndex(({ id }) => id === query.get(name));
  const end = query.has("before_id") ? Math.max(0, position("before_id")) : MODELS.length;
  const start = query.has("before_id") ? Math.max(0, end - limit) : position("after_id") + 1;
  const data = MODELS.slice(start, Math.min(end, start + limit));
  return {
    data,
    has_more: query.has("before_id") ? start > 0 : start + data.length < MODELS.length,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
  };
}
