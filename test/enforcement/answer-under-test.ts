// The stages that an answer goes through, without a gateway around them: a hundred thousand answers in minutes.

import { createSecretKey } from "node:crypto";
import { EventEmitter } from "node:events";
import { Readable } from "node:stream";
import { anthropicMessages } from "@writ/anthropic";
import type { AuditRecord } from "@writ/audit";
import { bedrockRuntime } from "@writ/bedrock-runtime";
import { builtins } from "@writ/builtins";
import { createClassifier } from "@writ/classifier";
import { makeSources } from "@writ/diagnostics";
import { createPolicy, type Policy } from "@writ/evaluator";
import type { ReadRequest, Surface } from "@writ/surface";
import { parseRego } from "@writ/syntax";
import { compileSet } from "@writ/workspace";
import { emptyPolicySet } from "../../packages/apps/cli/src/policy-set.ts";
import { type Answered, isRefused } from "../../packages/enforcement/gateway/src/call.ts";
import type { Services } from "../../packages/enforcement/gateway/src/services.ts";
import { classifyAnswer } from "../../packages/enforcement/gateway/src/stages/classify-answer.ts";
import { decideAnswer } from "../../packages/enforcement/gateway/src/stages/decide-answer.ts";
import { receiveAnswer } from "../../packages/enforcement/gateway/src/stages/receive-answer.ts";
import { relay } from "../../packages/enforcement/gateway/src/stages/relay.ts";

export const classifier: Services["classifier"] = createClassifier({
  hashKey: createSecretKey(Buffer.alloc(32, 1)),
});

export type Wire = "bedrock" | "anthropic";

/** What came of an answer. */
export interface AnswerOutcome {
  /** Everything that the client has been sent. */
  readonly bytes: Buffer;
  readonly records: readonly AuditRecord[];
  /** The code of the refusal that the client got instead. */
  readonly refused: string | undefined;
}

const OPTIONS = {
  region: "us-east-1",
  models: {},
  upstream: { url: "https://models.example" },
  credentials: () => "{}",
};
const SURFACES: { readonly [wire in Wire]: Surface } = {
  bedrock: bedrockRuntime.create(OPTIONS),
  anthropic: anthropicMessages.create(OPTIONS),
};
const NAMES: { readonly [wire in Wire]: readonly [whole: string, stream: string] } = {
  bedrock: ["Converse", "ConverseStream"],
  anthropic: ["CreateMessage", "CreateMessage"],
};

export class AnswerUnderTest {
  readonly #policy: Policy;

  constructor(policy: string) {
    const source = { file: "policy.rego", text: policy };
    const { module, diagnostics: found } = parseRego(source);
    const set = {
      ...emptyPolicySet,
      modules: [module],
      sources: makeSources([source]),
      diagnostics: found,
    };
    const { compiled, diagnostics } = compileSet(set, { includeTests: false });
    if (compiled === undefined) throw new Error(JSON.stringify(diagnostics));
    this.#policy = createPolicy(compiled, builtins);
  }

  async stream(wire: Wire, chunks: readonly Buffer[]): Promise<AnswerOutcome> {
    const records: AuditRecord[] = [];
    const sent: Buffer[] = [];
    const call = answered(wire, chunks, sent, true);
    const result = await relay(call, this.#services(records));
    const refused = typeof result === "object" && isRefused(result) ? result.code : undefined;
    return { bytes: Buffer.concat(sent), records, refused };
  }

  async whole(wire: Wire, body: Buffer): Promise<AnswerOutcome> {
    const records: AuditRecord[] = [];
    const services = this.#services(records);
    let known: unknown = answered(wire, [body], [], false);
    for (const stage of [receiveAnswer, classifyAnswer, decideAnswer]) {
      const result = await (stage as (call: never, services: Services) => unknown)(
        known as never,
        services,
      );
      const ended = result as object;
      if (isRefused(ended)) return { bytes: Buffer.alloc(0), records, refused: ended.code };
      known = result;
    }
    return { bytes: (known as { released: Buffer }).released, records, refused: undefined };
  }

  #services(records: AuditRecord[]): Services {
    const limits = { frameBytes: 1 << 20, bodyBytes: 1 << 24, writeTimeoutMs: 1_000 };
    return {
      config: { region: "us-east-1", limits: { ...limits, decisionMs: 10_000 } },
      bundle: { policy: this.#policy, policyHash: "sha256:0", revision: "1" },
      classifier,
      audit: {
        append: async (record: AuditRecord) => {
          // As the log would have it: what is added later is not on record.
          records.push(structuredClone(record));
          return { ok: true };
        },
      },
    } as unknown as Services;
  }
}

function answered(
  wire: Wire,
  chunks: readonly Buffer[],
  sent: Buffer[],
  isStream: boolean,
): Answered {
  const surface = SURFACES[wire];
  const name = NAMES[wire][isStream ? 1 : 0];
  const operation = surface.operations.find((each) => each.name === name);
  const outgoing = Object.assign(new EventEmitter(), {
    headersSent: false,
    setHeader: () => undefined,
    write(bytes: Buffer) {
      outgoing.headersSent = true;
      sent.push(Buffer.from(bytes));
      return true;
    },
    end: () => undefined,
  });
  const request = {
    model: { id: "claude-3-haiku-20240307", provider: "anthropic", family: "claude" },
    stream: isStream,
    content: { segments: [], opaque: [], toolUses: [], tools: [] },
    headers: {},
  } as unknown as ReadRequest;
  return {
    id: "11111111-2222-3333-4444-555555555555",
    surface,
    attempt: {},
    forms: [],
    sourceIp: "127.0.0.1",
    outgoing,
    gone: new AbortController(),
    target: { operation, modelId: "anthropic.claude-3-haiku-20240307-v1:0" },
    identity: {
      iam: { arn: "arn:aws:iam::000000000000:role/r", account: "000000000000" },
      groups: [],
      roles: [],
      claims: {},
      assurance: "signature",
    },
    request,
    response: { status: 200, headers: {}, body: Readable.from(chunks) },
    upstream: { status: 200 },
  } as unknown as Answered;
}
