import type { FailureBudget, Wave } from "./fleet-rollout.ts";

/** How many members of a wave of this size may fail. */
export const allowedFailures = (budget: FailureBudget, size: number): number =>
  "count" in budget ? budget.count : Math.floor(budget.share * size);

/** True when more failed than the budget allows, beyond those that a person has accepted. */
export const isOverBudget = (wave: Pick<Wave, "limits" | "size" | "acceptedFailures">, failures: number): boolean =>
  failures - wave.acceptedFailures > allowedFailures(wave.limits.budget, wave.size);
