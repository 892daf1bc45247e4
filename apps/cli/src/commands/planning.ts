import { type Plan, PlanReference, PlanState, type ReleaseComparison } from "@tandem/contracts";
import { planSummary, type Plan as PlanNoun, renderPlan } from "@tandem/domain/plan";
import type { Api } from "../api.ts";
import { CommandFailure, ExitCode } from "../exit-code.ts";
import type { Output } from "../output.ts";

const POLL_MS = 150;

/** A plan, with the planned release beside the one that is live. */
export type PlanFacts = Plan & { readonly comparison?: ReleaseComparison };

/** Has a plan made and waits for it. */
export async function makePlan(
  api: Api,
  deployment: string,
  manifest: string | undefined,
  timeoutMs: number,
): Promise<PlanFacts> {
  const { planId } = await api.post(
    `/v1/deployments/${encodeURIComponent(deployment)}/plans`,
    manifest === undefined ? {} : { manifest },
    PlanReference,
  );
  return waitForPlan(api, planId, timeoutMs);
}

/** Waits until a plan is ready; a plan that could not be made is a failure with its reason. */
export async function waitForPlan(api: Api, planId: string, timeoutMs: number): Promise<PlanFacts> {
  const giveUpAt = performance.now() + timeoutMs;
  for (;;) {
    const state = await api.get(`/v1/plans/${planId}`, PlanState);
    const { plan, comparison } = state;
    if (plan !== undefined) return comparison === undefined ? plan : { ...plan, comparison };
    if (state.state === "failed")
      throw new CommandFailure(
        `The plan could not be made: ${state.detail ?? "no reason given"} (${state.code ?? "internal"})`,
        ExitCode.failed,
        state,
      );
    if (performance.now() > giveUpAt)
      throw new CommandFailure(
        `No worker has made plan ${planId} within ${timeoutMs / 1000} s. Is a worker running?`,
        ExitCode.failed,
      );
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** The plan in prose. */
export const planWords = ({ comparison, ...plan }: PlanFacts, output: Output): string =>
  renderPlan({ ...plan, tenantId: "" } as unknown as PlanNoun, {
    ...(comparison !== undefined && { comparison }),
    paint: output.paint,
    columns: Math.min(process.stdout.columns ?? 100, 120),
  });

/** True when applying the plan would change something. */
export const hasChanges = (plan: PlanFacts): boolean =>
  plan.changes.some(({ action }) => action !== "no-op") || plan.callerChanges.length > 0;

export const isBlocked = (plan: PlanFacts): boolean => plan.findings.some(({ severity }) => severity === "error");

export const summary = (plan: PlanFacts): string => planSummary(plan as unknown as PlanNoun);
