// Recorded traffic of real Bedrock: what was asked and answered, of the operations and model families that are read.

import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import {
  describeModel,
  type ModelDescription,
  matchOperation,
  type OperationMatch,
} from "@writ/protocol";
import { bodyFormat } from "../packages/wire/protocol/src/bedrock/body.ts";
import { sharedPath } from "./shared-data.ts";

interface Line {
  readonly method: string;
  readonly uri: string;
  readonly requestBody?: string;
  readonly status: number;
  readonly responseBodyBase64?: string;
  readonly file: string;
}

export interface RecordedExchange {
  /** Where it is from. */
  readonly file: string;
  readonly operation: OperationMatch;
  readonly model: ModelDescription;
  /** Undefined where it was not recorded. */
  readonly request: string | undefined;
  readonly response: Buffer;
  /** Whether its suite made it up or shortened it by hand. */
  readonly isEdited: boolean;
}

const EDITED = /^(otel-js-contrib\/|js:)/;

/** The exchanges that ended well. */
export function readRecorded(): readonly RecordedExchange[] {
  return ["bedrock-recorded", "bedrock-recorded-openinference"].flatMap((name) =>
    gunzipSync(readFileSync(sharedPath(`vectors/recorded/${name}.jsonl.gz`)))
      .toString()
      .trim()
      .split("\n")
      .flatMap((line) => readLine(JSON.parse(line) as Line)),
  );
}

function readLine(line: Line): readonly RecordedExchange[] {
  const match = matchOperation(line.method, new URL(line.uri).pathname);
  const model = match.ok ? describeModel(match.operation.modelId) : undefined;
  if (!match.ok || model === undefined || line.status !== 200) return [];
  if (bodyFormat(match.operation, model) === undefined) return [];
  const { requestBody = "", responseBodyBase64 = "" } = line;
  return [
    {
      file: line.file,
      operation: match.operation,
      model,
      request: requestBody === "" ? undefined : requestBody,
      response: Buffer.from(responseBodyBase64, "base64"),
      isEdited: EDITED.test(line.file),
    },
  ];
}
