// What the fields of a request may be: tables, and the words in which the API says that one is something else.

export interface Json {
  readonly [key: string]: unknown;
}

/** What is wrong with a value, if anything is. */
type Check = (value: unknown) => string | undefined;

/** The fields of an object: those it must have, those it may. */
export interface Shape {
  readonly required: { readonly [field: string]: Check };
  readonly optional: { readonly [field: string]: Check };
}

export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function check(isRight: (value: unknown) => boolean, message: string): Check {
  return (value) => (isRight(value) ? undefined : message);
}

/** Null says the same as absence. */
function orNull(inner: Check): Check {
  return (value) => (value === null ? undefined : inner(value));
}

const string = check((value) => typeof value === "string", "Input should be a valid string");
const name = check(
  (value) => typeof value === "string" && value !== "",
  "String should have at least 1 character",
);
const id = check(
  (value) => typeof value === "string" && /^[a-zA-Z0-9_-]+$/.test(value),
  "String should match pattern '^[a-zA-Z0-9_-]+$'",
);
const boolean = check((value) => typeof value === "boolean", "Input should be a valid boolean");
const number = check((value) => typeof value === "number", "Input should be a valid number");
const object = check(isObject, "Input should be an object");
const list = check(Array.isArray, "Input should be a valid list");
const strings = check(
  (value) => Array.isArray(value) && value.every((item) => typeof item === "string"),
  "Input should be a valid list of strings",
);
const count = check(
  (value) => Number.isSafeInteger(value) && Number(value) > 0,
  "Input should be greater than or equal to 1",
);
const text = check(
  (value) => typeof value === "string" || Array.isArray(value),
  "Input should be a valid string or a valid list",
);

/** Of both operations that take messages. */
const PROMPT: Shape = {
  required: { model: name, messages: list },
  optional: {
    billing_policy: orNull(object),
    cache_control: orNull(object),
    compaction: orNull(object),
    context_management: orNull(object),
    mcp_servers: list,
    output_config: object,
    output_format: orNull(object),
    speed: orNull(string),
    system: text,
    thinking: object,
    tool_choice: object,
    tools: list,
    user_profile_id: orNull(string),
    workspace_id: orNull(string),
  },
};

export const BODIES: { readonly [operation in "messages" | "count_tokens"]: Shape } = {
  count_tokens: PROMPT,
  messages: {
    required: { ...PROMPT.required, max_tokens: count },
    optional: {
      ...PROMPT.optional,
      container: orNull(
        check(
          (value) => typeof value === "string" || isObject(value),
          "Input should be a valid string or an object",
        ),
      ),
      diagnostics: orNull(object),
      fallback_credit_token: orNull(string),
      fallbacks: orNull(list),
      inference_geo: orNull(string),
      metadata: object,
      service_tier: string,
      stop_sequences: strings,
      stream: boolean,
      thread: orNull(object),
    },
  },
};

/** Taken until October 2026. */
export const SAMPLING: Shape["optional"] = { temperature: number, top_k: number, top_p: number };

const SPOKEN: Shape = { required: { role: string, content: text }, optional: {} };

/** A message of each role. */
export const MESSAGES: { readonly [role: string]: Shape } = {
  user: SPOKEN,
  assistant: SPOKEN,
  system: {
    required: { role: string },
    optional: { content: text, clear_at: orNull(string), output_config: orNull(object) },
  },
};

export const TOOL: Shape = {
  required: { name: id, input_schema: object },
  optional: {
    type: orNull(string),
    allowed_callers: list,
    cache_control: orNull(object),
    defer_loading: boolean,
    description: string,
    eager_input_streaming: orNull(boolean),
    input_examples: list,
    strict: boolean,
  },
};

interface BlockShape extends Shape {
  /** Whose messages may have it. */
  readonly roles: readonly string[];
}

const EITHER = ["user", "assistant"];
const cached: Shape["optional"] = { cache_control: orNull(object) };

/** The blocks whose fields are checked. */
export const BLOCKS: { readonly [type: string]: BlockShape } = {
  text: {
    required: { text: string },
    optional: { ...cached, citations: orNull(list) },
    roles: [...EITHER, "system"],
  },
  image: { required: { source: object }, optional: cached, roles: ["user"] },
  document: {
    required: { source: object },
    optional: {
      ...cached,
      citations: orNull(object),
      context: orNull(string),
      title: orNull(string),
    },
    roles: EITHER,
  },
  search_result: {
    required: { source: string, title: string, content: list },
    optional: { ...cached, citations: object },
    roles: ["user"],
  },
  thinking: {
    required: { thinking: string, signature: name },
    optional: {},
    roles: ["assistant"],
  },
  redacted_thinking: { required: { data: name }, optional: {}, roles: ["assistant"] },
  tool_use: {
    required: { id, name, input: object },
    optional: { ...cached, caller: object, toolset_name: orNull(string) },
    roles: ["assistant"],
  },
  tool_result: {
    required: { tool_use_id: id },
    optional: { ...cached, content: text, is_error: boolean, toolset_name: orNull(string) },
    roles: ["user"],
  },
};

/** Blocks that are taken as they are: what servers' own tools leave behind. */
export const OTHER_BLOCKS: ReadonlySet<string> = new Set([
  "advisor_tool_result",
  "bash_code_execution_tool_result",
  "code_execution_tool_result",
  "compaction",
  "container_upload",
  "fallback",
  "mcp_tool_listing",
  "mcp_tool_result",
  "mcp_tool_use",
  "server_tool_use",
  "text_editor_code_execution_tool_result",
  "tool_addition",
  "tool_removal",
  "tool_search_tool_result",
  "web_fetch_tool_result",
  "web_search_tool_result",
]);

/** What an object's fields are wrong in, each with the way to it. */
export function* fieldProblems(value: Json, shape: Shape, path: string): Generator<string> {
  const at = (field: string): string => (path === "" ? field : `${path}.${field}`);
  for (const field of Object.keys(shape.required))
    if (!Object.hasOwn(value, field)) yield `${at(field)}: Field required`;
  for (const [field, held] of Object.entries(value)) {
    const known = [shape.required, shape.optional].find((fields) => Object.hasOwn(fields, field));
    const problem = known === undefined ? "Extra inputs are not permitted" : known[field]?.(held);
    if (problem !== undefined) yield `${at(field)}: ${problem}`;
  }
}
