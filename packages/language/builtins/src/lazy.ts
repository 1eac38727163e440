// Large libraries that few policies use are loaded when they are first called: a command starts faster
// without them.

import { createRequire } from "node:module";

const here = createRequire(import.meta.url);

/** What this package exports under a path (`""` is the package itself), wherever the code that asks has been put. */
export function exportedFile(path: "" | "/network-worker"): string {
  return here.resolve(`@writ/builtins${path}`);
}

/** The library, once somebody asks for it. */
export function lazily<Library>(name: string): () => Library {
  let library: Library | undefined;
  return () => {
    library ??= createRequire(exportedFile(""))(name) as Library;
    return library;
  };
}
