import { AppError, VendorError } from "@tandem/kernel";
import type { Finding } from "@tandem/domain/plan";
import type { OpenConnection } from "@tandem/ports/adapter";
import { describeVendorError } from "../executor/failure.ts";
import { finding } from "./finding.ts";
import type { PreflightFacts } from "./check.ts";

/** Asks a connection something; a vendor error becomes a finding, and the connection is not asked again when its credential is to blame. */
export async function ask(
  facts: PreflightFacts,
  connectionId: string,
  question: (connection: OpenConnection) => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  if (facts.broken.has(connectionId)) return [];
  try {
    await facts.observer.beforeCall();
    return await question(await facts.observer.connections.open(connectionId));
  } catch (error) {
    return [asFinding(facts, connectionId, error)];
  }
}

/** How a connection is named in findings. */
export function connectionAddress(facts: Pick<PreflightFacts, "view">, connectionId: string): string {
  return `connection/${facts.view.connections.find(({ id }) => id === connectionId)?.name ?? connectionId}`;
}

function asFinding(facts: PreflightFacts, connectionId: string, error: unknown): Finding {
  const address = connectionAddress(facts, connectionId);
  if (error instanceof AppError && error.code === "connection_unsealed") {
    facts.broken.add(connectionId);
    return finding("credential-unsealed", address, error.message);
  }
  if (!(error instanceof VendorError)) throw error;
  const detail = describeVendorError(error);
  switch (error.facts.fault) {
    case "unauthorized":
      facts.broken.add(connectionId);
      return finding("credential-refused", address, detail);
    case "forbidden":
      return finding("permission-missing", address, detail);
    case "payment":
      return finding("account-not-active", address, detail);
    default:
      return finding("vendor-unreachable", address, detail);
  }
}
