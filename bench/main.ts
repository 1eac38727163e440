// `npm run bench -- NAME [--json FILE]`: one benchmark a question.

import { writeFileSync } from "node:fs";

const [name, ...rest] = process.argv.slice(2);
const jsonAt = rest.indexOf("--json");
const jsonFile = jsonAt < 0 ? undefined : rest[jsonAt + 1];
const benches: { readonly [name: string]: (() => Promise<unknown>) | undefined } = {
  analysis: async () => (await import("./analysis.bench.ts")).runAnalysisBench(),
  authoring: async () => (await import("./authoring.bench.ts")).runAuthoringBench(),
  evaluate: async () => (await import("./evaluate.bench.ts")).runEvaluateBench(),
  gateway: async () => (await import("./gateway.bench.ts")).runGatewayBench(),
};
const run = name === undefined ? undefined : benches[name];
if (run === undefined || (jsonAt >= 0 && jsonFile === undefined)) {
  process.stderr.write(`usage: npm run bench -- ${Object.keys(benches).join("|")} [--json FILE]\n`);
  process.exit(2);
}
const result = await run();
if (jsonFile !== undefined) writeFileSync(jsonFile, `${JSON.stringify(result, null, 2)}\n`);
