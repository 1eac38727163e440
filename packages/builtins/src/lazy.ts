// Large libraries that few policies use are loaded when they are first called: a command starts faster
// without them.

import { createRequire } from "node:module";

const here = createRequire(import.meta.url);

/** A file of this package, wherever the code that asks has been put. */
export function packageFile(name: string): string {
  return here.resolve(`@writ/builtins${name}`);
}

/** The library, once somebody asks for it. */
export function lazily<Library>(name: string): () => Library {
  let library: Library | undefined;
  return () => {
    library ??= createRequire(packageFile(""))(name) as Library;
    return library;
  };
}
