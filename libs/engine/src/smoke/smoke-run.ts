import { EvidenceLevel, type SmokeReport, type SmokeResponse, type SmokeScenarioReport } from "@tandem/domain/rollout";
import type { StageRun } from "../stage.ts";
import { agentFailure } from "./hosted-agent.ts";
import { type HeldCalls, holdCalls } from "./hold-calls.ts";
import { skippedReport } from "./judge-call.ts";
import type { CallPlan } from "./planned-call.ts";
import { isConversation, playbookCalls } from "./playbook-calls.ts";
import { judgeResponse } from "./response.ts";
import { playScenario } from "./scenario.ts";
import { standardCalls } from "./standard-calls.ts";

/**
 * The whole smoke test of the inactive slot: the hosted agent is read back, answers and tools are tried, and where our engine thinks or
 * speaks, the playbook's conversations and the standard set are held. Errors: `VendorError`, `lease_lost`, `Interrupted`.
 */
export async function smokeRelease(run: StageRun): Promise<SmokeReport> {
  const { bundle } = run;
  const agent = await agentFailure(run);
  if (agent !== null) return reportOf(run, { scenarios: [], failures: [agent], response: null });
  const scenarios: SmokeScenarioReport[] = [];
  for (const scenario of bundle.smoke.filter((each) => !isConversation(each)))
    scenarios.push(await playScenario(run, scenario));
  const isReached = scenarios.every(({ passed }) => passed);
  const plan = bundle.agent.kind === "retell-llm" || !isReached ? NOTHING : conversationsOf(run);
  const held: HeldCalls =
    plan.calls.length === 0 ? { scenarios: [], undisturbed: [] } : await holdCalls(run, plan.calls);
  const level = bundle.agent.kind === "tandem" ? "spoken" : "text";
  scenarios.push(...held.scenarios, ...plan.skipped.map((call) => skippedReport(call, level)));
  const verdict =
    held.scenarios.length === 0 ? null : judgeResponse(held.undisturbed, bundle, run.context.settings.smokeSlackMs);
  return reportOf(run, { scenarios, failures: verdict?.failures ?? [], response: verdict?.response ?? null });
}

const NOTHING: CallPlan = { calls: [], skipped: [] };

function conversationsOf({ bundle, view, context }: StageRun): CallPlan {
  const plans = [
    playbookCalls(bundle, view.connections),
    standardCalls(bundle, view.connections, context.settings.smokeSlackMs),
  ];
  return { calls: plans.flatMap(({ calls }) => calls), skipped: plans.flatMap(({ skipped }) => skipped) };
}

function reportOf(
  { bundle }: StageRun,
  found: {
    readonly scenarios: readonly SmokeScenarioReport[];
    readonly failures: readonly string[];
    readonly response: SmokeResponse | null;
  },
): SmokeReport {
  const { scenarios, response } = found;
  const samples = scenarios.reduce((sum, scenario) => sum + scenario.samples, 0);
  const level = levelOf(scenarios);
  const failures = [...found.failures, ...scenarios.flatMap((scenario) => scenario.failures)];
  if (samples === 0 && failures.length === 0) failures.push("nothing was tested");
  // A release that speaks is not let through unheard.
  if (failures.length === 0 && bundle.agent.kind === "tandem" && level !== "spoken")
    failures.push("nobody has spoken with it");
  return {
    passed: failures.length === 0,
    level,
    samples,
    skippedWrites: scenarios.reduce((sum, scenario) => sum + scenario.skippedWrites, 0),
    reducedEvidence: scenarios.some(({ reduced }) => reduced !== null),
    failures,
    response,
    scenarios: [...scenarios],
  };
}

/** The highest level at which something was really looked at. */
function levelOf(scenarios: readonly SmokeScenarioReport[]): EvidenceLevel {
  const reached = new Set(scenarios.filter(({ samples }) => samples > 0).map(({ level }) => level));
  return EvidenceLevel.options.findLast((level) => reached.has(level)) ?? "read-back";
}
