import { expect, test } from "vitest";
import { type FleetPlan, fleetErrors, narrowed, newDraft, sizeOf, wishOf } from "./fleet-draft.ts";

const draft = newDraft("after-hours-answering", "2.0.0");

test("what one begins with is what Tandem brings: the cohort, growing shares, two failures in a hundred", () => {
  expect(fleetErrors(draft)).toEqual({});
  expect(wishOf(draft)).toEqual({
    playbook: "after-hours-answering",
    version: "2.0.0",
    environments: ["production"],
    rings: [
      { name: "early access", members: { cohort: "early-access" } },
      { name: "1 %", members: { share: 0.01 } },
      { name: "10 %", members: { share: 0.1 } },
      { name: "50 %", members: { share: 0.5 } },
      { name: "rest", members: { rest: true } },
    ],
    limits: { concurrency: 10, perTenant: 2, budget: { share: 0.02 }, bakeMs: 3_600_000 },
    patience: { heldMs: 3_600_000, waitMs: 86_400_000 },
    policy: {},
    includesNeverLive: false,
  });
});

test("numbers are numbers of deployments, per cent has commas too, and no environment is every one", () => {
  const wish = wishOf({
    ...draft,
    environments: [],
    tags: "gold, pilot",
    waves: [
      { kind: "count", amount: "3" },
      { kind: "share", amount: "2,5" },
    ],
    budget: "1",
    budgetIs: "count",
    members: { ...draft.members, promotion: "manual", approval: "required" },
  });
  expect(wish.environments).toBeUndefined();
  expect(wish).toMatchObject({
    tenantTags: ["gold", "pilot"],
    rings: [{ members: { count: 3 } }, { name: "2.5 %", members: { share: 0.025 } }],
    limits: { budget: { count: 1 } },
    policy: { approval: "required", promotion: "manual" },
  });
});

test("what is wrong is said where it stands in the request", () => {
  const odd = fleetErrors({
    ...draft,
    version: "",
    tags: "Gold",
    waves: [
      { kind: "count", amount: "0" },
      { kind: "share", amount: "101" },
      { kind: "rest", amount: "" },
    ],
    concurrency: "x",
    budget: "120",
    waveBakeMs: null,
  });
  expect(Object.keys(odd)).toEqual([
    "/version",
    "/tenantTags",
    "/rings/0",
    "/rings/1",
    "/limits/concurrency",
    "/limits/budget",
    "/limits/bakeMs",
  ]);
});

test("a canary and a longer bake are asked of every member, and said where they are wrong", () => {
  const members = {
    ...draft.members,
    strategy: "canary",
    steps: [{ share: "5", watchMs: 60_000 }],
    bake: "least",
  } as const;
  expect(wishOf({ ...draft, members }).policy).toEqual({
    strategy: { kind: "canary", steps: [{ weightBp: 500, watchMs: 60_000 }] },
    bakeMs: 14_400_000,
  });
  expect(fleetErrors({ ...draft, members })).toEqual({});
  const odd = { ...members, steps: [{ share: "0", watchMs: 60_000 }], bakeMs: null };
  expect(Object.keys(fleetErrors({ ...draft, members: odd }))).toEqual(["/policy/strategy", "/policy/bakeMs"]);
  expect(fleetErrors({ ...draft, members: { ...odd, strategy: "own", bake: "own" } })).toEqual({});
});

test("whoever is left out by hand is not named, and everybody else is", () => {
  const member = (deploymentId: string, tenantId: string) => ({
    tenantId,
    tenant: tenantId,
    deploymentId,
    name: "desk",
    environment: "production" as const,
    isEarlyAccess: false,
  });
  const limits = { concurrency: 1, perTenant: 1, budget: { count: 0 }, bakeMs: 0 };
  const plan: FleetPlan = {
    hash: "h",
    waves: [
      { name: "one", limits, members: [member("a", "t1")] },
      { name: "rest", limits, members: [member("b", "t1"), member("c", "t2")] },
    ],
    leftOut: [],
  };
  const wish = wishOf(draft);
  expect(narrowed(wish, new Set(), plan)).toBe(wish);
  expect(narrowed(wish, new Set(["b"]), plan).deploymentIds).toEqual(["a", "c"]);
  expect(sizeOf(plan)).toEqual({ deployments: 3, tenants: 2 });
});
