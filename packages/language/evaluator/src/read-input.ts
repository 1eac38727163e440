// Taking an input in: it is checked against the shape, and what the trees test of it is kept, in one go
// where code can be generated for that. Nothing of an input that does not fit is ever tested.

import { linkShape } from "./conform.ts";
import { generateShape } from "./generate-shape.ts";
import type { InputPaths } from "./input-paths.ts";
import type { Shape } from "./shape.ts";
import type { InputPath } from "./tree.ts";
import type { Value } from "./value.ts";

/** Fills in what the input has at the paths; false when it does not have the shape. */
export function linkInput(shape: Shape, paths: InputPaths): (input: unknown) => boolean {
  const { values } = paths;
  const generated = generateShape(shape, paths.paths);
  const fits = generated?.fits ?? linkShape(shape);
  const unread = generated?.unread ?? [...paths.paths.keys()];
  const reads = unread.map((index) => linkRead(paths.paths[index] as InputPath));
  return (input) => {
    if (!fits(input, values)) return false;
    for (let each = 0; each < unread.length; each += 1)
      values[unread[each] as number] = (reads[each] as Read)(input);
    return true;
  };
}

type Read = (input: unknown) => Value | undefined;

function linkRead(path: InputPath): Read {
  const steps = path.map(linkKey);
  const [first, second, ...rest] = steps;
  if (first === undefined) return (input) => input as Value;
  if (second === undefined) return first;
  if (rest.length === 0) return (input) => second(first(input));
  return (input) => steps.reduce<unknown>((at, step) => step(at), input) as Value | undefined;
}

/** Own properties only: an input key named `constructor` is data, not code; an array has no keys. */
function linkKey(key: string): Read {
  const isInherited = key in Object.prototype || key in Array.prototype || /^\d+$/.test(key);
  return isInherited
    ? (at) =>
        typeof at === "object" && at !== null && !Array.isArray(at) && Object.hasOwn(at, key)
          ? (at as { readonly [key: string]: Value })[key]
          : undefined
    : (at) =>
        typeof at === "object" && at !== null
          ? (at as { readonly [key: string]: Value })[key]
          : undefined;
}
