import { expect, test } from "vitest";
import { gatePolicy } from "../../testing/gate-policy.setup.ts";
import {
  approvalsHint,
  askedPolicy,
  draftOf,
  draftWords,
  errorsOf,
  firstError,
  type GatePolicy,
} from "./start-draft.ts";

const policy: GatePolicy = { ...gatePolicy, approvals: 1 };

test.each([
  [0, "development needs no approval."],
  [1, "development needs at least 1 approval."],
  [2, "development needs at least 2 approvals."],
])("a policy of %i approvals reads well", (approvals, hint) =>
  expect(approvalsHint({ ...policy, approvals }, "development")).toBe(hint),
);

test("nothing is asked for that the policy says anyway", () => {
  const draft = draftOf(policy);
  expect(errorsOf(draft)).toEqual({});
  expect(askedPolicy(draft, policy)).toEqual({});
  expect(draftWords(draft)).toEqual(["1 approval", "all callers at once", "bake 1 h"]);
});

test("what is chosen is asked for, in the units of the API", () => {
  const draft = {
    ...draftOf(policy),
    strategy: "canary" as const,
    steps: [
      { share: "2.5", watchMs: 60_000 },
      { share: "50", watchMs: 0 },
    ],
    bakeMs: 90_000,
    replay: "hold" as const,
    replaySessions: "5",
    overrideReason: "  agreed with support ",
  };
  expect(askedPolicy(draft, policy)).toEqual({
    strategy: {
      kind: "canary",
      steps: [
        { weightBp: 250, watchMs: 60_000 },
        { weightBp: 5000, watchMs: 0 },
      ],
    },
    bakeMs: 90_000,
    replay: { gate: "hold", sessions: 5 },
    freezeOverride: { reason: "agreed with support" },
  });
  expect(draftWords(draft)).toEqual(["1 approval", "replays past sessions", "canary 2.5 % → 50 %", "bake 1 min 30 s"]);
});

test("going back to all at once from a policy's canary is asked for as such", () => {
  const strict: GatePolicy = {
    ...policy,
    strategy: { kind: "canary", steps: [{ weightBp: 500, watchMs: 60_000 }] },
    replay: { sessions: 10, maxAgeDays: 30, maxDifferingShare: 0.1, gate: "show" },
  };
  const draft = { ...draftOf(strict), strategy: "blue-green" as const, replay: "off" as const };
  expect(askedPolicy(draft, strict)).toEqual({ strategy: { kind: "blue-green" }, replay: { gate: "off" } });
  expect(askedPolicy(draftOf(strict), strict)).toEqual({});
});

test("shares grow, stay below all, and lengths are lengths", () => {
  const canary = (...shares: string[]) =>
    errorsOf({ ...draftOf(policy), strategy: "canary", steps: shares.map((share) => ({ share, watchMs: 0 })) }).steps;
  expect(canary("5", "25")).toBeUndefined();
  expect(canary("25", "25")).toMatch(/larger/);
  expect(canary("0")).toMatch(/between/);
  expect(canary("100")).toMatch(/between/);
  expect(canary("a")).toMatch(/between/);
  expect(errorsOf({ ...draftOf(policy), bakeMs: null }).bakeMs).toBeDefined();
  expect(errorsOf({ ...draftOf(policy), replay: "show", replaySessions: "0" }).replaySessions).toBeDefined();
});

const evidence: NonNullable<GatePolicy["evidence"]> = {
  minCalls: 20,
  extendMs: 3_600_000,
  whenInconclusive: "hold",
  margins: { booked: 0.5, errors: 1 },
  falseBreachRate: 0.05,
  falsePassRate: 0.1,
};

test("of the evidence only the members that differ are asked for; none at all is asked for as none", () => {
  const judged: GatePolicy = { ...policy, evidence };
  const draft = draftOf(judged);
  expect(askedPolicy(draft, judged)).toEqual({});
  const stricter = { ...draft.evidence, minCalls: "30", margins: { ...draft.evidence.margins, booked: "20" } };
  expect(askedPolicy({ ...draft, evidence: stricter }, judged)).toEqual({
    evidence: { minCalls: 30, margins: { booked: 0.2, errors: 1 } },
  });
  const none = { ...draft.evidence, isJudged: false };
  expect(askedPolicy({ ...draft, evidence: none }, judged)).toEqual({ evidence: null });
});

test("where the policy has no evidence, the whole of it is asked for; what is wrong with it stops the start", () => {
  const draft = draftOf(policy);
  const wanted = { ...draft.evidence, isJudged: true };
  expect(askedPolicy({ ...draft, evidence: wanted }, policy).evidence).toMatchObject({
    minCalls: 20,
    whenInconclusive: "hold",
  });
  const errors = errorsOf({ ...draft, evidence: { ...wanted, minCalls: "no" } });
  expect(Object.keys(errors.evidence ?? {})).toEqual(["/minCalls"]);
  expect(firstError(errors)).toMatch(/what calls must show/);
});
