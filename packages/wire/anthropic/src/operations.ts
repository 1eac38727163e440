// The operations of the Messages API, one row each (https://docs.claude.com/en/api/overview). What holds state on the
// other side, where nobody reads it, is known by name and denied.

import type { Operation } from "@writ/surface";

type Row = readonly [method: Operation["method"], path: string, name: string];

const INSPECTED: readonly Row[] = [
  ["POST", "/v1/messages", "CreateMessage"],
  ["POST", "/v1/messages/count_tokens", "CountTokens"],
  ["GET", "/v1/models", "ListModels"],
  ["GET", "/v1/models/:model", "GetModel"],
];

const DENIED: readonly Row[] = [
  ["POST", "/v1/complete", "the Text Completions API"],
  ["POST", "/v1/messages/batches", "CreateMessageBatch"],
  ["GET", "/v1/messages/batches", "ListMessageBatches"],
  ["GET", "/v1/messages/batches/:batch", "GetMessageBatch"],
  ["GET", "/v1/messages/batches/:batch/results", "GetMessageBatchResults"],
  ["POST", "/v1/messages/batches/:batch/cancel", "CancelMessageBatch"],
  ["DELETE", "/v1/messages/batches/:batch", "DeleteMessageBatch"],
  ["POST", "/v1/files", "UploadFile"],
  ["GET", "/v1/files", "ListFiles"],
  ["GET", "/v1/files/:file", "GetFile"],
  ["GET", "/v1/files/:file/content", "DownloadFile"],
  ["DELETE", "/v1/files/:file", "DeleteFile"],
  ["POST", "/v1/skills", "CreateSkill"],
  ["GET", "/v1/skills", "ListSkills"],
];

export const operations: readonly Operation[] = [
  ...INSPECTED.map(([method, path, name]) => ({ method, path, name, stance: "inspect" as const })),
  ...DENIED.map(([method, path, name]) => ({ method, path, name, stance: "deny" as const })),
];
