import { expect, test } from "vitest";
import type { Schemas } from "../../api/generated/schema.ts";
import { gateWords } from "./gate-words.ts";

const policy = {
  approvals: 2,
  approvers: ["approver", "tenant-admin"],
  promotion: "manual",
  promoters: ["operator"],
  bakeMs: 1_800_000,
  strategy: {
    kind: "canary",
    steps: [
      { weightBp: 500, watchMs: 1 },
      { weightBp: 2500, watchMs: 1 },
    ],
  },
} as unknown as Schemas["GatePolicy"];

test("every gate of the policy is told in its order", () => {
  expect(gateWords(policy)).toEqual([
    expect.stringContaining("callers notice nothing"),
    "2 approvals by an approver or a tenant-admin.",
    expect.stringContaining("smoke test"),
    "Promoted by an operator.",
    "Canary: 5 %, 25 %, then all new calls.",
    "Watched for 30 min; one click goes back.",
  ]);
});

test("what the policy does not ask for is not told", () => {
  const free = {
    ...policy,
    approvals: 0,
    promotion: "automatic",
    bakeMs: 0,
    strategy: { kind: "blue-green" },
  } as const;
  expect(gateWords(free)).toHaveLength(3);
});
