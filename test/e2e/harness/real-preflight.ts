import { openVendors } from "@tandem/catalog/loaders";
import { demoAccount as elevenlabs, sandbox as elevenlabsSandbox } from "@tandem/elevenlabs/sandbox";
import { demoAccount as deepgram, sandbox as deepgramSandbox } from "@tandem/deepgram/sandbox";
import { createEngine } from "@tandem/engine";
import { demoAccount as google, sandbox as googleSandbox } from "@tandem/google/sandbox";
import { demoAccount as hubspot, sandbox as hubspotSandbox } from "@tandem/hubspot/sandbox";
import { demoWorkspace as retell, sandbox as retellSandbox } from "@tandem/retell/sandbox";
import { demoAccount as twilio, sandbox as twilioSandbox } from "@tandem/twilio/sandbox";
import type { Finding } from "@tandem/domain/plan";
import type { Tool } from "@tandem/domain/manifest";
import type { ReleaseBundle } from "@tandem/domain/release";
import type { Connection } from "@tandem/domain/tenant";
import { idMaker, type JsonObject, Secret, systemClock, systemRng } from "@tandem/kernel";
import { type RunningSandbox, SandboxControl, startSandbox } from "@tandem/sandbox-host";
import {
  buildBundle,
  DEPLOYMENT_ID,
  everyGateOpen,
  MemoryDatabase,
  memoryCommandStore,
  memoryIngress,
  memoryRolloutStore,
  Operator,
  seedDeployment,
  TENANT_ID,
  testSettings,
  VendorWorld,
} from "@tandem/testkit";

interface Account {
  readonly vendor: string;
  readonly config: JsonObject;
  readonly secrets: Readonly<Record<string, string>>;
}

/** Connection id → the emulators' demo accounts. */
const ACCOUNTS: Readonly<Record<string, Account>> = {
  telephony: { vendor: "twilio", config: { accountSid: twilio.accountSid }, secrets: { authToken: twilio.authToken } },
  voiceAgent: { vendor: "retell", config: {}, secrets: { apiKey: retell.apiKey } },
  calendar: {
    vendor: "google",
    config: { auth: "oauth", clientId: google.clientId },
    secrets: { clientSecret: google.clientSecret, refreshToken: google.refreshToken },
  },
  crm: { vendor: "hubspot", config: {}, secrets: { accessToken: hubspot.accessToken } },
  "provider.deepgram": { vendor: "deepgram", config: {}, secrets: { apiKey: deepgram.apiKey } },
  "provider.elevenlabs": { vendor: "elevenlabs", config: {}, secrets: { apiKey: elevenlabs.apiKey } },
};

const tool = (name: string, operation: Tool["operation"], resource?: string): Tool => ({
  name,
  description: "",
  operation,
  arguments: {},
  settings: {},
  acknowledgement: "",
  timeoutMs: 400,
  ...(resource !== undefined && { resource }),
});

export type Prepare = (control: SandboxControl, installation: RealPreflight) => unknown;

/** The engine's own preflight over the vendors' SDKs and the emulators, each started once; its truth is in memory. */
export class RealPreflight {
  readonly control: SandboxControl;
  readonly #sandbox: RunningSandbox;
  database: MemoryDatabase;

  private constructor(running: RunningSandbox) {
    this.#sandbox = running;
    this.control = running.control;
    this.database = new MemoryDatabase(() => Date.now());
  }

  static async start(): Promise<RealPreflight> {
    const vendors = [twilioSandbox, retellSandbox, googleSandbox, hubspotSandbox, deepgramSandbox, elevenlabsSandbox];
    return new RealPreflight(await startSandbox({ vendors, dataDir: null }));
  }

  /** Origin of each emulator. */
  get origins(): Readonly<Record<string, string>> {
    return this.#sandbox.origins;
  }

  close(): Promise<void> {
    return this.#sandbox.close();
  }

