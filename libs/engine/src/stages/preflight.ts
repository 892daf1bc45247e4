import type { RolloutPolicy } from "@tandem/domain/rollout";
import { canaryJournal } from "../preflight/canary-journal.ts";
import { hasErrorFindings, isTransient, preflight } from "../preflight/preflight.ts";
import { WORKER } from "../context.ts";
import { backoffMs, spreadOf } from "../executor/failure.ts";
import { observerOf } from "../observe/observer.ts";
import type { Stage } from "../stage.ts";

/** Checks before anything is planned or written, test objects apart. All findings are kept; errors hold the rollout. */
export const preflightStage: Stage = async (run) => {
  const rollout = { watchedMs: watchedMs(run.rollout.policy), canaries: canaryJournal(run) };
  const findings = await preflight(observerOf(run), run.view, run, rollout);
  const failures = (run.memory.failures ?? 0) + 1;
  const transient = findings.find(isTransient);
  if (transient !== undefined && failures <= run.context.settings.retryLimit) {
    return {
      event: "wait",
      reason: { code: "vendor-retrying", detail: transient.detail },
      dueInMs: backoffMs(run.context.settings, failures, spreadOf(run)),
      memory: { failures },
    };
  }
  if (!hasErrorFindings(findings) && rollout.canaries.present().length > 0)
    return {
      event: "wait",
      reason: { code: "vendor-retrying", detail: "a test object of preflight may still appear at the vendor" },
      dueInMs: run.context.settings.backoffCapMs / 10,
    };
  const errors = findings.filter(({ severity }) => severity === "error");
  return {
    event: hasErrorFindings(findings) ? "findings-blocked" : "stage-succeeded",
    ...(errors.length > 0 && {
      reason: {
        code: "findings-blocked",
        detail: errors.map(({ code, address }) => `${code}${address === "" ? "" : ` (${address})`}`).join(", "),
      },
    }),
    memory: { findings },
    write: async (transaction) => {
      for (const { severity, code, summary, detail, address, fix } of findings) {
        await transaction.appendEvent({
          type: "finding-raised",
          payload: { severity, code, summary, detail, address, fix },
        });
      }
      await transaction.audit({
        ...WORKER,
        action: "preflight.finished",
        object: `rollout/${run.rollout.id}`,
        after: { errors: errors.length, findings: findings.length },
      });
      return undefined;
    },
  };
};

/** How long callers are on the new release while the rollout still watches them. */
const watchedMs = ({ bakeMs, strategy }: RolloutPolicy): number =>
  bakeMs + (strategy?.kind === "canary" ? strategy.steps.reduce((sum, { watchMs }) => sum + watchMs, 0) : 0);
