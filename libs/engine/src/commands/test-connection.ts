import type { Command } from "@tandem/ports/store/rollouts";
import type { EngineContext } from "../context.ts";
import { probeOf } from "../preflight/credential.ts";
import { withConnection } from "./with-connection.ts";

/** Opens a connection and asks the vendor who we are and what we may do. */
export const runTestConnection = (context: EngineContext, command: Command): Promise<void> =>
  withConnection(context, command, async (open, vendor) => {
    const probe = await probeOf(open)?.probe();
    const required = Object.keys(context.vendors.descriptor(vendor).requiredScopes);
    const granted = probe?.grantedScopes ?? null;
    return {
      vendor,
      account: probe?.account ?? null,
      status: probe?.status ?? "unknown",
      expiresAt: probe?.expiresAt ?? null,
      grantedScopes: granted === null ? null : [...granted],
      missingScopes: granted === null ? null : required.filter((scope) => !granted.includes(scope)),
    };
  });