  /** What the preflight of a rollout finds, and whether the rollout is held by it. */
  async findings(
    patch: Partial<ReleaseBundle> = {},
    bakeMs = 3_600_000,
    prepare: Prepare = () => undefined,
    vendorSamples = 4,
  ): Promise<{ readonly findings: readonly Finding[]; readonly isHeld: boolean }> {
    await this.control.reset();
    await this.control.clearFaults();
    this.database = new MemoryDatabase(() => Date.now());
    const newId = idMaker(systemClock, systemRng);
    seedDeployment(this.database, new VendorWorld(() => Date.now()));
    this.#connect();
    const vendors = openVendors({
      loadCredential: async (_tenantId, connectionId) => this.#credential(connectionId),
      sandboxOrigins: this.#sandbox.origins,
      clock: systemClock,
      deadlineMs: 1000,
    });
    const log = { info: () => {}, warn: () => {}, error: console.error };
    const engine = createEngine({
      store: memoryRolloutStore(this.database),
      commands: memoryCommandStore(this.database),
      vendors,
      ingress: memoryIngress(this.database),
      clock: systemClock,
      newId,
      installKey: "install-key",
      settings: { ...testSettings, retryLimit: 0, vendorSamples },
      log,
    });
    await prepare(this.control, this);
    const { bundle, hash } = buildBundle({ deploymentId: DEPLOYMENT_ID, patch: { ...this.#release(), ...patch } });
    const operator = new Operator(this.database, newId);
    const policy = { ...everyGateOpen, approval: "required", bakeMs } as const;
    await operator.start(DEPLOYMENT_ID, { bundle, bundleHash: hash, policy });
    for (let look = 0; look < 20 && this.#phase() === "preflighting"; look++)
      await engine.advance(TENANT_ID, DEPLOYMENT_ID);
    await engine.stop();
    await vendors.close();
    const rollout = this.database.state(DEPLOYMENT_ID).rollouts.at(-1);
    return {
      findings: (rollout?.memory["findings"] ?? []) as unknown as readonly Finding[],
      isHeld: rollout?.heldPhase === "preflighting" && rollout.reason?.code === "findings-blocked",
    };
  }

  #phase(): string {
    const phase = this.database.state(DEPLOYMENT_ID).rollouts.at(-1)?.phase ?? "queued";
    return phase === "queued" ? "preflighting" : phase;
  }

  #credential(connectionId: string) {
    const account = ACCOUNTS[connectionId];
    if (account === undefined) throw new Error(`no connection ${connectionId}`);
    const secrets = Object.entries(account.secrets).map(([name, value]) => [name, new Secret(value)] as const);
    return {
      vendor: account.vendor,
      endpoint: "sandbox" as const,
      config: account.config,
      credentialVersion: 1,
      secrets: Object.fromEntries(secrets),
    };
  }

  /** The accounts as the tenant's connections, and the demo calendar as one that an earlier rollout made. */
  #connect(): void {
    const connections = Object.entries(ACCOUNTS).map(([id, { vendor, config }]): Connection => ({
      id,
      tenantId: TENANT_ID,
      name: id,
      vendor,
      endpoint: "sandbox",
      config,
      smokeWrites: "test-objects",
      credentialVersion: 1,
    }));
    this.database.connections.splice(0, Number.POSITIVE_INFINITY, ...connections);
    const state = this.database.state(DEPLOYMENT_ID);
    const roles = Object.fromEntries(Object.keys(ACCOUNTS).map((role) => [role, role]));
    this.database.deployments.set(DEPLOYMENT_ID, {
      ...state,
      deployment: { ...state.deployment, connections: roles },
      bindings: [
        {
          address: "calendar.calendar/bookings",
          slot: null,
          kind: "calendar.calendar",
          owner: "deployment",
          connectionId: "calendar",
          externalKey: "k",
          externalId: google.account,
          version: null,
          lastApplied: null,
          lastAppliedHash: null,
        },
      ],
    });
  }

  #release(): Partial<ReleaseBundle> {
    const { bundle } = buildBundle({ deploymentId: DEPLOYMENT_ID });
    return {
      connections: Object.fromEntries(
        Object.entries(ACCOUNTS).map(([role, { vendor }]) => [
          role,
          { connectionId: role, vendor, requiredScopes: [] },
        ]),
      ),
      resources: bundle.resources.filter(({ kind }) => kind === "telephony.number" || kind === "voice-agent.agent"),
      tools: [tool("book", "calendar.book", "calendar.calendar/bookings"), tool("keep", "crm.upsert-contact")],
    };
  }
}
