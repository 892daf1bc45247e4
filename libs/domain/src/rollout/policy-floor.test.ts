import fc from "fast-check";
import { expect, test } from "vitest";
import { builtInPolicies, type GatePolicy, isLaxerStrategy, type Strategy } from "../gate/index.ts";
import { laxMembers } from "./policy-floor.ts";
import { mergedPolicy } from "./policy-merge.ts";

const strategies: fc.Arbitrary<Strategy> = fc.oneof(
  fc.constant<Strategy>({ kind: "blue-green" }),
  fc
    .uniqueArray(fc.record({ weightBp: fc.integer({ min: 1, max: 9999 }), watchMs: fc.nat(10_000) }), {
      minLength: 1,
      maxLength: 5,
      selector: ({ weightBp }) => weightBp,
    })
    .map((steps): Strategy => ({
      kind: "canary",
      steps: steps.toSorted((left, right) => left.weightBp - right.weightBp),
    })),
);

const policies: fc.Arbitrary<GatePolicy> = fc
  .record({
    approvals: fc.nat(4),
    promotion: fc.constantFrom("automatic" as const, "manual" as const),
    bakeMs: fc.nat(100_000),
    approvalTtlMs: fc.integer({ min: 1, max: 100_000 }),
    strategy: strategies,
    evidence: fc.constantFrom(null, builtInPolicies.production.evidence),
    replay: fc.record({
      sessions: fc.integer({ min: 1, max: 3 }),
      maxAgeDays: fc.integer({ min: 1, max: 3 }),
      maxDifferingShare: fc.constantFrom(0, 0.5, 1),
      gate: fc.constantFrom("off" as const, "show" as const, "hold" as const),
    }),
    mayLoosen: fc.boolean(),
  })
  .map((members) => ({ ...builtInPolicies.staging, ...members }));

function isLaxerReplay(floor: GatePolicy["replay"], other: GatePolicy["replay"]): boolean {
  const order = ["off", "show", "hold"];
  if (floor === undefined || other === undefined || floor.gate === "off") return false;
  return (
    order.indexOf(other.gate) < order.indexOf(floor.gate) ||
    other.sessions < floor.sessions ||
    other.maxDifferingShare > floor.maxDifferingShare
  );
}

test("lets every rollout begin that asks for nothing, and for what another policy asks exactly when that is no laxer", () => {
  fc.assert(
    fc.property(policies, policies, (floor, other) => {
      expect(laxMembers(floor, mergedPolicy(floor, {}))).toEqual([]);
      const asked = mergedPolicy(other, {});
      const isLaxer =
        other.approvals < floor.approvals ||
        other.approvalTtlMs > floor.approvalTtlMs ||
        (!floor.mayLoosen &&
          (other.bakeMs < floor.bakeMs ||
            (floor.promotion === "manual" && other.promotion !== "manual") ||
            isLaxerStrategy(floor.strategy, other.strategy) ||
            isLaxerReplay(floor.replay, other.replay) ||
            (floor.evidence !== null && other.evidence === null)));
      expect(laxMembers(floor, asked).length > 0).toBe(isLaxer);
    }),
  );
});
