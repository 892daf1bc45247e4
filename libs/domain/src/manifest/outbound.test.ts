import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { compareManifests } from "./compare-manifests.ts";
import { parseManifest } from "./parse-manifest.ts";

const folder = join(import.meta.dirname, "../../../../playbooks/lead-qualifier");
const files = new Map(
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [relative(folder, path), readFileSync(path, "utf8")]),
);
const text = files.get("manifest.yaml") ?? "";

const parsed = (manifest: string) => parseManifest(new Map([...files, ["manifest.yaml", manifest]]));
const edited = (from: string, to: string) => {
  expect(text.split(from), from).toHaveLength(2);
  return parsed(text.replace(from, () => to));
};
const manifestOf = (result: ReturnType<typeof parseManifest>) => {
  if (!result.ok) throw new Error(JSON.stringify(result.diagnostics));
  return result.manifest;
};

describe("the section `outbound`", () => {
  it.each([
    ["a lead that tells what no field knows", "need: need }", "need: needs }", "dangling-field", "outbound.lead.need"],
    ["more than one attempt", "maxAttempts: 1", "maxAttempts: 2", "invalid-value", "outbound.maxAttempts"],
    ["a key that is none", "ringSeconds: 25", "ringSecond: 25", "unknown-key", "outbound.ringSecond"],
    ["a phone that rings for minutes", "ringSeconds: 25", "ringSeconds: 300", "invalid-value", "outbound.ringSeconds"],
    [
      "a country as a word",
      'countries: "{{parameters.countries}}"',
      "countries: [US]",
      "invalid-value",
      "outbound.countries[0]",
    ],
  ])("refuses %s", (_what, from, to, code, path) => {
    const { ok, diagnostics } = edited(from, to);
    expect(ok).toBe(false);
    expect(diagnostics.filter(({ severity }) => severity === "error")).toContainEqual(
      expect.objectContaining({ code, path }),
    );
  });

  it("finds a parameter that is wider than what it fills", () => {
    const { diagnostics } = edited(
      '        - { value: "+44", label: United Kingdom }',
      "        - { value: GB, label: United Kingdom }",
    );
    expect(diagnostics.map(({ code, path }) => `${code} ${path}`)).toContain("template-misfit outbound.countries[0]");
  });

  it("may be absent: then nobody is called, and the parameters it used are unused", () => {
    const without = parsed(text.replace(/\noutbound:\n(?: .*\n)+/, "\n"));
    expect(manifestOf(without).outbound).toBeUndefined();
    expect(without.diagnostics.map(({ code, path }) => `${code} ${path}`).toSorted()).toEqual([
      "unused-parameter parameters.callingHours",
      "unused-parameter parameters.consentMaxAgeDays",
      "unused-parameter parameters.countries",
    ]);
    const changes = compareManifests(manifestOf(parsed(text)), manifestOf(without));
    expect(changes.map(({ code, path }) => `${code} ${path}`)).toEqual(["content-changed outbound"]);
  });
});
