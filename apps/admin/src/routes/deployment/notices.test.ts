import { expect, test } from "vitest";
import type { Schemas } from "../../api/generated/schema.ts";
import { isInForce } from "./notices.tsx";

const freeze: Schemas["Freeze"] = {
  id: "f",
  level: "tenant",
  playbook: null,
  environment: null,
  startsAt: "2026-12-20T00:00:00Z",
  endsAt: "2026-12-27T00:00:00Z",
  reason: "holidays",
  endedAt: null,
  createdBy: "key:x",
  createdAt: "2026-12-01T00:00:00Z",
  isExempt: false,
};
const deployment = { playbook: "after-hours", environment: "production" } as const;
const WITHIN = Date.parse("2026-12-24T12:00:00Z");

test.each([
  ["a window of the whole tenant holds", {}, WITHIN, true],
  ["not before it begins", {}, Date.parse("2026-12-19T23:59:59Z"), false],
  ["not from its end on", {}, Date.parse("2026-12-27T00:00:00Z"), false],
  ["not when somebody ended it", { endedAt: "2026-12-21T00:00:00Z" }, WITHIN, false],
  ["not for a tenant that is let through", { isExempt: true }, WITHIN, false],
  ["not for another playbook", { playbook: "lead-qualifier" }, WITHIN, false],
  ["not for another environment", { environment: "staging" }, WITHIN, false],
] as const)("%s", (_, over, atMs, expected) => {
  expect(isInForce({ ...freeze, ...over }, deployment, atMs)).toBe(expected);
});
