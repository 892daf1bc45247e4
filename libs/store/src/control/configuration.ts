import type { ByRole } from "@tandem/domain/tenant";
import { AppError } from "@tandem/kernel";
import { readFault, violatedUnique } from "../database/database-error.ts";
import type { TenantTransaction } from "../database/tenant-db.ts";

export type Connections = ByRole<string>;

/** Names the connections of a deployment anew, one per role. */
export async function writeConnections(
  transaction: TenantTransaction,
  key: { tenantId: string; deploymentId: string },
  connections: Connections,
): Promise<void> {
  await transaction.deploymentConnection.deleteMany({ where: key });
  const data = Object.entries(connections).map(([role, connectionId]) => ({ ...key, role, connectionId }));
  if (data.length > 0) await transaction.deploymentConnection.createMany({ data });
}

/** What a refused write of a deployment means to the person who asked. `error` is ours, with the driver's as its cause. */
export function deploymentRefusal(failure: unknown, facts: { name?: string; number: string | null }): unknown {
  const error = failure instanceof AppError ? failure.cause : failure;
  const constraint = violatedUnique(error);
  if (constraint?.includes("number")) {
    return new AppError("number_taken", `${facts.number} belongs to another deployment.`, {
      details: { number: facts.number },
    });
  }
  if (constraint !== null) {
    return new AppError("already_exists", `There is a deployment ${facts.name} already.`, {
      details: { name: facts.name ?? null },
    });
  }
  if (readFault(error)?.sqlState === "23503") {
    return new AppError("invalid_input", "A connection that it names does not exist.", {
      details: { field: "connections" },
    });
  }
  return failure;
}
