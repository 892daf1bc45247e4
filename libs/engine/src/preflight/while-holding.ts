import type { PreflightFacts } from "./check.ts";

/** Does something that may take longer than one vendor call, renewing the lease beside it. Throws when the lease is lost. */
export async function whileHolding<Result>(
  { observer }: Pick<PreflightFacts, "observer">,
  work: () => Promise<Result>,
): Promise<Result> {
  const { clock, settings } = observer.context;
  const finished = new AbortController();
  await observer.beforeCall();
  const renewing = renew();
  try {
    return await Promise.race([work(), renewing]);
  } finally {
    finished.abort();
    await renewing.catch(() => undefined); // told by the race already, or the work has ended
  }

  async function renew(): Promise<never> {
    for (;;) {
      await clock.sleep(settings.callDeadlineMs / 2, finished.signal);
      await observer.beforeCall();
    }
  }
}
