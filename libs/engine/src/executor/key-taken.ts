import type { StageOutcome, StageRun } from "../stage.ts";

/** Another deployment of the tenant is at an object of the account's: its intent ends by its own doing, and is looked for again then. */
export const keyTaken = (run: StageRun, address: string): StageOutcome => ({
  event: "wait",
  reason: { code: "settling", detail: `another deployment is at ${address}` },
  dueInMs: run.context.settings.callDeadlineMs,
});
