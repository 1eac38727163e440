import { defineConfig, type ViteUserConfig } from "vitest/config";

const config: ViteUserConfig = defineConfig({
  test: {
    include: ["packages/*/*/src/**/*.test.ts", "test/**/*.test.ts"],
    // A long run of the properties (`npm run fuzz`) takes as long as it takes.
    testTimeout: process.env["FUZZ_RUNS"] === undefined ? 30_000 : 1_800_000,
    hookTimeout: 60_000,
    setupFiles: ["./test/seed.ts"],
    reporters: ["default", "./test/counts-reporter.ts"],
  },
});
export default config;
