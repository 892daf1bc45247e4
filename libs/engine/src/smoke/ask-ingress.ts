import type { StageRun } from "../stage.ts";

/** An answer of the ingress, or that there was none. */
export type Asked<Answer> = { readonly answer: Answer } | { readonly trouble: string };

/** Asks the ingress. That it cannot be reached is a result, not an exception: it is what the test is about. */
export async function askIngress<Answer>(run: StageRun, ask: () => Promise<Answer>): Promise<Asked<Answer>> {
  await run.lease.ensure(run.context.settings.callDeadlineMs);
  try {
    return { answer: await ask() };
  } catch (error) {
    run.context.log.warn({ rolloutId: run.rollout.id, err: error }, "the ingress could not be asked");
    return { trouble: "the ingress could not be asked" };
  }
}

/** Ends a trial call. A call that cannot be ended now ends by itself. */
export async function hangUp(run: StageRun, sessionId: string | null): Promise<void> {
  const { tenantId, id } = run.view.deployment;
  if (sessionId !== null) await askIngress(run, () => run.context.ingress.hangUp(tenantId, id, sessionId));
}
