// Requests that Node's parser of HTTP/1.1 refuses: there is no request to run the stages on, but there is a
// client, which gets its API's own error, and a refusal, which gets its record.

import { randomUUID } from "node:crypto";
import { STATUS_CODES } from "node:http";
import type { Refusal, Surface } from "@writ/surface";
import { refusalRecord } from "./records.ts";
import { recordOrRefuse } from "./refuse.ts";
import type { Services } from "./services.ts";

const BY_CODE: { readonly [code: string]: Refusal | undefined } = {
  HPE_HEADER_OVERFLOW: {
    code: "invalid_request",
    status: 431,
    message: "the request's headers are larger than this gateway accepts",
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    code: "timeout",
    message: "the request did not arrive in time",
  },
};
const TUNNEL: Refusal = {
  code: "invalid_request",
  status: 405,
  message: "CONNECT is not supported: this is no proxy to other hosts",
};
const UNREADABLE: Refusal = {
  code: "invalid_request",
  message: "the request is not HTTP/1.1 as it should be",
};

/** The whole answer, as bytes of HTTP/1.1, once the refusal is on record. */
export async function refuseMalformed(
  services: Services,
  code: string,
  sourceIp: string,
): Promise<string> {
  const { policyHash: hash, revision } = services.bundle;
  const id = randomUUID();
  // Which API it was meant for nobody can say.
  const surface = services.surfaces.at(-1) as Surface;
  const call = {
    id: randomUUID(),
    surface,
    operation: undefined,
    sourceIp,
    attempt: {},
    forms: [],
  };
  const refusal = code === "CONNECT" ? TUNNEL : (BY_CODE[code] ?? UNREADABLE);
  const record = refusalRecord(call, id, refusal, { hash, revision });
  const refused = (await recordOrRefuse(services, record)) ?? refusal;
  const { status, headers, body } = surface.encodeRefusal(refused, {
    requestId: call.id,
    decisionId: id,
  });
  const lines = Object.entries({ ...headers, connection: "close" }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join("")}\r\n${body.toString()}`;
}
