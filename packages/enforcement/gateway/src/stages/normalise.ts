// What is asked, of which model: the request in the one form that classification and policy understand. What cannot
// be read is refused rather than guessed at.

import { type Authenticated, establish, type Normalised } from "../call.ts";
import type { Stage } from "../stage.ts";

export const normalise: Stage<Authenticated, Normalised> = (call) => {
  const { body, rawHeaders, surface, target } = call;
  const read = surface.readRequest({ target, rawHeaders, body });
  return read.ok ? establish(call, { request: read.request }) : read.refusal;
};
