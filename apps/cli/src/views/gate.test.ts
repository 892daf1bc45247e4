import { builtInPolicies } from "@tandem/domain/gate";
import type { Rollout } from "@tandem/contracts";
import { expect, test } from "vitest";
import {
  approvalTable,
  decisionWords,
  freezeTable,
  linkTable,
  policyWords,
  waitingTable,
  waitingWords,
} from "./gate.ts";

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

test("an approval says how many count and how many are missing; what waits for none says nothing", () => {
  const given = { decision: "approve", via: "cli", reason: null, at: AT, isEntitled: true, planHash: "a" } as const;
  const waiting = { phase: "awaiting-approval", policy: { approvals: 2 }, planHash: "a" } as Rollout;
  const first = [
    { ...given, subject: "key:a" },
    { ...given, subject: "key:b", isEntitled: false },
    { ...given, subject: "key:c", planHash: "an older plan" },
  ];
  expect(decisionWords(waiting, first)).toBe("Approved by 1 of 2: it waits for 1 more");
  expect(decisionWords(waiting, [...first, { ...given, subject: "key:d" }])).toBe(
    "Approved by 2 of 2: the rollout goes on",
  );
  expect(decisionWords({ ...waiting, phase: "aborting" }, first)).toBeNull();
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
