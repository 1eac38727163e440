// A disk on which nothing can be made durable from some moment on.

import { type LogFiles, nodeFiles } from "@writ/audit";

export interface BreakableFiles {
  readonly files: LogFiles;
  break(): void;
}

export function breakableFiles(): BreakableFiles {
  let isBroken = false;
  return {
    files: {
      ...nodeFiles,
      async open(path) {
        const file = await nodeFiles.open(path);
        return {
          ...file,
          async datasync() {
            if (isBroken) throw Object.assign(new Error("ENOSPC"), { code: "ENOSPC" });
            await file.datasync();
          },
        };
      },
    },
    break() {
      isBroken = true;
    },
  };
}
