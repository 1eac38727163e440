// Large libraries that few policies use are loaded when they are first called: a command starts faster
// without them.

import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** The library, once somebody asks for it. */
export function lazily<Library>(name: string): () => Library {
  let library: Library | undefined;
  return () => {
    library ??= require(name) as Library;
    return library;
  };
}
