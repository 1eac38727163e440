// A bundle for commands that show or try a policy. Who signed it is not asked: nothing is enforced here.

import { type Bundle, inspectBundle } from "@writ/bundle";
import { readBytes } from "@writ/workspace/node";
import { CommandFailure, EXIT } from "./exit.ts";

export function loadBundle(file: string): Bundle {
  const opened = inspectBundle(readBytes(file));
  if (!opened.ok)
    throw new CommandFailure(
      `${file}: ${opened.error.message} (${opened.error.code})`,
      EXIT.unverified,
    );
  return opened.bundle;
}
