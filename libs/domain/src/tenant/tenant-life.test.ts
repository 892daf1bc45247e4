import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { judgeRotation } from "./credential.ts";
import { type LeavingDeployment, nextOffBoardingMove, OffBoardingPhase } from "./off-boarding.ts";

const NOW = Date.parse("2026-11-28T00:00:00.000Z");
const shown = { account: "AC1", grantedScopes: ["a"], expiresAt: null, status: "active" };

describe("a new credential", () => {
  it.each([
    ["accepted", {}, shown],
    ["accepted", {}, null],
    ["accepted", { grantedScopes: null }, shown],
    ["refused", { account: "AC2" }, shown],
    ["refused", { status: "suspended" }, shown],
    ["refused", { expiresAt: "2026-11-27T00:00:00.000Z" }, shown],
    ["refused", { grantedScopes: [] }, shown],
  ])("is %s when it shows %j", (kind, patch, before) => {
    expect(judgeRotation({ ...shown, ...patch }, before, { needed: ["a"], nowMs: NOW }).kind).toBe(kind);
  });
});

const deployment: fc.Arbitrary<LeavingDeployment> = fc.record({
  deploymentId: fc.uuid(),
  isGone: fc.boolean(),
  rollout: fc.option(
    fc.record({
      id: fc.uuid(),
      isEnding: fc.boolean(),
      isSwitched: fc.boolean(),
      held: fc.option(fc.constantFrom("a reason")),
    }),
  ),
});
const view = fc.record({
  phase: fc.constantFrom(...OffBoardingPhase.options),
  liveCalls: fc.nat(3),
  phaseMs: fc.nat(5000),
  deployments: fc.array(deployment, { maxLength: 5 }),
});

describe("an off-boarding", () => {
  it("takes nothing apart while callers are on it, one at a time, and enters phases in order only", () => {
    const order = OffBoardingPhase.options;
    fc.assert(
      fc.property(view, (seen) => {
        const move = nextOffBoardingMove(seen, 2000);
        if (move.kind === "enter") expect(order.indexOf(move.phase)).toBe(order.indexOf(seen.phase) + 1);
        if (move.kind === "enter" && move.phase === "removing") expect(seen.liveCalls).toBe(0);
        if (move.kind === "revoke" || move.kind === "erase") expect(["revoking", "erasing"]).toContain(seen.phase);
        if (move.kind !== "take-apart") return;
        const target = seen.deployments.find(({ deploymentId }) => deploymentId === move.deploymentId);
        if (seen.phase === "stopping") expect(target?.rollout).toMatchObject({ isSwitched: false, isEnding: false });
        else expect([target?.isGone, target?.rollout?.isEnding ?? false]).toEqual([false, false]);
        const ahead = seen.deployments.slice(0, target === undefined ? 0 : seen.deployments.indexOf(target));
        if (seen.phase === "removing") expect(ahead.filter(({ isGone }) => !isGone)).toEqual([]);
      }),
    );
  });

  it("leaves the last phase before its end only when every deployment is gone", () => {
    fc.assert(
      fc.property(view, (seen) => {
        const move = nextOffBoardingMove({ ...seen, phase: "removing" }, 0);
        const isAllGone = seen.deployments.every(({ isGone }) => isGone);
        expect(move.kind === "enter").toBe(isAllGone);
      }),
    );
  });
});
