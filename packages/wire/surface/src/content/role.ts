// The two things that a shape says of a place: whose words it holds, or why nobody can read it.

/** What part a text plays in a call. */
export type Role =
  | "system"
  | "user"
  | "assistant"
  | "thinking"
  | "tool_definition"
  | "tool_use"
  | "tool_result"
  | "document"
  | "control"
  | "other";

/** `input.request.opaque`: what kind of content no recogniser reads. */
export type OpaqueKind =
  | "image"
  | "audio"
  | "video"
  | "pdf"
  | "document"
  | "file_reference"
  | "stored_conversation"
  | "encrypted_reasoning"
  | "remote_tools"
  | "unknown";
