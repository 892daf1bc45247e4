import { Check, CheckReference } from "@tandem/contracts";
import type { Json } from "@tandem/kernel";
import type { Api } from "../api.ts";
import { CommandFailure, ExitCode } from "../exit-code.ts";
import { table } from "../views/table.ts";
import type { Register } from "./context.ts";

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

interface DriftResult {
  /** False when something could not be read: what is not listed as drifted may have drifted all the same. */
  readonly complete: boolean;
  readonly hasDrift: boolean;
  readonly resources: readonly {
    readonly address: string;
    readonly slot: string | null;
    readonly state: string;
    readonly changed: readonly string[];
    readonly detail: string | null;
  }[];
}

/** Compares what is at the vendors with what was applied. */
export const registerDrift: Register = (program, run) => {
  program
    .command("drift <deployment>")
    .description("compare the vendors' objects with what was applied (exit code 3: something drifted)")
    .option("--timeout <seconds>", "how long to wait for a worker", "60")
    .action((deployment: string, options: { timeout: string }) =>
      run(async ({ api, output }) => {
        const result = (await runCheck(
          api,
          `/v1/deployments/${encodeURIComponent(deployment)}/drift`,
          Number(options.timeout) * 1000,
        )) as unknown as DriftResult;
        output.result(result, () =>
          table(
            ["address", "slot", "state", "changed"],
            result.resources.map((row) => [
              row.address,
              row.slot ?? "–",
              row.state,
              row.detail ?? row.changed.join(", "),
            ]),
          ),
        );
        return result.complete && !result.hasDrift ? ExitCode.done : ExitCode.pending;
      }),
    );
};
