import { WaitingRollout, WaitingRolloutPage } from "@tandem/contracts";
import { ExitCode } from "../exit-code.ts";
import { waitingTable, waitingWords } from "../views/gate.ts";
import type { Register } from "./context.ts";

/** Rollouts that wait until a deployment's live one has ended. */
export const registerQueue: Register = (program, run) => {
  const queue = program.command("queue").description("rollouts that wait until the live one has ended");
  queue
    .command("list <deployment>")
    .description("those that wait in their order, then what became of the others")
    .action((deployment: string) =>
      run(async ({ api, output }) => {
        const path = `/v1/deployments/${encodeURIComponent(deployment)}/waiting-rollouts`;
        const items = await api.all(path, WaitingRolloutPage);
        output.result(items, () => waitingTable(items));
        return ExitCode.done;
      }),
    );
  queue
    .command("cancel <id>")
    .description("take a rollout out of the queue")
    .option("-r, --reason <text>", "kept in the audit log")
    .action((id: string, { reason }: { readonly reason?: string }) =>
      run(async ({ api, output }) => {
        const body = { reason: reason ?? null };
        const waiting = await api.post(`/v1/waiting-rollouts/${id}/cancel`, body, WaitingRollout);
        output.result(waiting, () => waitingWords(waiting));
        return ExitCode.done;
      }),
    );
};
