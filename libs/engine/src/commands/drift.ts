import { AppError, type Json } from "@tandem/kernel";
import { isAstray } from "@tandem/domain/drift";
import type { Command } from "@tandem/ports/store/rollouts";
import type { EngineContext } from "../context.ts";
import { lookAtDrift } from "../observe/drift-look.ts";
import { OpenConnections } from "../open-connections.ts";

/** Looks for drift because somebody asked: the answer is the command's result, and the deployment's latest look. */
export async function runDrift(context: EngineContext, command: Command): Promise<void> {
  const connections = new OpenConnections(context, command.tenantId);
  try {
    const observer = { context, connections, beforeCall: async () => {} };
    const look = await lookAtDrift(observer, () => context.commands.commandView(command));
    if (look === null) throw new AppError("not_found", "The deployment is gone.");
    await context.commands.keepDriftLook(command.tenantId, command.subjectId, look);
    const { lookedAt: readAt, complete, resources } = look;
    const result = { readAt, complete, hasDrift: resources.some(isAstray), resources };
    await context.commands.finishCheck(command, result as unknown as Json);
  } finally {
    await connections.close();
  }
}

/** Looks that time has made due, up to the number of deployments that one worker moves at a time; answers how many. Off at an interval of 0. */
export async function lookForDrift(context: EngineContext): Promise<number> {
  const { driftLookMs, concurrency } = context.settings;
  if (driftLookMs === 0 || context.isStopping()) return 0;
  const due = await context.commands.claimDriftLooks(driftLookMs, concurrency);
  await Promise.all(due.map((one) => lookOnce(context, one)));
  return due.length;
}

/** A look that fails is told to the operators; the next one is due in its time. */
async function lookOnce(
  context: EngineContext,
  { tenantId, deploymentId }: { readonly tenantId: string; readonly deploymentId: string },
): Promise<void> {
  const connections = new OpenConnections(context, tenantId);
  try {
    const observer = { context, connections, beforeCall: async () => {} };
    const look = await lookAtDrift(observer, () => context.store.view(tenantId, deploymentId));
    if (look !== null) await context.commands.keepDriftLook(tenantId, deploymentId, look);
  } catch (error) {
    context.log.error({ deploymentId, err: error }, "a look for drift failed; the next one is due in its time");
  } finally {
    await connections.close();
  }
}
