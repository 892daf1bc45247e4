import { Rollout } from "@tandem/contracts";
import { ExitCode } from "../exit-code.ts";
import { follow } from "../follow.ts";
import { noteEvents, rolloutStatus } from "../views/rollout.ts";
import { exitCodeOf } from "./apply.ts";
import type { Context, Register } from "./context.ts";

interface Options {
  readonly to?: string;
  readonly reason?: string;
  readonly wait: boolean;
  readonly timeout: string;
}

/** Brings an older release back after bake, when the previous slot is gone, and follows the rollout to its end. */
export const registerRevert: Register = (program, run) => {
  program
    .command("revert <deployment>")
    .description(
      "bring an older release back by a new rollout; a rollback does it at once while the previous slot holds it",
    )
    .option("--to <rollout-or-version>", "which release; the one that was live before the present by default")
    .option("-r, --reason <text>", "kept in the timeline and the audit log")
    .option("--no-wait", "start it and return")
    .option("--timeout <seconds>", "how long to follow; the rollout itself goes on", "3600")
    .action((deployment: string, options: Options) => run((context) => revert(context, deployment, options)));
};

async function revert({ api, output }: Context, deployment: string, options: Options): Promise<ExitCode> {
  const rollout = await api.post(
    `/v1/deployments/${encodeURIComponent(deployment)}/revert`,
    { ...(options.to !== undefined && { to: options.to }), reason: options.reason ?? null },
    Rollout,
  );
  if (!options.wait) {
    output.result(rollout, () => rolloutStatus(rollout, output.paint));
    return ExitCode.done;
  }
  const followed = await follow(api, rollout.id, {
    onEvent: noteEvents(output),
    stopWhenWaiting: true,
    timeoutMs: Number(options.timeout) * 1000,
  });
  output.result(followed.rollout, () => rolloutStatus(followed.rollout, output.paint));
  return exitCodeOf(followed.rollout.phase);
}
