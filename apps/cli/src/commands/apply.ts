import { createInterface } from "node:readline/promises";
import { StartedRollout } from "@tandem/contracts";
import { CommandFailure, ExitCode } from "../exit-code.ts";
import { follow } from "../follow.ts";
import { waitingWords } from "../views/gate.ts";
import { noteEvents, rolloutStatus } from "../views/rollout.ts";
import { strategyOf } from "./canary-steps.ts";
import type { Context, Register } from "./context.ts";
import { hasChanges, isBlocked, makePlan, type PlanFacts, planWords, waitForPlan } from "./planning.ts";

interface Options {
  readonly manifest?: string;
  readonly plan?: string;
  readonly yes?: boolean;
  readonly wait: boolean;
  readonly bake?: string;
  readonly promotion?: string;
  readonly approval?: string;
  readonly approvals?: string;
  readonly whenLive?: string;
  readonly overrideFreeze?: string;
  readonly strategy?: string;
  readonly canary?: string;
  readonly replay?: string;
  readonly timeout: string;
}

/** Plans, asks, starts the rollout and follows it to its end. */
export const registerApply: Register = (program, run) => {
  program
    .command("apply <deployment>")
    .description("plan and roll out, following the rollout to its end")
    .option("-m, --manifest <reference>", "what to roll out; the newest version by default")
    .option("--plan <id>", "apply exactly this plan; refused when it is stale")
    .option("-y, --yes", "do not ask")
    .option("--no-wait", "start it and return")
    .option("--bake <seconds>", "length of the watch window after the switch")
    .option("--promotion <mode>", "automatic or manual")
    .option("--approval <mode>", "none or required")
    .option("--approvals <number>", "how many people must approve the plan")
    .option("--when-live <what>", "refuse or queue, while another rollout is live; the policy's by default")
    .option("--override-freeze <reason>", "pass the tenant's freeze windows (tenant administrators)")
    .option("--strategy <kind>", "blue-green (everybody at once) or canary (in growing shares of new calls)")
    .option("--canary <steps>", "shares and how long each is watched, e.g. 5%:10m,25%:30m,50%:1h")
    .option("--replay <gate>", "replay past sessions before callers come to it: off, show or hold")
    .option("--timeout <seconds>", "how long to follow; the rollout itself goes on", "3600")
    .action((deployment: string, options: Options) => run((context) => apply(context, deployment, options)));
};

async function apply(context: Context, deployment: string, options: Options): Promise<ExitCode> {
  const { api, output } = context;
  const timeoutMs = Number(options.timeout) * 1000;
  const plan =
    options.plan === undefined
      ? await makePlan(api, deployment, options.manifest, timeoutMs)
      : await waitForPlan(api, options.plan, timeoutMs);
  if (!output.isJson) output.note(planWords(plan, output));
  if (isBlocked(plan))
    throw new CommandFailure(
      "Preflight found errors: nothing was started. Fix the findings and plan again.",
      ExitCode.failed,
      plan,
    );
  if (!hasChanges(plan))
    output.note("Nothing differs from what the target slot needs; rolling out all the same moves the pointer.");
  await confirm(context, plan, options.yes === true);
  const body = {
    planId: plan.id,
    policy: policyOf(options),
    ...(options.whenLive !== undefined && { whenLive: options.whenLive }),
  };
  const rollout = await api.post("/v1/rollouts", body, StartedRollout);
  if ("position" in rollout) {
    output.result(rollout, () => waitingWords(rollout));
    return ExitCode.pending;
  }
  if (!options.wait) {
    output.result(rollout, () => rolloutStatus(rollout, output.paint));
    return ExitCode.done;
  }
  const followed = await follow(api, rollout.id, {
    onEvent: noteEvents(output),
    stopWhenWaiting: true,
    timeoutMs,
  });
  output.result(followed.rollout, () => rolloutStatus(followed.rollout, output.paint));
  return exitCodeOf(followed.rollout.phase);
}

/** 0 only when it succeeded; 3 while it waits or runs; 1 for every other end. */
export function exitCodeOf(phase: string): ExitCode {
  if (phase === "succeeded") return ExitCode.done;
  return ["aborted", "rolled-back", "failed"].includes(phase) ? ExitCode.failed : ExitCode.pending;
}

async function confirm({ output }: Context, plan: PlanFacts, isSure: boolean): Promise<void> {
  if (isSure) return;
  if (output.isJson || !process.stdin.isTTY)
    throw new CommandFailure("Not applied: add --yes when nobody can answer the question.", ExitCode.usage);
  const question = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await question.question(`Apply to slot ${plan.targetSlot}? Only "yes" goes on: `);
    if (answer.trim() !== "yes") throw new CommandFailure("Not applied.", ExitCode.failed);
  } finally {
    question.close();
  }
}

const policyOf = (options: Options) => ({
  ...(options.bake === undefined ? {} : { bakeMs: Math.round(Number(options.bake) * 1000) }),
  ...(options.promotion === undefined ? {} : { promotion: options.promotion }),
  ...(options.approval === undefined ? {} : { approval: options.approval }),
  ...(options.approvals === undefined ? {} : { approvals: Number(options.approvals) }),
  ...(options.overrideFreeze === undefined ? {} : { freezeOverride: { reason: options.overrideFreeze } }),
  ...(options.replay === undefined ? {} : { replay: { gate: options.replay } }),
  ...strategyOf(options),
});
