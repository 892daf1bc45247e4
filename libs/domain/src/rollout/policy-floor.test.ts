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
    mayLoosen: fc.boolean(),
  })
  .map((members) => ({ ...builtInPolicies.staging, ...members }));

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
            (floor.evidence !== null && other.evidence === null)));
      expect(laxMembers(floor, asked).length > 0).toBe(isLaxer);
    }),
  );
});
