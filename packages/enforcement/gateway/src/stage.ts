// What a stage is. Stages are put in order by their types: each takes what the one before returned.

import type { Refused } from "./call.ts";
import type { Services } from "./services.ts";

/** `answered`: the stage has answered the client itself. */
export type StageResult<Out> = Out | Refused | "answered";

export type Stage<In extends object, Out extends object> = (
  call: In,
  services: Services,
) => StageResult<Out> | Promise<StageResult<Out>>;

/** These stages, in this order: its type says that none can run before its facts exist. */
export function inOrder<
  A extends object,
  B extends object,
  C extends object,
  D extends object,
  E extends object,
  F extends object,
  G extends object,
  H extends object,
  I extends object,
  J extends object,
  K extends object,
  L extends object,
  M extends object,
>(
  all: readonly [
    Stage<A, B>,
    Stage<B, C>,
    Stage<C, D>,
    Stage<D, E>,
    Stage<E, F>,
    Stage<F, G>,
    Stage<G, H>,
    Stage<H, I>,
    Stage<I, J>,
    Stage<J, K>,
    Stage<K, L>,
    Stage<L, M>,
    Stage<M, object>,
  ],
): readonly Stage<never, object>[] {
  return all;
}
