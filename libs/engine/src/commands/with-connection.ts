import { AppError, type Json } from "@tandem/kernel";
import type { OpenConnection } from "@tandem/ports/adapter";
import type { Command } from "@tandem/ports/store/rollouts";
import type { EngineContext } from "../context.ts";
import { OpenConnections } from "../open-connections.ts";

/**
 * Does what a command asks of its connection at the vendor, and keeps the answer. Throws `not_found` and `vendor_unauthorized` where there is
 * nothing to open.
 */
export async function withConnection(
  context: EngineContext,
  command: Command,
  read: (open: OpenConnection, vendor: string) => Promise<Json>,
): Promise<void> {
  const connection = await context.commands.connection(command.tenantId, command.subjectId);
  if (connection === null) throw new AppError("not_found", "The connection is gone.");
  if (connection.credentialVersion === null)
    throw new AppError("vendor_unauthorized", "No credential has been stored for this connection yet.");
  const connections = new OpenConnections(context, command.tenantId);
  try {
    const answer = await read(await connections.open(connection.id), connection.vendor);
    await context.commands.finishCheck(command, answer);
  } finally {
    await connections.close();
  }
}
