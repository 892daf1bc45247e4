import { describe, expect, it } from "vitest";
import { type Pointer, type Slot, type SlotView } from "../slot/index.ts";
import {
  decideDetach,
  decideMode,
  decideRequest,
  decideRollback,
  Phase,
  type Rollout,
  terminalPhases,
} from "./index.ts";

const pointer: Pointer = { active: "green", candidate: null, weightBp: 0, salt: "s", mode: "live", generation: 7 };
const slot = (name: Slot, state: SlotView["state"], hash: string | null): SlotView => ({
  slot: name,
  state,
  bundleHash: hash,
  readyBundleHash: hash,
  verifiedAt: null,
  intact: true,
  liveCalls: 0,
});
const slots = { blue: slot("blue", "draining", "one"), green: slot("green", "active", "two") };
const rollout = (patch: Partial<Rollout>): Rollout => ({
  id: "r1",
  tenantId: "t1",
  deploymentId: "d1",
  phase: "baking",
  heldPhase: null,
  desired: "continue",
  policy: { approval: "required", promotion: "manual", bakeMs: 1000, approvalTtlMs: 1000 },
  bundleHash: "two",
  targetSlot: "green",
  planId: null,
  planHash: null,
  approvedBy: null,
  approvedAt: null,
  dueAt: null,
  reason: null,
  memory: {},
  version: 1,
  engineVersion: "1",
  createdBy: "user:author",
  createdAt: "2026-11-20T00:00:00.000Z",
  updatedAt: "2026-11-20T00:00:00.000Z",
  ...patch,
});

describe("decideRollback", () => {
  it("moves the pointer to the intact previous slot and abandons the new one", () => {
    const decision = decideRollback({ pointer, slots, rollout: rollout({}) }, "callers complain");
    expect(decision).toMatchObject({
      kind: "rollback",
      pointer: { active: "blue", generation: 8 },
      slots: { blue: { state: "active" }, green: { state: "draining", readyBundleHash: null } },
      rollout: {
        phase: "rolling-back",
        desired: "rollback",
        reason: { code: "rollback-asked", detail: "callers complain" },
      },
    });
  });

  it("keeps a divert in force", () => {
    expect(decideRollback({ pointer: { ...pointer, mode: "diverted" }, slots, rollout: rollout({}) })).toMatchObject({
      pointer: { mode: "diverted" },
    });
  });

  it("works after bake, without a live rollout, and only once", () => {
    const first = decideRollback({ pointer, slots, rollout: rollout({ phase: "succeeded" }) });
    expect(first).toMatchObject({ kind: "rollback", rollout: null });
    const after = {
      pointer: { ...pointer, active: "blue" as const },
      slots: { blue: slot("blue", "active", "one"), green: slot("green", "draining", null) },
      rollout: null,
    };
    expect(decideRollback(after)).toMatchObject({ kind: "refused", error: "previous_slot_gone" });
  });

  it.each(
    Phase.options.filter(
      (phase) =>
        !terminalPhases.has(phase) && !["baking", "retiring", "aborting", "rolling-back", "held"].includes(phase),
    ),
  )("before the switch, in %s, it is an abort", (phase) => {
    const decision = decideRollback({ pointer: { ...pointer, active: "blue" }, slots, rollout: rollout({ phase }) });
    expect(decision).toMatchObject({ kind: "abort", rollout: { phase: "aborting", desired: "abort" } });
  });

  it("is refused while it is being done, and where there is nothing to go back to", () => {
    expect(decideRollback({ pointer, slots, rollout: rollout({ phase: "rolling-back" }) })).toMatchObject({
      kind: "refused",
      reason: "already-rolling-back",
    });
    expect(decideRollback({ pointer: { ...pointer, active: "none" }, slots, rollout: null })).toMatchObject({
      kind: "refused",
      reason: "not-switched",
    });
    expect(
      decideRollback({ pointer, slots: { ...slots, blue: slot("blue", "empty", null) }, rollout: rollout({}) }),
    ).toMatchObject({ kind: "refused", error: "previous_slot_gone" });
    expect(
      decideRollback({ pointer, slots: { ...slots, blue: { ...slots.blue, intact: false } }, rollout: rollout({}) }),
    ).toMatchObject({ kind: "refused", reason: "previous-slot-not-intact" });
  });

  it("takes a canary's share back without moving the active slot", () => {
    const shifted: Pointer = { ...pointer, active: "blue", candidate: "green", weightBp: 500 };
    const during = { blue: slot("blue", "active", "one"), green: slot("green", "ready", "two") };
    for (const phase of ["shifting", "switching"] as const)
      expect(decideRollback({ pointer: shifted, slots: during, rollout: rollout({ phase }) })).toMatchObject({
        kind: "rollback",
        pointer: { active: "blue", candidate: null, weightBp: 0, generation: 8 },
        slots: { green: { state: "draining", readyBundleHash: null } },
        rollout: { phase: "rolling-back", desired: "rollback" },
      });
  });
});

