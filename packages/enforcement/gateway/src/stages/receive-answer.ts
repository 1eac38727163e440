// A whole answer, within its limits, that can be read in one way.

import { type Answered, establish, type ReadAnswer, type Refused } from "../call.ts";
import type { Stage } from "../stage.ts";
import { brokenOff, unreadableAnswer } from "../upstream.ts";

export const receiveAnswer: Stage<Answered, ReadAnswer> = async (call, services) => {
  const { request, surface, target, upstream } = call;
  const answerBody = await readBody(call, services.config.limits.bodyBytes);
  if (!Buffer.isBuffer(answerBody)) return { ...answerBody, upstream };
  const answer = surface.readAnswer(target, request, answerBody);
  return answer.ok ? establish(call, { answerBody, answer }) : unreadableAnswer(upstream);
};

async function readBody(call: Answered, limit: number): Promise<Buffer | Refused> {
  const { body } = call.response;
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > limit) {
        body.destroy();
        return tooLarge(limit);
      }
      chunks.push(chunk);
    }
  } catch (error) {
    return brokenOff(call, error);
  }
  return Buffer.concat(chunks, size);
}

function tooLarge(limit: number): Refused {
  return {
    code: "upstream_failed",
    message: `the model's answer is larger than the ${limit} bytes this gateway inspects`,
    ending: "refused",
  };
}
