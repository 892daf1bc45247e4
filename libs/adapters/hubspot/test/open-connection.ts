import { Secret, systemClock } from "@tandem/kernel";
import type { OpenConnection } from "@tandem/ports/adapter";
import type { WriteTarget } from "@tandem/ports/vendor-resources";
import { type RunningSandbox, type SandboxOptions, startSandbox } from "@tandem/sandbox-host";
import { adapter } from "../src/index.ts";
import { demoAccount, sandbox } from "../src/sandbox.ts";

export const startHubspot = (options: Partial<SandboxOptions> = {}): Promise<RunningSandbox> =>
  startSandbox({ vendors: [sandbox], dataDir: null, ...options });

/** A connection to the sandbox (or to any origin) with the demo portal's token, or with another. */
export function openConnection(
  origin: string,
  changes: { accessToken?: string; deadlineMs?: number } = {},
): Promise<OpenConnection> {
  return adapter.open({
    connectionId: "connection-1",
    config: {},
    secrets: { accessToken: new Secret(changes.accessToken ?? demoAccount.accessToken) },
    baseUrl: origin,
    clock: systemClock,
    deadlineMs: changes.deadlineMs ?? 5000,
  });
}

/** A create of one kind with a key of its own. */
export const target = (kind: string, name: string, fields: WriteTarget["fields"]): WriteTarget => ({
  kind,
  externalKey: name.padEnd(26, "0"),
  externalId: null,
  fields,
  label: name,
});

export const optInProperty = target("crm.property", "optin", {
  object: "contacts",
  name: "tandem_opt_in",
  label: "Opted in on the phone",
  type: "enumeration",
  fieldType: "booleancheckbox",
  group: "contactinformation",
  options: [
    { label: "Yes", value: "true" },
    { label: "No", value: "false" },
  ],
  hasUnique: false,
});

export const pipeline = target("crm.pipeline", "leads", {
  object: "deals",
  label: "Leads by phone",
  stages: [
    { key: "fresh", label: "New lead", probability: 0.2, displayOrder: 0 },
    { key: "qualified", label: "Qualified", probability: 0.6, displayOrder: 1 },
    { key: "lost", label: "Lost", probability: 0, displayOrder: 2 },
  ],
});
