import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Candidate,
  decideFleetRequest,
  decideSkip,
  defaultRings,
  isOverBudget,
  MemberState,
  memberPolicy,
  planWaves,
} from "./index.ts";
import { builtInPolicies } from "../gate/index.ts";
import { nextMembers } from "./next-members.ts";
import type { OpenMember } from "./member.ts";

const wish = { manifestHash: "new", rings: defaultRings, limits: {}, includesNeverLive: false, seed: "s" } as const;

const candidates = fc
  .array(
    fc.record({
      tenant: fc.integer({ min: 0, max: 8 }),
      isEarlyAccess: fc.boolean(),
      runsManifest: fc.constantFrom("old", "new", null),
      isLive: fc.boolean(),
      isTaken: fc.constantFrom(false, false, false, true),
    }),
    { maxLength: 120 },
  )
  .map((list) =>
    list.map(({ tenant, ...one }, index): Candidate => ({ ...one, tenantId: `t${tenant}`, deploymentId: `d${index}` })),
  );

describe("a plan", () => {
  test("puts every candidate into one wave or says why not, the cohort first", () => {
    fc.assert(
      fc.property(candidates, (all) => {
        const { waves, leftOut } = planWaves(all, wish);
        const placed = [...waves.flatMap(({ members }) => members), ...leftOut.map(({ member }) => member)];
        expect(placed.map(({ deploymentId }) => deploymentId).toSorted()).toEqual(
          all.map(({ deploymentId }) => deploymentId).toSorted(),
        );
        const early = waves.flatMap(({ name, members }) => (name === "early access" ? [] : members));
        expect(early.filter(({ isEarlyAccess }) => isEarlyAccess)).toEqual([]);
        expect(waves.every(({ members }) => members.length > 0)).toBe(true);
        for (const { member, reason } of leftOut) {
          if (reason === "in-other-fleet") expect(member.isTaken).toBe(true);
          if (reason === "already-there") expect(member.runsManifest).toBe("new");
          if (reason === "never-live") expect(member.isLive).toBe(false);
          expect(reason).not.toBe("in-no-wave");
        }
      }),
    );
  });

  test("counts shares from the whole fleet and spreads a small wave over tenants", () => {
    const all = Array.from({ length: 1000 }, (_, index) => ({
      tenantId: `t${index % 20}`,
      deploymentId: `d${index}`,
      isEarlyAccess: index < 5,
      runsManifest: "old",
      isLive: true,
      isTaken: false,
    }));
    const { waves } = planWaves(all, wish);
    expect(waves.map(({ name, members }) => [name, members.length])).toEqual([
      ["early access", 5],
      ["1 %", 5],
      ["10 %", 90],
      ["50 %", 400],
      ["rest", 500],
    ]);
    expect(new Set(waves[2]?.members.slice(0, 20).map(({ tenantId }) => tenantId)).size).toBeGreaterThan(10);
    expect(planWaves(all, wish)).toEqual(planWaves(all.toReversed(), wish));
  });

  test("tells who no wave takes", () => {
    const one = { tenantId: "t", isEarlyAccess: false, runsManifest: "old", isLive: true, isTaken: false };
    const all = ["a", "b"].map((deploymentId) => ({ ...one, deploymentId }));
    const { leftOut } = planWaves(all, { ...wish, rings: [{ name: "one", members: { count: 1 } }] });
    expect(leftOut.map(({ reason }) => reason)).toEqual(["in-no-wave"]);
  });
});

describe("turns", () => {
  const member = (tenant: number, index: number): OpenMember => ({
    tenantId: `t${tenant}`,
    deploymentId: `d${tenant}-${index}`,
    wavePosition: 0,
    state: "pending",
    rolloutId: `r${tenant}-${index}`,
    reason: null,
    dueAtMs: null,
    waitsSinceMs: null,
    rollout: null,
  });

  test("keep to the limits, and nobody is passed over for a tenant with more turns", () => {
    const counts = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 8 });
    const limits = fc.record({
      concurrency: fc.integer({ min: 1, max: 10 }),
      perTenant: fc.integer({ min: 1, max: 3 }),
    });
    fc.assert(
      fc.property(counts, counts, counts, limits, (line, before, busyNow, most) => {
        const ready = line.flatMap((size, tenant) => Array.from({ length: size }, (_, index) => member(tenant, index)));
        const begun = new Map(before.map((turns, tenant) => [`t${tenant}`, turns]));
        const occupied = new Map(busyNow.map((count, tenant) => [`t${tenant}`, count]));
        const chosen = nextMembers({ ready, occupied, begun, limits: most });
        const busy = busyNow.reduce((sum, count) => sum + count, 0);
        expect(chosen.length).toBeLessThanOrEqual(Math.max(0, most.concurrency - busy));
        const turnsOf = (tenantId: string) =>
          (begun.get(tenantId) ?? 0) + chosen.filter((one) => one.tenantId === tenantId).length;
        const busyOf = (tenantId: string) =>
          (occupied.get(tenantId) ?? 0) + chosen.filter((one) => one.tenantId === tenantId).length;
        for (const { tenantId } of chosen) {
          expect(busyOf(tenantId)).toBeLessThanOrEqual(most.perTenant);
          for (const other of ready.filter((one) => !chosen.includes(one)))
            if (busyOf(other.tenantId) < most.perTenant)
              expect(turnsOf(tenantId)).toBeLessThanOrEqual(turnsOf(other.tenantId) + 1);
        }
      }),
    );
  });
});

test("a budget counts beyond what was accepted", () => {
  const wave = {
    size: 50,
    acceptedFailures: 2,
    limits: { concurrency: 1, perTenant: 1, bakeMs: 0, budget: { share: 0.1 } },
  };
  expect([6, 7, 8].map((failures) => isOverBudget(wave, failures))).toEqual([false, false, true]);
});

test("a fleet asks its members' rollouts for more care, never for less than their tenant wants", () => {
  const own = { ...builtInPolicies.production, approvals: 2, bakeMs: 3_600_000, mayLoosen: false };
  const policy = memberPolicy(own, { approval: "none", bakeMs: 1, promotion: "manual" });
  expect(policy).toMatchObject({ approval: "required", approvals: 2, bakeMs: 3_600_000, promotion: "manual" });
  expect(memberPolicy(own, { bakeMs: 7_200_000 }).bakeMs).toBe(7_200_000);
  expect(memberPolicy({ ...own, mayLoosen: true }, { bakeMs: 1 }).bakeMs).toBe(1);
});

test("every request in every state is answered", () => {
  const states = ["running", "paused", "aborting", "completed", "aborted"] as const;
  const answers = states.map((state) =>
    (["pause", "resume", "abort"] as const).map((ask) => {
      const decision = decideFleetRequest({ state, reason: null }, ask, "");
      return decision.kind === "accepted" ? decision.state : decision.reason;
    }),
  );
  expect(answers).toEqual([
    ["paused", "running", "aborting"],
    ["paused", "running", "aborting"],
    ["aborting", "aborting", "aborting"],
    ["ended", "ended", "ended"],
    ["ended", "ended", "ended"],
  ]);
  const skippable = MemberState.options.filter((state) => decideSkip(state) === null);
  expect(skippable).toEqual(["pending", "waiting"]);
});
