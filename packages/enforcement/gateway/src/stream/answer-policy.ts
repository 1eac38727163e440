// What the policy says of a streamed answer so far. It is asked again whenever something it can see has changed,
// and an answer it gives that differs from the one on record is recorded before anything it is about may leave.

import { type Finding, UNINSPECTED } from "@writ/classifier";
import type { Usage } from "@writ/surface";
import type { Answered, Refused } from "../call.ts";
import { type Decided, decide } from "../decide.ts";
import type { Ending } from "../ending.ts";
import { type DecisionRecordOptions, decisionRecord } from "../records.ts";
import { deniedBy, recordOrRefuse } from "../refuse.ts";
import type { Services } from "../services.ts";
import { FindingTally } from "../tally.ts";
import type { StreamDigests } from "./digests.ts";

export class AnswerPolicy {
  readonly #call: Answered;
  readonly #services: Services;
  readonly #digests: StreamDigests;
  readonly #tally = new FindingTally();
  /** Labels that come from no recogniser. */
  readonly #labels: string[] = [];
  #decided: Decided | undefined;
  /** Something was found since. */
  #isStale = false;
  /** What the newest record says, as far as it bears on what leaves. */
  #onRecord = "";
  usage: Usage | undefined;
  redactionCount = 0;
  /** Cut by the limit of tokens, and left out. */
  droppedToolCalls = 0;

  constructor(call: Answered, services: Services, digests: StreamDigests) {
    this.#call = call;
    this.#services = services;
    this.#digests = digests;
  }

  /** Labels to mask, as last decided. */
  get redactions(): ReadonlySet<string> {
    return new Set(this.#decided?.decision.redactions);
  }

  /** The newest decision. */
  get decided(): Decided {
    if (this.#decided === undefined) throw new Error("the policy has not been asked yet");
    return this.#decided;
  }

  /** The decision that an answer may come at all. */
  open(): Promise<Refused | undefined> {
    return this.#ask();
  }

  /** More was found; undefined when the answer may go on. */
  learn(where: string, findings: readonly Finding[]): void {
    this.#tally.add(where, findings);
    this.#isStale ||= findings.length > 0;
  }

  /** Something came that no recogniser reads. */
  learnOpaque(): void {
    if (this.#labels.length > 0) return;
    this.#labels.push(UNINSPECTED);
    this.#isStale = true;
  }

  /** Asks again if there is anything new. */
  async settle(): Promise<Refused | undefined> {
    return this.#isStale ? this.#ask() : undefined;
  }

  async #ask(): Promise<Refused | undefined> {
    this.#isStale = false;
    const decided = this.#decide();
    if (decided.decision.effect === "deny") return this.end("denied", deniedBy(decided));
    const outcome = [...this.#tally.labels, "|", ...decided.decision.redactions].join(" ");
    if (outcome === this.#onRecord) return undefined;
    const unrecorded = await this.#record(decided, {});
    if (unrecorded === undefined) this.#onRecord = outcome;
    return unrecorded;
  }

  /** The last decision and the record that closes the answer; undefined when its closing frames may leave. */
  async close(ending: Ending): Promise<Refused | undefined> {
    const decided = this.#decide();
    if (ending === "complete" && decided.decision.effect === "deny")
      return this.end("denied", deniedBy(decided));
    return this.#record(decided, { ending });
  }

  /** Closes the answer with a refusal, which is the gateway's own where the policy has not denied. */
  async end(ending: Ending, refusal: Refused): Promise<Refused> {
    const isOwn =
      refusal.decisionId === undefined || refusal.decisionId !== this.#decided?.decisionId;
    const decided = isOwn ? this.#decide() : (this.#decided as Decided);
    const closed = { decisionId: decided.decisionId, ...refusal };
    return (await this.#record(decided, { ending, refusal: closed })) ?? closed;
  }

  #decide(): Decided {
    this.#decided = decide(this.#call, this.#services, {
      stage: "response",
      findings: this.#tally,
      labels: this.#labels,
    });
    return this.#decided;
  }

  #record(decided: Decided, options: Partial<DecisionRecordOptions>): Promise<Refused | undefined> {
    const record = decisionRecord(this.#call, {
      decided,
      classifier: this.#services.classifier.version,
      findings: this.#tally,
      ...this.#digests.soFar(),
      redactionCount: this.redactionCount,
      droppedToolCalls: this.droppedToolCalls,
      upstream: this.#call.upstream,
      ...(this.usage === undefined ? {} : { usage: this.usage }),
      ...options,
    });
    return recordOrRefuse(this.#services, record);
  }
}
