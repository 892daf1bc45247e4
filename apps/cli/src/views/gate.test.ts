import { builtInPolicies } from "@tandem/domain/gate";
import { expect, test } from "vitest";
import { approvalTable, freezeTable, linkTable, policyWords, waitingTable, waitingWords } from "./gate.ts";

const AT = "2026-12-24T12:00:00.000Z";

test("a policy is printed as `policy set` takes its members, with whose it is", () => {
  const words = policyWords({
    environment: "staging",
    policy: builtInPolicies.staging,
    source: "built-in",
    version: 0,
  });
  expect(words.split("\n").slice(0, 3)).toEqual([
    "Policy of staging (what Tandem brings along, as none is set here)",
    "  approvals=0",
    '  approvers=["approver","tenant-admin"]',
  ]);
  expect(words).toContain("  promotion=automatic");
});

test("what no longer counts, was ended, used or taken back is told apart", () => {
  const approval = {
    subject: "key:a",
    decision: "approve",
    via: "cli",
    planHash: "f".repeat(64),
    reason: null,
    at: AT,
    isEntitled: false,
  } as const;
  expect(approvalTable([approval])).toContain("no: role lost");
  const freeze = {
    id: "f",
    level: "platform",
    playbook: null,
    environment: null,
    startsAt: AT,
    endsAt: AT,
    reason: "works",
    endedAt: null,
    createdBy: "key:p",
    createdAt: AT,
    isExempt: true,
  } as const;
  expect(freezeTable([freeze, { ...freeze, endedAt: AT }])).toMatch(/you may pass.*\n.*ended early/);
  const link = {
    id: "l",
    rolloutId: "r",
    deploymentId: "d",
    action: "approve",
    addressee: "slack:anna",
    planHash: "p",
    generation: null,
    expiresAt: AT,
    createdBy: "key:p",
    createdAt: AT,
    usedAt: AT,
    revokedAt: null,
  } as const;
  expect(linkTable([link, { ...link, usedAt: null, revokedAt: AT }])).toMatch(/used 2026.*\n.*taken back 2026/);
  const waiting = {
    id: "w",
    deploymentId: "d",
    position: 2,
    bundleHash: "b".repeat(64),
    planId: null,
    state: "waiting",
    reason: { code: "frozen", detail: "holidays" },
    rolloutId: null,
    createdBy: "key:o",
    createdAt: AT,
    endedAt: null,
  } as const;
  expect(waitingTable([waiting])).toContain("frozen: holidays");
  expect(waitingWords(waiting)).toContain("place 2");
});
