import { expect, test } from "vitest";
import { fillCallNames, linesFor } from "./index.ts";

test.each([
  ["en-US", "Thank you for calling. Goodbye.", "Thank you for your time. Goodbye."],
  ["de-DE", "Vielen Dank für Ihren Anruf. Auf Wiederhören.", "Vielen Dank für Ihre Zeit. Auf Wiederhören."],
])("in %s callers are thanked for calling, and those whom we call are not", (language, inbound, outbound) => {
  const lines = linesFor(language);
  expect([lines.goodbye("inbound"), lines.goodbye("outbound")]).toEqual([inbound, outbound]);
  expect(lines.silentGoodbye("inbound")).toMatch(/again|wieder/);
  expect(lines.silentGoodbye("outbound")).not.toMatch(/again|gern wieder/);
});

test("a text of a playbook cannot name the direction of a call", () => {
  const facts = { "call.from": "withheld", "call.localDate": "", "call.localTime": "", "call.isOpen": "no" } as const;
  const text = "{{call.isOpen}} {{call.direction}}";
  expect(fillCallNames(text, { ...facts, "call.direction": "outbound" })).toBe("no {{call.direction}}");
});
