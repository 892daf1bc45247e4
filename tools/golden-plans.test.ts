import { expect, test } from "vitest";
import { goldenPlan, staleGoldenPlans } from "./golden-plans.mjs";

test("each playbook's first plan is the golden one; after looking at the difference: npm run golden:generate", () => {
  expect(staleGoldenPlans().map(({ name }) => name)).toEqual([]);
});

test("the same playbook gives the same plan, operation for operation", () => {
  expect(goldenPlan("lead-qualifier")).toEqual(goldenPlan("lead-qualifier"));
});
