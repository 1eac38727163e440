// Without FUZZ_RUNS the properties try the same cases on every machine, so that a change is what breaks them;
// a long run draws new ones, and prints the seed of what it finds.

import fc from "fast-check";

if (process.env["FUZZ_RUNS"] === undefined) fc.configureGlobal({ seed: 1 });
