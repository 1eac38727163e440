// Rego as `opa fmt` lays it out: `name.rego` as somebody wrote it beside `name.formatted`. What is laid out stays
// so. Where OPA names an OPA binary, it is asked as well; `ours.rego` has what OPA lays out anew every time, or
// moves comments out of.

import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { formatRego } from "@writ/syntax";
import { describe, expect, it } from "vitest";

const opa = process.env["OPA"];
const folder = fileURLToPath(new URL("./layouts/", import.meta.url));
const names = readdirSync(folder).filter((name) => name.endsWith(".rego"));

describe.each(names)("%s", (file) => {
  const text = readFileSync(folder + file, "utf8");
  const formatted = folder + file.replace(/rego$/, "formatted");

  it("is laid out so, once and for all", async () => {
    const once = formatRego({ file, text });
    await expect(once).toMatchFileSnapshot(formatted);
    expect(formatRego({ file, text: once ?? "" })).toBe(once);
  });

  it.skipIf(opa === undefined || file === "ours.rego")("is laid out so by OPA", () => {
    const { stdout } = spawnSync(opa ?? "", ["fmt", folder + file], { encoding: "utf8" });
    expect(stdout).toBe(readFileSync(formatted, "utf8"));
  });
});
