// `writ keygen -o DIR`: an Ed25519 key pair for signing bundles.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { generateKeys } from "@writ/bundle";
import { EXIT, usageError } from "../exit.ts";
import { makeFolder, writeBytes } from "../files.ts";
import { showLines } from "../output.ts";

export function runKeygen({ output }: { readonly output: string }): number {
  const isNew = makeFolder(output);
  const [privateFile, publicFile] = [join(output, "private.pem"), join(output, "public.pem")];
  // A key that is overwritten is a signature nobody can make again.
  for (const file of [privateFile, publicFile])
    if (existsSync(file)) throw usageError(`${file} is there already`);
  const keys = generateKeys();
  writeBytes(privateFile, keys.privateKey, 0o600);
  writeBytes(publicFile, keys.publicKey);
  // A folder within a repository is soon committed whole.
  if (isNew) writeBytes(join(output, ".gitignore"), "private.pem\n");
  showLines([privateFile, publicFile]);
  return EXIT.clean;
}
