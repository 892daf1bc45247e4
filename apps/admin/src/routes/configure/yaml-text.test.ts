import { expect, test } from "vitest";
import { readYaml, writeYaml } from "./yaml-text.ts";

const draft = {
  number: "+15550100001",
  connections: { crm: "0195d1d2-0000-7000-8000-000000000001", "provider.groq": "0195d1d2-0000-7000-8000-000000000002" },
  overlay: {
    businessName: 'Harbor: "Plumbing"',
    openingHours: { monday: [{ from: "09:00", to: "24:00" }], sunday: [] },
    language: "no",
    ringSeconds: 25,
    recording: null,
  },
};

test("what is written is read back", () => {
  for (const layer of ["deployment", "tenant"] as const) {
    const { draft: read } = readYaml(writeYaml(draft, layer), layer);
    expect(read).toEqual(layer === "deployment" ? draft : { number: null, connections: {}, overlay: draft.overlay });
  }
});

test("an error stands where it is, and so does what the server finds", () => {
  const text =
    'number: null\noverlay:\n  ringSeconds: 99\n  openingHours:\n    monday:\n      - from: "17:00"\n        to: "09:00"\n';
  const read = readYaml(text, "deployment");
  const at = (pointer: string) => {
    const { from, to } = read.error === null ? read.rangeOf(pointer) : read.error.range;
    return text.slice(from, to);
  };
  expect(at("/overlay/ringSeconds")).toBe("ringSeconds");
  expect(at("/overlay/openingHours/monday/0/to")).toBe("to");
  expect(at("/overlay/openingHours/monday/0")).toContain("from");
  expect(at("/overlay/businessName")).toBe("overlay");
  expect(at("/connections/crm")).toBe("");
});

test("a text that is no configuration says so at its place", () => {
  const message = (text: string) => readYaml(text, "deployment").error?.message;
  expect(message("overlay:\n  a: [1\n")).toMatch(/flow/i);
  expect(message("overlay:\n  a: 1\n  a: 2\n")).toMatch(/unique/);
  expect(message("- a\n")).toMatch(/members/);
  expect(message("values: {}\n")).toMatch(/values is not known here/);
  expect(message("number: 15550100001\n")).toMatch(/quotes/);
  expect(message("connections:\noverlay:\n")).toBeUndefined();
});
