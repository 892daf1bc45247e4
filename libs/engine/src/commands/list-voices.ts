import { AppError, type Json } from "@tandem/kernel";
import type { Command } from "@tandem/ports/store/rollouts";
import type { EngineContext } from "../context.ts";
import { OpenConnections } from "../open-connections.ts";

/** Reads the voices of a connection's account and keeps them for forms. */
export async function runListVoices(context: EngineContext, command: Command): Promise<void> {
  const connection = await context.commands.connection(command.tenantId, command.subjectId);
  if (connection === null) throw new AppError("not_found", "The connection is gone.");
  if (connection.credentialVersion === null)
    throw new AppError("vendor_unauthorized", "No credential has been stored for this connection yet.");
  const connections = new OpenConnections(context, command.tenantId);
  try {
    const { voices } = await connections.open(connection.id);
    if (voices === undefined) throw new AppError("invalid_input", `${connection.vendor} does not tell its voices.`);
    const listing = await voices.list();
    await context.commands.finishCheck(command, listing as unknown as Json);
  } finally {
    await connections.close();
  }
}
