import { AppError, type Json } from "@tandem/kernel";
import type { Command } from "@tandem/ports/store/rollouts";
import type { EngineContext } from "../context.ts";
import { OpenConnections } from "../open-connections.ts";
import { probeOf } from "../preflight/credential.ts";

/** Opens a connection and asks the vendor who we are and what we may do. */
export async function runTestConnection(context: EngineContext, command: Command): Promise<void> {
  const connection = await context.commands.connection(command.tenantId, command.subjectId);
  if (connection === null) throw new AppError("not_found", "The connection is gone.");
  if (connection.credentialVersion === null)
    throw new AppError("vendor_unauthorized", "No credential has been stored for this connection yet.");
  const connections = new OpenConnections(context, command.tenantId);
  try {
    const probe = await probeOf(await connections.open(connection.id))?.probe();
    const required = Object.keys(context.vendors.descriptor(connection.vendor).requiredScopes);
    const granted = probe?.grantedScopes ?? null;
    const result: Json = {
      vendor: connection.vendor,
      account: probe?.account ?? null,
      status: probe?.status ?? "unknown",
      expiresAt: probe?.expiresAt ?? null,
      grantedScopes: granted === null ? null : [...granted],
      missingScopes: granted === null ? null : required.filter((scope) => !granted.includes(scope)),
    };
    await context.commands.finishCheck(command, result);
  } finally {
    await connections.close();
  }
}
