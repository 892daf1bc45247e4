import type { ReleaseBundle } from "@tandem/domain/release";
import { Slot } from "@tandem/domain/slot";
import { AppError, isJsonObject, type Json } from "@tandem/kernel";
import type { SpokenReport, TrialAnswer, TrialCall } from "@tandem/ports/ingress-probe";
import type { Command, RolloutView } from "@tandem/ports/store/rollouts";
import type { EngineContext } from "../context.ts";
import { judgeCall } from "../smoke/judge-call.ts";
import type { PlannedCall } from "../smoke/planned-call.ts";
import { playbookCalls } from "../smoke/playbook-calls.ts";
import { standardCalls } from "../smoke/standard-calls.ts";

/** What of a command's claim a call may take: whoever follows a dead worker places it again, and no two are under way. */
const SHARE_OF_CLAIM = 0.9;
const LOOK_MS = 1000;

/** Who is called, and with which words. */
interface Chosen {
  readonly view: RolloutView;
  readonly slot: Slot;
  readonly release: string;
  readonly bundle: ReleaseBundle;
  readonly call: PlannedCall;
}

/** Has the scripted caller of smoke tests ring a slot because somebody asked. Held to scripts that write nothing at a vendor. */
export async function runTestCall(context: EngineContext, command: Command, claimMs: number): Promise<void> {
  const chosen = chosenCall(context, command, await context.commands.commandView(command));
  const { report, answered } = await hold(context, chosen, claimMs * SHARE_OF_CLAIM);
  const { bundle, slot, release } = chosen;
  const judged = judgeCall(chosen.call, report, { bundle, slackMs: context.settings.smokeSlackMs });
  const { endedBy } = report;
  const result = { ...judged, slot, release, sessionId: answered?.sessionId ?? null, endedBy };
  await context.commands.finishCheck(command, result);
}

function chosenCall(context: EngineContext, { input }: Command, view: RolloutView | null): Chosen {
  if (view === null) throw new AppError("not_found", "The deployment is gone.");
  if (view.tenantStatus !== "active")
    throw new AppError("tenant_suspended", "A suspended tenant's slots take no test calls.");
  const wish = isJsonObject(input ?? null) ? (input as { slot?: Json; script?: Json }) : {};
  const slot = Slot.parse(wish.slot);
  const release = view.slots[slot].bundleHash;
  const bundle = release === null ? undefined : view.bundles[release];
  if (release === null || bundle === undefined)
    throw new AppError("conflict", `Slot ${slot} holds no release to talk to.`);
  if (bundle.agent.kind === "retell-llm")
    throw new AppError("conflict", "The conversation of this release is its vendor's: no scripted caller reaches it.");
  const script = typeof wish.script === "string" ? wish.script : null;
  return { view, slot, release, bundle, call: scriptOf(context, bundle, view, script) };
}

/** Nobody cleans up behind a test call: whatever the connections allow a smoke test, scripts that write are not held. */
function scriptOf(context: EngineContext, bundle: ReleaseBundle, view: RolloutView, name: string | null): PlannedCall {
  const nothing = view.connections.map(({ id }) => ({ id, smokeWrites: "none" as const }));
  const plans = [playbookCalls(bundle, nothing), standardCalls(bundle, nothing, context.settings.smokeSlackMs)];
  const calls = plans.flatMap((plan) => plan.calls);
  const found = name === null ? calls[0] : calls.find((call) => call.name === name);
  if (found !== undefined) return found;
  const skipped = plans.flatMap((plan) => plan.skipped).find((call) => call.name === name);
  if (skipped !== undefined) throw new AppError("conflict", `“${skipped.name}” is ${skipped.reduced}.`);
  const names = calls.map((call) => `“${call.name}”`).join(", ");
  throw new AppError("not_found", `The release has no conversation “${name ?? ""}”; it has ${names}.`);
}

async function hold(
  context: EngineContext,
  { view, slot, release, bundle, call }: Chosen,
  mostMs: number,
): Promise<{ readonly report: SpokenReport; readonly answered: TrialCall | null }> {
  const { tenantId, id } = view.deployment;
  const ended = new AbortController();
  let answered: TrialCall | null = null;
  const onAnswered = async (answer: TrialAnswer): Promise<boolean> => {
    answered = answer.call;
    return answer.slot === slot && answer.bundleHash === release;
  };
  const watching = endInTime(context, ended, Math.min(mostMs, context.settings.smokeCallMs));
  const script = { steps: call.steps, faults: call.faults, signal: ended.signal, onAnswered };
  const speak = bundle.agent.kind === "tandem" ? context.ingress.call : context.ingress.converse;
  try {
    return { report: await speak(tenantId, id, slot, script), answered };
  } finally {
    ended.abort();
    await watching;
    await hangUp(context, view, answered);
  }
}

/** The caller hangs up when it takes too long, and when this process ends. */
async function endInTime({ clock, isStopping }: EngineContext, ended: AbortController, mostMs: number): Promise<void> {
  const untilMs = clock.monotonicMs() + mostMs;
  while (!ended.signal.aborted) {
    await clock.sleep(LOOK_MS, ended.signal).catch(() => undefined); // the call has ended
    if (isStopping() || clock.monotonicMs() >= untilMs) ended.abort();
  }
}

/** A call that nobody ends is ended by its node within minutes. */
async function hangUp(context: EngineContext, { deployment }: RolloutView, call: TrialCall | null): Promise<void> {
  if (call === null) return;
  await context.ingress.settle(deployment.tenantId, deployment.id, call).catch((error: unknown) => {
    context.log.warn({ sessionId: call.sessionId, err: error }, "a test call could not be ended");
  });
}
