import { Secret, systemClock } from "@tandem/kernel";
import type { ConnectionContext, OpenConnection } from "@tandem/ports/adapter";
import type { SandboxVendor } from "@tandem/ports/sandbox";
import { type RunningSandbox, startSandbox, type Tap } from "@tandem/sandbox-host";
import { adapter } from "../src/index.ts";
import { demoAccount, sandbox } from "../src/sandbox.ts";

export const DEADLINE_MS = 600;

export const startTwilio = (others: readonly SandboxVendor[] = [], tap?: Tap): Promise<RunningSandbox> =>
  startSandbox({ vendors: [sandbox, ...others], dataDir: null, ...(tap === undefined ? {} : { tap }) });

export const demoSecrets = { authToken: new Secret(demoAccount.authToken) };

/** Opens the demo account of a running sandbox. */
export const openConnection = (
  running: RunningSandbox,
  changes: Partial<Pick<ConnectionContext, "config" | "secrets" | "deadlineMs" | "baseUrl">> = {},
): Promise<OpenConnection> =>
  adapter.open({
    connectionId: "connection-1",
    config: { accountSid: demoAccount.accountSid },
    secrets: demoSecrets,
    baseUrl: running.origins["twilio"] ?? null,
    clock: systemClock,
    deadlineMs: DEADLINE_MS,
    ...changes,
  });
