// Policy sets as commands read them: of a folder of this machine, or of a source that is not one.

import {
  emptyPolicySet as emptySet,
  type FileSource,
  type PolicySet,
  type ReadOptions,
  readPolicySet as readSet,
} from "@writ/workspace";
import { folderSource } from "@writ/workspace/node";
import { environment } from "./environment.ts";

export const emptyPolicySet: PolicySet = emptySet(environment);

export function readPolicySet(from: string | FileSource, options: ReadOptions = {}): PolicySet {
  return readSet(typeof from === "string" ? folderSource(from) : from, environment, options);
}
