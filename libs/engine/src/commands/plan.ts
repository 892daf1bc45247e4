import { AppError } from "@tandem/kernel";
import { type Finding, targetSlotOf } from "@tandem/domain/plan";
import type { Command } from "@tandem/ports/store/rollouts";
import type { EngineContext } from "../context.ts";
import { planFor } from "../observe/plan-for.ts";
import { OpenConnections } from "../open-connections.ts";
import { preflight } from "../preflight/preflight.ts";

/** Preflight and plan for a bundle, saved under the command's id. Writes nothing at any vendor. */
export async function runPlan(context: EngineContext, command: Command): Promise<void> {
  const view = await context.commands.commandView(command);
  const bundle = command.bundleHash === null ? undefined : view?.bundles[command.bundleHash];
  if (view === null || bundle === undefined || command.bundleHash === null)
    throw new AppError("not_found", "The deployment or the bundle to plan for is gone.");
  const connections = new OpenConnections(context, command.tenantId);
  try {
    const observer = { context, connections, beforeCall: async () => {} };
    const findings = await preflight(observer, view, { bundle, target: targetSlotOf(view.pointer) }, null);
    const plan = await planFor(observer, view, {
      id: command.id,
      bundleHash: command.bundleHash,
      createdBy: command.requestedBy,
      findings,
    }).catch((error: unknown) => {
      throw blockedBy(findings) ?? error;
    });
    await context.commands.finishPlan(command, plan);
  } finally {
    await connections.close();
  }
}

/** Without a look at a vendor there is no plan; what preflight found about that says more than the failed look. Null: it found nothing. */
function blockedBy(findings: readonly Finding[]): AppError | null {
  const errors = findings.filter(({ severity }) => severity === "error");
  if (errors.length === 0) return null;
  const text = errors.map(({ summary, detail, fix }) => `${summary}: ${detail} ${fix}`).join("\n");
  return new AppError("plan_blocked", text, {
    details: { findings: errors.map(({ code, address }) => ({ code, address })) },
  });
}
