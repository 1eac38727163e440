/** `tool_use`, and `server_tool_use` and `mcp_tool_use`, which the service has carried out itself. */
export function isToolUse(type: string | undefined): boolean {
  return type?.endsWith("tool_use") ?? false;
}
