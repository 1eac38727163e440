import { describe, expect, it } from "vitest";
import { labelCatalogue, UNINSPECTED } from "./catalogue.ts";

describe("the catalogue of labels", () => {
  it("has these, in order, each of a domain", () => {
    expect(labelCatalogue.map(({ label }) => label)).toEqual([
      "content.uninspected",
      "fin.iban",
      "net.ipv4",
      "net.ipv6",
      "pci.card",
      "pci.card.test_value",
      "phi.mrn",
      "pii.email",
      "pii.phone",
      "pii.ssn",
      "pii.ssn.test_value",
      "secret.anthropic_key",
      "secret.aws_access_key",
      "secret.aws_access_key.test_value",
      "secret.aws_secret_key",
      "secret.aws_secret_key.test_value",
      "secret.digitalocean_token",
      "secret.generic",
      "secret.github_token",
      "secret.gitlab_token",
      "secret.google_api_key",
      "secret.huggingface_token",
      "secret.jwt",
      "secret.npm_token",
      "secret.openai_key",
      "secret.private_key",
      "secret.pypi_token",
      "secret.sendgrid_key",
      "secret.slack_token",
      "secret.stripe_key",
      "secret.twilio_key",
    ]);
    for (const { label, domain } of labelCatalogue) expect(label.split(".")[0]).toBe(domain);
    expect(UNINSPECTED).toBe("content.uninspected");
  });

  it("says what each is of, once, as a title", () => {
    const titles = labelCatalogue.map(({ title }) => title);
    expect(new Set(titles).size).toBe(titles.length);
    for (const title of titles) expect(title).toMatch(/^[A-Za-z0-9][\w ,.-]+[a-z0-9]$/);
    const titleOf = (label: string) => labelCatalogue.find((entry) => entry.label === label)?.title;
    expect(titleOf("pii.ssn.test_value")).toBe(`${titleOf("pii.ssn")}, a known example`);
    expect(titleOf("secret.github_token")).toBe("GitHub token");
    expect(titleOf("content.uninspected")).toBe("Content that no recogniser reads");
  });
});
