import { plainPaint } from "@tandem/domain/plan";
import { expect, test } from "vitest";
import { budgetOf, fleetBody, ringsOf } from "./commands/fleet-options.ts";
import { fleetPlanWords, fleetStatus } from "./views/fleet.ts";

const NOBODY = { environment: [], tenant: [], tag: [], deployment: [] };

test("waves, budgets and selections are read as they are written", () => {
  expect(ringsOf("early, 5,1.5%,rest").map(({ members }) => members)).toEqual([
    { cohort: "early-access" },
    { count: 5 },
    { share: 0.015 },
    { rest: true },
  ]);
  expect(() => ringsOf("early,some")).toThrow(/some is no wave/);
  expect([budgetOf("3"), budgetOf("2%")]).toEqual([{ count: 3 }, { share: 0.02 }]);
  expect(() => budgetOf("few")).toThrow(/share such as/);
  const body = fleetBody("desk@2.0.0", { ...NOBODY, tag: ["gold"], waveBake: 60 });
  expect(JSON.parse(JSON.stringify(body))).toEqual({
    playbook: "desk",
    version: "2.0.0",
    tenantTags: ["gold"],
    limits: { bakeMs: 60_000 },
    policy: {},
    includesNeverLive: false,
  });
  expect(() => fleetBody("desk", NOBODY)).toThrow(/names no version/);
});

const limits = { concurrency: 10, perTenant: 2, budget: { share: 0.02 }, bakeMs: 3_600_000 };
const member = (name: string) => ({
  tenantId: "t",
  tenant: "bright",
  deploymentId: "d",
  name,
  environment: "production" as const,
  isEarlyAccess: true,
});

test("a plan names who moves in which wave and who is left out", () => {
  const plan = {
    hash: "h",
    waves: [{ name: "early access", limits, members: [member("desk")] }],
    leftOut: [{ member: member("old"), reason: "already-there", text: "It runs this version." }],
  };
  const words = fleetPlanWords(plan, plainPaint);
  expect(words).toContain("1. early access: 1 deployment, 10 at a time (2 of one tenant), pauses beyond 2 % failures");
  expect(words).toContain("bright/desk (production)");
  expect(words).toContain("bright/old: It runs this version.");
  expect(fleetPlanWords({ hash: "h", waves: [], leftOut: [] }, plainPaint)).toBe("No deployment is meant.");
});

test("a status shows the present wave, its members by state, and what to do next", () => {
  const words = fleetStatus(
    {
      id: "f",
      playbook: "desk",
      version: "2.0.0",
      manifestHash: "m",
      state: "paused",
      reason: { code: "failure-budget", detail: "3 of 100 failed.", nextAction: "Read the failed members." },
      wavePosition: 1,
      createdBy: "key:p",
      createdAt: "2026-11-28T10:00:00.000Z",
      endedAt: null,
      selection: { playbook: "desk", environments: null, tenantIds: null, tenantTags: null, deploymentIds: null },
      policy: {},
      patience: { heldMs: 1, waitMs: 1 },
      waves: [
        {
          id: "a",
          position: 0,
          name: "early",
          limits,
          size: 1,
          acceptedFailures: 0,
          state: "done",
          bakeUntil: null,
          counts: { succeeded: 1 },
        },
        {
          id: "b",
          position: 1,
          name: "rest",
          limits,
          size: 100,
          acceptedFailures: 0,
          state: "running",
          bakeUntil: null,
          counts: { failed: 3, pending: 97 },
        },
      ],
    },
    plainPaint,
  );
  expect(words).toContain("> rest");
  expect(words).toContain("3 failed, 97 pending");
  expect(words).toContain("Read the failed members.");
});
