import { type JsonObject, Secret, systemClock } from "@tandem/kernel";
import type { OpenConnection } from "@tandem/ports/adapter";
import { type RunningSandbox, type SandboxOptions, startSandbox } from "@tandem/sandbox-host";
import { adapter } from "../src/index.ts";
import { demoAccount, sandbox } from "../src/sandbox.ts";

export const demoConfig = { auth: "oauth", clientId: demoAccount.clientId } as const;
export const demoSecrets = { clientSecret: demoAccount.clientSecret, refreshToken: demoAccount.refreshToken };

export const startGoogle = (options: Partial<SandboxOptions> = {}): Promise<RunningSandbox> =>
  startSandbox({ vendors: [sandbox], dataDir: null, ...options });

/** A connection to the sandbox (or to any origin) with the demo account's credential, parts of it replaced. */
export function openConnection(
  origin: string,
  changes: { config?: JsonObject; secrets?: Record<string, string>; deadlineMs?: number } = {},
): Promise<OpenConnection> {
  const secrets = { ...demoSecrets, ...changes.secrets };
  return adapter.open({
    connectionId: "connection-1",
    config: changes.config ?? demoConfig,
    secrets: Object.fromEntries(Object.entries(secrets).map(([name, value]) => [name, new Secret(value)])),
    baseUrl: origin,
    clock: systemClock,
    deadlineMs: changes.deadlineMs ?? 5000,
  });
}
