// Labels for every text of a whole answer.

import { type ClassifiedAnswer, establish, type ReadAnswer } from "../call.ts";
import { classifyContent } from "../inspect.ts";
import type { Stage } from "../stage.ts";

export const classifyAnswer: Stage<ReadAnswer, ClassifiedAnswer> = async (call, { classifier }) =>
  establish(call, {
    answerFindings: await classifyContent(call.answer.content.segments, classifier),
  });
