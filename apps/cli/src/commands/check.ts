import { Check, CheckReference } from "@tandem/contracts";
import type { Json } from "@tandem/kernel";
import type { Api } from "../api.ts";
import { CommandFailure, ExitCode } from "../exit-code.ts";

const POLL_MS = 150;

/** Asks for a worker's check and waits for its result. */
export async function runCheck(api: Api, path: string, timeoutMs: number): Promise<Json> {
  const { checkId } = await api.post(path, {}, CheckReference);
  const giveUpAt = performance.now() + timeoutMs;
  for (;;) {
    const check = await api.get(`/v1/checks/${checkId}`, Check);
    if (check.state === "done") return check.result ?? null;
    if (check.state === "failed")
      throw new CommandFailure(
        `${check.detail ?? "The check failed"} (${check.code ?? "internal"})`,
        ExitCode.failed,
        check,
      );
    if (performance.now() > giveUpAt)
      throw new CommandFailure(
        `No worker has done the check within ${timeoutMs / 1000} s. Is a worker running?`,
        ExitCode.failed,
      );
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
