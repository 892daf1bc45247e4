import type { RolloutRequest } from "@tandem/contracts";
import type { Rollout } from "@tandem/domain/rollout";
import type { Pointer } from "@tandem/domain/slot";
import { describe, expect, test } from "vitest";
import { rolloutStanding, type StandingFacts } from "./rollout-standing.ts";

const pointer: Pointer = { active: "blue", candidate: null, weightBp: 0, salt: "s", mode: "live", generation: 4 };
const slot = (name: "blue" | "green", state: string, hash: string, liveCalls = 0) => ({
  slot: name,
  state,
  bundleHash: hash,
  readyBundleHash: hash,
  verifiedAt: null,
  intact: true,
  liveCalls,
});
const rollout = (over: Partial<Rollout>) =>
  ({
    id: "r",
    phase: "applying",
    heldPhase: null,
    desired: "continue",
    policy: { approval: "required", promotion: "manual", bakeMs: 60_000, approvalTtlMs: 1000, promoters: ["operator"] },
    bundleHash: "new",
    targetSlot: "green",
    planHash: "hash",
    approvedBy: null,
    createdBy: "person:ada",
    reason: null,
    memory: {},
    ...over,
  }) as Rollout;

function standing(
  over: Partial<Rollout>,
  { at = pointer, roles = ["operator", "approver"], subject = "person:ben" } = {},
) {
  const deployment = {
    id: "d",
    name: "front-desk",
    environment: "production",
    playbook: "p",
    overlay: { timeZone: "Europe/Berlin" },
    pointer: at,
    liveRollout: null,
    slots: { blue: slot("blue", "active", "old"), green: slot("green", "ready", "new", 3) },
  };
  const release = { playbook: { name: "p", version: "1.0.1" } };
  return rolloutStanding({
    actor: { subject, roles },
    rollout: rollout(over),
    deployment,
    approvals: [],
    release,
    before: { hash: "old", release: null },
  } as unknown as StandingFacts);
}
const open = (told: ReturnType<typeof standing>): RolloutRequest[] =>
  told.requests.filter(({ refusal }) => refusal === null).map(({ request }) => request);
const refusal = (told: ReturnType<typeof standing>, wanted: RolloutRequest) =>
  told.requests.find(({ request }) => request === wanted)?.refusal;

describe("what may be asked", () => {
  test("follows the phase: work before the switch is stopped, a gate is opened, callers are taken back", () => {
    expect(open(standing({}))).toEqual(["pause", "abort"]);
    expect(open(standing({ phase: "awaiting-approval" }))).toEqual(["approve", "reject", "pause", "abort"]);
    expect(open(standing({ phase: "awaiting-promotion" }))).toContain("promote");
    const shared = { at: { ...pointer, candidate: "green" as const, weightBp: 500 } };
    expect(open(standing({ phase: "shifting" }, shared))).toEqual(["promote", "pause", "skip", "rollback"]);
    expect(refusal(standing({ phase: "shifting" }, shared), "abort")).toContain("roll back instead");
  });

  test("says whom it keeps: the author, and whoever has not the role", () => {
    const waiting = { phase: "awaiting-approval" } as const;
    expect(refusal(standing(waiting, { subject: "person:ada" }), "approve")).toContain("cannot approve it");
    expect(refusal(standing(waiting, { roles: ["viewer"] }), "abort")).toContain("Your roles here (viewer)");
    const gate = { phase: "awaiting-promotion" } as const;
    expect(refusal(standing(gate, { roles: ["approver"] }), "promote")).toContain("lets only operator promote");
  });

  test("an ended rollout takes callers back only while they are on it", () => {
    const ended = { phase: "succeeded" } as const;
    expect(open(standing(ended, { at: { ...pointer, active: "green" } }))).toEqual(["rollback"]);
    expect(open(standing(ended))).toEqual([]);
    expect(refusal(standing(ended), "rollback")).toContain("not on this release any more");
  });

  test("a freeze window is passed where one keeps it waiting", () => {
    const frozen = { reason: { code: "freeze-window", detail: "", nextAction: "" } };
    expect(open(standing(frozen, { roles: ["tenant-admin"] }))).toContain("override-freeze");
    expect(refusal(standing({}, { roles: ["tenant-admin"] }), "override-freeze")).toContain("No freeze window");
  });
});

test("a watch is told with its bounds, also while it is held; before it there is none", () => {
  const bake = { bakeStartedMs: 0, bakeCheckedMs: 15_000, bakeFailures: 1 };
  const told = {
    kind: "bake",
    step: null,
    startedAt: "1970-01-01T00:00:00.000Z",
    endsAt: "1970-01-01T00:01:00.000Z",
    checkedAt: "1970-01-01T00:00:15.000Z",
    failedChecks: 1,
  };
  expect(standing({ phase: "baking", memory: bake }).watch).toEqual(told);
  expect(standing({ phase: "held", heldPhase: "baking", memory: bake }).watch).toEqual(told);
  const shift = { step: 1, sinceMs: 0, endsMs: null, checkedMs: null, failures: 0 };
  expect(standing({ phase: "shifting", memory: { shift } }).watch).toMatchObject({
    kind: "canary",
    step: 1,
    endsAt: null,
  });
  expect(standing({ phase: "applying", memory: { shift } }).watch).toBeNull();
});

test("names what is moved, and leaves the pointer's salt at home", () => {
  const told = standing({});
  expect(told).toMatchObject({
    deployment: { name: "front-desk", timeZone: "Europe/Berlin" },
    release: { hash: "new", version: "p@1.0.1" },
    before: { hash: "old", version: null },
    callsOnTarget: 3,
  });
  expect(Object.keys(told.pointer)).not.toContain("salt");
});
