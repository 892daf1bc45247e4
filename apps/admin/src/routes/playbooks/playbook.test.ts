import { describe, expect, test } from "vitest";
import { manifestOf, parameterGroups } from "./manifest-content.ts";
import { changesBySection, comparedPair, type Version } from "./playbook.ts";
import { readPlaybookFolder } from "./playbook-folder.ts";

const versions = ["1.2.0", "1.1.0", "1.0.0"].map((version) => ({ version })) as unknown as Version[];

test("two versions are compared: those asked for, else the newest with the one before", () => {
  expect(comparedPair(versions, undefined, undefined)).toEqual({ from: "1.1.0", to: "1.2.0" });
  expect(comparedPair(versions, undefined, "1.1.0")).toEqual({ from: "1.0.0", to: "1.1.0" });
  expect(comparedPair(versions, "1.0.0", "1.2.0")).toEqual({ from: "1.0.0", to: "1.2.0" });
  expect(comparedPair(versions, "1.2.0", "1.0.0")).toEqual({ from: "1.2.0", to: "1.0.0" });
  expect(comparedPair(versions, "9.9.9", "1.2.0")).toEqual({ from: "1.1.0", to: "1.2.0" });
  expect(comparedPair(versions, "1.0.0", "1.0.0")).not.toMatchObject({ from: "1.0.0", to: "1.0.0" });
  expect(comparedPair(versions.slice(2), undefined, undefined)).toBeNull();
});

test("places are told by section, and the version's own number is none", () => {
  const change = (section: string) => ({ path: section, section, change: "changed", before: 1, after: 2 }) as const;
  expect(changesBySection(["version", "tools", "answer", "tools"].map(change)).map(({ section }) => section)).toEqual([
    "tools",
    "answer",
  ]);
});

describe("a chosen folder", () => {
  const file = (webkitRelativePath: string, text: string) => ({
    name: webkitRelativePath.split("/").at(-1) ?? "",
    webkitRelativePath,
    text: () => Promise.resolve(text),
  });

  test("gives the files of a playbook by their path in it, and what the manifest calls it", async () => {
    const folder = await readPlaybookFolder([
      file("mine/manifest.yaml", 'manifest: 1\nname: desk\nversion: "2.0.0" # next\n'),
      file("mine/prompts/persona.md", "Be kind."),
      file("mine/smoke/a.yaml", "name: a"),
      file("mine/README.md", "no"),
      file("mine/prompts/notes.txt", "no"),
    ]);
    expect(folder).toEqual({
      files: expect.objectContaining({ "prompts/persona.md": "Be kind.", "smoke/a.yaml": "name: a" }),
      name: "desk",
      version: "2.0.0",
    });
    expect(Object.keys(folder?.files ?? {})).toHaveLength(3);
  });

  test("without a manifest at its top is no playbook", async () => {
    expect(await readPlaybookFolder([file("a/b/manifest.yaml", "name: x")])).toBeNull();
  });
});

test("parameters are told in words, under their headings", () => {
  const { parameters } = manifestOf({
    parameters: {
      businessName: { type: "text", label: "Name", hint: "H", group: "Business", required: true, min: 1, max: 60 },
      ringSeconds: { type: "integer", label: "Ring", required: true, min: 5, unit: "seconds", default: 20 },
      staff: { type: "list", label: "Staff", group: "Business", required: false, of: { type: "phone-number" }, max: 5 },
      kind: { type: "choice", label: "Kind", required: true, choices: [{ value: "a" }, { value: "b" }] },
      zone: { type: "time-zone", label: "Zone", required: true },
    },
  });
  expect(parameters.map(({ type }) => type)).toEqual([
    "text, 1 to 60 characters",
    "whole number, at least 5 seconds",
    "list of phone number (E.164), at most 5 items",
    "one of a, b",
    "time zone",
  ]);
  expect(parameters[1]?.standard).toBe(20);
  expect(parameterGroups(parameters).map(({ group, parameters: own }) => [group, own.length])).toEqual([
    ["Business", 2],
    [null, 3],
  ]);
  expect(manifestOf(null)).toEqual({ title: "", summary: "", parameters: [] });
});
