import { instant } from "@tandem/kernel";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  builtInPolicies,
  type DecisionLink,
  type Freeze,
  freezeInForce,
  isLaxerStrategy,
  linkBinding,
  linkLabel,
  linkRefusal,
  policyProblem,
  Strategy,
} from "./index.ts";

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

describe("a gate policy", () => {
  test("never lets an author approve in production", () => {
    const lax = { ...builtInPolicies.production, authorMayApprove: true };
    expect(policyProblem("production", lax)).not.toBeNull();
    expect(policyProblem("development", lax)).toBeNull();
  });

  test("whose strategy is followed, or watched longer and begun smaller, is kept; a larger first share or a shorter watch is laxer", () => {
    fc.assert(
      fc.property(strategies, strategies, strategies, (one, two, three) => {
        expect(isLaxerStrategy(one, one)).toBe(false);
        if (!isLaxerStrategy(one, two) && !isLaxerStrategy(two, three)) expect(isLaxerStrategy(one, three)).toBe(false);
      }),
    );
    const floor: Strategy = {
      kind: "canary",
      steps: [
        { weightBp: 500, watchMs: 1000 },
        { weightBp: 5000, watchMs: 1000 },
      ],
    };
    const of = (...steps: [number, number][]): Strategy => ({
      kind: "canary",
      steps: steps.map(([weightBp, watchMs]) => ({ weightBp, watchMs })),
    });
    expect(isLaxerStrategy(floor, of([100, 500], [500, 500], [2500, 1000]))).toBe(false);
    for (const laxer of [
      of([500, 999], [5000, 5000]),
      of([501, 9000], [5000, 9000]),
      of([500, 1000]),
      { kind: "blue-green" } as const,
    ])
      expect(isLaxerStrategy(floor, laxer)).toBe(true);
    expect(Strategy.safeParse(of([500, 1], [500, 1])).success).toBe(false);
  });
});

const NOW = Date.parse("2026-12-24T12:00:00.000Z");
const windowOf = (own: Partial<Freeze>): Freeze => ({
  id: "f",
  level: "tenant",
  playbook: null,
  environment: null,
  startsAt: instant(NOW - 1000),
  endsAt: instant(NOW + 1000),
  reason: "holidays",
  endedAt: null,
  createdBy: "x",
  createdAt: instant(NOW - 1000),
  isExempt: false,
  ...own,
});

describe("a freeze window", () => {
  const inForce = (own: Partial<Freeze>, override?: Parameters<typeof freezeInForce>[1]) =>
    freezeInForce({ now: instant(NOW), windows: [windowOf(own)] }, override) !== null;
  const override = { by: "x", reason: "y" };

  test("holds from its start up to its end", () => {
    expect(inForce({ startsAt: instant(NOW) })).toBe(true);
    expect(inForce({ startsAt: instant(NOW + 1) })).toBe(false);
    expect(inForce({ endsAt: instant(NOW) })).toBe(false);
    expect(inForce({ endedAt: instant(NOW - 1) })).toBe(false);
  });

  test("is passed by the tenant's override when it is among the windows that the override is for, the platform's only when exempt", () => {
    expect(inForce({}, override)).toBe(false);
    expect(inForce({}, { ...override, freezes: ["f"] })).toBe(false);
    expect(inForce({}, { ...override, freezes: ["g"] })).toBe(true);
    expect(inForce({ level: "platform" }, override)).toBe(true);
    expect(inForce({ level: "platform", isExempt: true })).toBe(false);
  });

  test("that ends last is the one that is told", () => {
    const windows = [windowOf({ id: "a" }), windowOf({ id: "b", endsAt: instant(NOW + 9000) }), windowOf({ id: "c" })];
    expect(freezeInForce({ now: instant(NOW), windows }, undefined)?.id).toBe("b");
  });
});

test("a link acts only while everything that it is bound to is as it was", () => {
  const link: DecisionLink = {
    id: "l",
    rolloutId: "r",
    deploymentId: "d",
    action: "approve",
    addressee: "slack:anna",
    planHash: "p",
    generation: null,
    expiresAt: instant(NOW),
    createdBy: "key:x",
    createdAt: instant(NOW - 1000),
    usedAt: null,
    revokedAt: null,
  };
  const back: DecisionLink = { ...link, action: "rollback", planHash: null, generation: 4 };
  const at = (one: DecisionLink, own: object = {}) =>
    linkRefusal(one, {
      nowMs: NOW - 1,
      tenantId: "t",
      binding: linkBinding("t", one),
      planHash: "p",
      isLive: true,
      generation: 4,
      ...own,
    });
  expect([at(link), at(back)]).toEqual([null, null]);
  expect(at(link, { nowMs: NOW })).toBe("expired");
  expect(at({ ...link, usedAt: instant(NOW) })).toBe("used");
  expect(at({ ...link, revokedAt: instant(NOW) })).toBe("revoked");
  expect(at(link, { planHash: "q" })).toBe("plan-changed");
  expect(at(link, { isLive: false })).toBe("ended");
  expect(at(back, { generation: 5 })).toBe("moved");
  expect(at(back, { planHash: "q", isLive: false })).toBeNull();
  const other = {
    id: "m",
    rolloutId: "s",
    deploymentId: "e",
    action: "reject",
    addressee: "slack:ben",
    planHash: "q",
    generation: 1,
    expiresAt: instant(NOW + 1),
  } as const;
  for (const [member, value] of Object.entries(other))
    expect(at({ ...link, [member]: value }, { binding: linkBinding("t", link) }), member).toBe("unknown");
  expect(at(link, { tenantId: "u" })).toBe("unknown");
});

test("a link's label names the plan that it decides about", () => {
  expect(linkLabel({ action: "approve", planHash: "0123456789abcdef" })).toBe("Approve plan 0123456789ab");
  expect(linkLabel({ action: "rollback", planHash: null })).toBe("Roll back");
});
