import { expect, test } from "vitest";
import { gatePolicy } from "../../testing/gate-policy.setup.ts";
import { type Policy, policyDraftOf, policyErrors, policyOf } from "./policy-draft.ts";

const whole: Policy = {
  ...gatePolicy,
  approvals: 2,
  strategy: {
    kind: "canary",
    steps: [
      { weightBp: 725, watchMs: 90_000 },
      { weightBp: 5000, watchMs: 0 },
    ],
  },
  evidence: {
    minCalls: 20,
    extendMs: 0,
    whenInconclusive: "hold",
    margins: { "self-serve": 0.3 },
    falseBreachRate: 0.05,
    falsePassRate: 0.1,
  },
  replay: { sessions: 5, maxAgeDays: 7, maxDifferingShare: 0.15, gate: "hold" },
  costCap: { perCallMicros: 123_456, perMonth: { micros: 250_000_000, calls: 900 } },
};

test.each([
  ["with nothing but what must be", gatePolicy],
  ["with everything", whole],
  ["with one cap", { ...whole, costCap: { perCallMicros: null, perMonth: { micros: 1, calls: 1 } } }],
])("a policy %s is sent as it was when nothing is touched", (_, policy) => {
  expect(policyOf(policyDraftOf(policy), policy)).toEqual(policy);
  expect(policyErrors(policyDraftOf(policy))).toEqual({});
});

test("dollars, per cent and shares become what the API takes", () => {
  const draft = { ...policyDraftOf(gatePolicy), strategy: "canary", capPerCall: "0,25", replay: "show" } as const;
  const steps = [{ share: "2.5", watchMs: 60_000 }];
  expect(policyOf({ ...draft, steps }, gatePolicy)).toMatchObject({
    strategy: { kind: "canary", steps: [{ weightBp: 250, watchMs: 60_000 }] },
    costCap: { perCallMicros: 250_000, perMonth: null },
    replay: { gate: "show", sessions: 20 },
  });
});

test("what is wrong is told at its place", () => {
  const draft = policyDraftOf(whole);
  const odd = {
    ...draft,
    approvals: "11",
    approvers: [],
    bakeMs: 8 * 86_400_000,
    steps: draft.steps.toReversed(),
    evidence: { ...draft.evidence, minCalls: "0" },
    replaySessions: "",
    capPerCall: "-1",
    callsPerMonth: "1.5",
  };
  expect(Object.keys(policyErrors(odd)).toSorted()).toEqual([
    "/approvals",
    "/approvers",
    "/bakeMs",
    "/costCap/perCallMicros",
    "/costCap/perMonth/calls",
    "/evidence/minCalls",
    "/replay/sessions",
    "/strategy",
  ]);
});