describe("decideRequest", () => {
  const ask = { subject: "user:approver", pointer: { ...pointer, active: "blue" as const } };

  it("lets another person than the author approve, once", () => {
    const waiting = rollout({ phase: "awaiting-approval" });
    expect(decideRequest(waiting, "approve", ask)).toMatchObject({
      kind: "accepted",
      rollout: { approvedBy: "user:approver" },
    });
    expect(decideRequest(waiting, "approve", { ...ask, subject: "user:author" })).toMatchObject({
      kind: "refused",
      reason: "author-approves",
    });
    expect(decideRequest({ ...waiting, approvedBy: "user:other" }, "approve", ask)).toMatchObject({
      kind: "refused",
      reason: "already-approved",
    });
    expect(decideRequest(rollout({ phase: "applying" }), "approve", ask)).toMatchObject({
      kind: "refused",
      reason: "not-awaiting-approval",
    });
  });

  it("promotes, aborts and resumes where the table allows", () => {
    expect(decideRequest(rollout({ phase: "awaiting-promotion" }), "promote", ask)).toMatchObject({
      rollout: { desired: "promote" },
    });
    expect(decideRequest(rollout({ phase: "applying" }), "abort", ask)).toMatchObject({
      rollout: { desired: "abort" },
    });
    expect(decideRequest(rollout({ phase: "baking" }), "abort", { ...ask, pointer })).toMatchObject({
      kind: "refused",
      reason: "already-switched",
    });
    expect(decideRequest(rollout({ phase: "held", heldPhase: "applying" }), "resume", ask)).toMatchObject({
      rollout: { phase: "applying", heldPhase: null, reason: null },
    });
    expect(decideRequest(rollout({ phase: "applying" }), "resume", ask)).toMatchObject({
      kind: "refused",
      reason: "not-held",
    });
  });
});

describe("pause and skip", () => {
  const shifted: Pointer = { ...pointer, active: "blue", candidate: "green", weightBp: 500 };
  const asked = { subject: "user:operator", pointer: shifted };
  const shifting = rollout({ phase: "shifting" });

  it("are noted as wishes between canary steps", () => {
    expect(decideRequest(shifting, "pause", asked)).toMatchObject({ rollout: { desired: "pause" } });
    expect(decideRequest(shifting, "skip", asked)).toMatchObject({ rollout: { desired: "skip" } });
    expect(decideRequest({ ...shifting, desired: "pause" }, "resume", asked)).toMatchObject({
      rollout: { desired: "continue", reason: null },
    });
  });

  it("end a hold for want of evidence by the next step or by all of them", () => {
    const held = rollout({ phase: "held", heldPhase: "shifting" });
    for (const [request, desired] of [
      ["skip", "skip"],
      ["promote", "promote"],
    ] as const)
      expect(decideRequest(held, request, asked)).toMatchObject({
        rollout: { phase: "shifting", heldPhase: null, desired },
      });
  });
});

describe("decideMode", () => {
  it("diverts and resumes whatever a rollout does", () => {
    expect(decideMode({ pointer }, "diverted")).toMatchObject({
      kind: "moved",
      cause: "divert",
      pointer: { mode: "diverted", generation: 8 },
    });
    expect(decideMode({ pointer: { ...pointer, mode: "diverted" } }, "live")).toMatchObject({
      cause: "resume",
      pointer: { mode: "live" },
    });
    expect(decideMode({ pointer }, "live")).toMatchObject({ kind: "refused", reason: "mode-unchanged" });
    expect(decideMode({ pointer: { ...pointer, active: "none" } }, "diverted")).toMatchObject({
      kind: "refused",
      reason: "not-attached",
    });
  });
});

describe("decideDetach", () => {
  const attachment = { attached: true };

  it("joins a rollout after the switch, is refused before it, and stands alone without one", () => {
    expect(decideDetach({ pointer, slots, attachment, rollout: rollout({}) })).toMatchObject({
      kind: "join",
      rollout: { phase: "rolling-back", desired: "detach" },
    });
    expect(
      decideDetach({
        pointer: { ...pointer, active: "blue" },
        slots,
        attachment,
        rollout: rollout({ phase: "applying" }),
      }),
    ).toMatchObject({ kind: "refused", error: "rollout_live" });
    expect(decideDetach({ pointer, slots, attachment, rollout: null })).toMatchObject({
      kind: "start",
      rollout: { targetSlot: "green", bundleHash: "two", desired: "detach" },
    });
    expect(decideDetach({ pointer: { ...pointer, active: "none" }, slots, attachment, rollout: null })).toMatchObject({
      kind: "refused",
      reason: "not-attached",
    });
  });

  it("also lets go of a switch whose attach did not succeed", () => {
    const held = rollout({ phase: "held", heldPhase: "switching" });
    expect(decideDetach({ pointer, slots, attachment: { attached: false }, rollout: held })).toMatchObject({
      kind: "join",
    });
  });
});
