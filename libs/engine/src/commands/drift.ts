import { AppError, type Json, VendorError } from "@tandem/kernel";
import type { Binding } from "@tandem/domain/slot";
import type { Command } from "@tandem/ports/store/rollouts";
import type { EngineContext } from "../context.ts";
import { describeVendorError } from "../executor/failure.ts";
import { driftOf } from "../observe/drift.ts";
import type { Observer } from "../observe/observer.ts";
import { OpenConnections } from "../open-connections.ts";

/** Compares every bound object with what was last applied: per resource `clean`, `drifted`, `missing` or `unknown`, and whether all could be read. */
export async function runDrift(context: EngineContext, command: Command): Promise<void> {
  const view = await context.commands.commandView(command);
  if (view === null) throw new AppError("not_found", "The deployment is gone.");
  const connections = new OpenConnections(context, command.tenantId);
  try {
    const observer = { context, connections, beforeCall: async () => {} };
    const resources: Json[] = [];
    let complete = true;
    for (const binding of view.bindings) {
      const result = await look(observer, binding);
      if (result.state === "unknown") complete = false;
      resources.push({
        address: binding.address,
        slot: binding.slot,
        connectionId: binding.connectionId,
        externalId: binding.externalId,
        ...result,
      });
    }
    const hasDrift = resources.some((resource) =>
      ["drifted", "missing"].includes((resource as { state: string }).state),
    );
    await context.commands.finishCheck(command, { readAt: view.now, complete, hasDrift, resources });
  } finally {
    await connections.close();
  }
}

async function look(
  observer: Observer,
  binding: Binding,
): Promise<{ readonly state: string; readonly changed: string[]; readonly detail: string | null }> {
  try {
    const { state, changed } = await driftOf(observer, binding);
    return { state, changed: [...changed], detail: null };
  } catch (error) {
    if (error instanceof VendorError) return { state: "unknown", changed: [], detail: describeVendorError(error) };
    if (error instanceof AppError && error.code === "connection_unsealed")
      return { state: "unknown", changed: [], detail: error.message };
    throw error;
  }
}
