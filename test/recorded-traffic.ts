// Recorded traffic of real Bedrock: what was asked and answered, of the operations and model families that are read.

import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { type BedrockCall, callOf, isRead } from "./bedrock-call.ts";
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
  readonly call: BedrockCall;
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
  const call = callOf(line.method, new URL(line.uri).pathname);
  if (call === undefined || line.status !== 200 || !isRead(call)) return [];
  const { requestBody = "", responseBodyBase64 = "" } = line;
  return [
    {
      file: line.file,
      call,
      request: requestBody === "" ? undefined : requestBody,
      response: Buffer.from(responseBodyBase64, "base64"),
      isEdited: EDITED.test(line.file),
    },
  ];
}
