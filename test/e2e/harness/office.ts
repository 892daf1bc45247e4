import type { Strategy } from "@tandem/domain/rollout";
import { randomBytes } from "node:crypto";
import type { JsonObject } from "@tandem/kernel";
import { demoAccount as google } from "@tandem/google/sandbox";
import type { Installation } from "./installation.ts";
import type { TandemApi } from "./tandem-api.ts";
import { eventually } from "./patience.ts";
import { connectProviders, type ProviderConnections } from "./provider-accounts.ts";

export type Role = "telephony" | "voiceAgent" | "calendar" | "crm";

/** Secrets of a customer's accounts at each vendor. */
export interface OfficeSecrets {
  readonly authToken: string;
  readonly retellKey: string;
  readonly clientSecret: string;
  readonly refreshToken: string;
  readonly accessToken: string;
}

/** The members of a rollout that tests look at. */
export interface RolloutView {
  readonly id: string;
  readonly phase: string;
  readonly heldPhase: string | null;
  readonly reason: { readonly code: string; readonly detail: string; readonly nextAction: string } | null;
  readonly memory: JsonObject;
}

export interface Policy {
  readonly bakeMs?: number;
  readonly promotion?: "automatic" | "manual";
  readonly approval?: "none" | "required";
  readonly strategy?: Strategy;
}

const CLOSED = Object.fromEntries(
  ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"].map((day) => [day, []]),
);

let offices = 0;

/** A customer: a tenant with its key, accounts of its own at every emulated vendor, and one deployment. */
export class Office {
  readonly installation: Installation;
  readonly api: TandemApi;
  readonly tenantId: string;
  /** Of the tenant, as addresses of pages name it. */
  readonly slug: string;
  readonly deploymentId: string;
  readonly deployment: string;
  readonly number: string;
  readonly connections: Readonly<Record<Role, string>>;
  /** Accounts at the providers of the chains; null where the hosted agent's own model answers. */
  readonly providers: ProviderConnections | null;
  readonly secrets: OfficeSecrets;
  /** Ids of its accounts at the vendors, as the ledger names them. */
  readonly accounts: Readonly<Record<"twilio" | "retell" | "google" | "hubspot", string>>;

  private constructor(installation: Installation, made: Omit<OfficeParts, "installation">) {
    this.installation = installation;
    this.api = made.api;
    this.tenantId = made.tenantId;
    this.slug = made.slug;
    this.deploymentId = made.deploymentId;
    this.deployment = made.deployment;
    this.number = made.number;
    this.connections = made.connections;
    this.providers = made.providers;
    this.secrets = made.secrets;
    this.accounts = made.accounts;
  }

  static async open(installation: Installation, options: OfficeOptions = {}): Promise<Office> {
    const nth = (offices += 1);
    const tag = `${options.slug ?? "office"}-${nth}`;
    const hex = randomBytes(16).toString("hex");
    const secrets: OfficeSecrets = {
      authToken: `auth-${hex}`,
      retellKey: `key_${hex}`,
      clientSecret: `secret-${hex}`,
      refreshToken: `1//${hex}`,
      accessToken: `pat-na1-${hex}`,
      ...options.secrets,
    };
    const number = `+1555${String(Number.parseInt(hex.slice(0, 7), 16))
      .padStart(9, "0")
      .slice(-7)}`;
    const hubId = 10_000_000 + Number.parseInt(hex.slice(0, 6), 16);
    const accounts = {
      twilio: `AC${hex}`,
      retell: `org_${hex}`,
      google: `${tag}-${hex.slice(0, 6)}@office.example`,
      hubspot: String(hubId),
    };
    await openAccounts(installation, { accounts, secrets, number, hubId });
    const slug = `${tag}-${hex.slice(0, 6)}`;
    const name = options.name ?? tag;
    const tenant = await installation.platform.post("/v1/tenants", { slug, name });
    const roles = ["tenant-admin", "author", "operator", "approver", "auditor"];
    const { key } = await installation.platform.post("/v1/api-keys", { name: tag, roles, tenantId: tenant.id });
    const api = installation.platform.as(key);
    const connections = await connect(api, accounts, secrets);
    const agentKind = options.agentKind ?? "retell-llm";
    const providers = agentKind === "retell-llm" ? null : await connectProviders(api);
    const deployment = await api.post("/v1/deployments", {
      name: options.deployment ?? "front-desk",
      playbook: options.playbook ?? "after-hours-answering",
      environment: "development",
      number,
      connections: { ...connections, ...providers },
      overlay: { ...overlay(name, options.playbook), agentKind, ...options.overlay },
    });
    const made = {
      api,
      tenantId: tenant.id,
      slug,
      deploymentId: deployment.id,
      deployment: deployment.name,
      number,
      connections,
      providers,
      secrets,
      accounts,
    };
    return new Office(installation, made);
  }

  /** Starts a rollout of a manifest version (the newest by default). */
  async roll(policy: Policy = {}, manifestVersion = "after-hours-answering"): Promise<RolloutView> {
    return this.api.post("/v1/rollouts", {
      deploymentId: this.deploymentId,
      manifestVersion,
      policy: { bakeMs: 250, ...policy },
    });
  }

  rollout(id: string): Promise<RolloutView> {
    return this.api.get(`/v1/rollouts/${id}`);
  }

  /** Waits until the rollout is in one of the phases; fails at once when it ends elsewhere. */
  async reach(id: string, phases: readonly string[], withinMs = 60_000): Promise<RolloutView> {
    const ends = ["succeeded", "aborted", "rolled-back", "failed", "held"];
    let last: RolloutView | undefined;
    const reached = await eventually(
      `rollout in ${phases.join(" or ")}`,
      async () => {
        last = await this.rollout(id);
        return phases.includes(last.phase) || ends.includes(last.phase) ? last : undefined;
      },
      withinMs,
    ).catch((error: unknown) => {
      throw new Error(`${(error as Error).message}; it is ${last?.phase} (${JSON.stringify(last?.reason)})`, {
        cause: error,
      });
    });
    if (phases.includes(reached.phase)) return reached;
    throw new Error(
      `the rollout is ${reached.phase} instead of ${phases.join(" or ")}: ${JSON.stringify(reached.reason)}`,
    );
  }

  /** A rollout to its end. */
  async rollOut(policy: Policy = {}): Promise<RolloutView> {
    const { id } = await this.roll(policy);
    return this.reach(id, ["succeeded"]);
  }

  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into details of any shape
  detail(): Promise<any> {
    return this.api.get(`/v1/deployments/${this.deploymentId}`);
  }

  /** Changes parameters of the deployment. */
  async set(values: JsonObject): Promise<void> {
    const path = `/v1/deployments/${this.deploymentId}/configuration`;
    const { configVersion, ...configuration } = await this.api.get(path);
    await this.api.put(
      path,
      { ...configuration, overlay: { ...configuration.overlay, ...values } },
      { "if-match": `"${configVersion}"` },
    );
  }

  /** Plans and waits for the plan's state. */
  // oxlint-disable-next-line typescript/no-explicit-any -- as above
  async plan(): Promise<any> {
    const { planId } = await this.api.post(`/v1/deployments/${this.deploymentId}/plans`, {});
    return eventually("plan", async () => {
      const state = await this.api.get(`/v1/plans/${planId}`);
      return state.state === "pending" ? undefined : state;
    });
  }

  /** The ledger's rows of this customer's accounts. */
  async ledger(after = 0) {
    const own = new Set<string>(Object.values(this.accounts));
    return (await this.installation.sandbox.ledger({ after })).filter(({ account }) => own.has(account));
  }
}

interface OfficeParts {
  readonly installation: Installation;
  readonly api: TandemApi;
  readonly tenantId: string;
  readonly slug: string;
  readonly deploymentId: string;
  readonly deployment: string;
  readonly number: string;
  readonly connections: Readonly<Record<Role, string>>;
  readonly providers: Office["providers"];
  readonly secrets: OfficeSecrets;
  readonly accounts: Office["accounts"];
}

export interface OfficeOptions {
  readonly slug?: string;
  /** What people call it; the slug when absent. */
  readonly name?: string;
  readonly deployment?: string;
  readonly playbook?: string;
  /** What answers; `retell-llm` when absent. The others bring the office accounts at the providers. */
  readonly agentKind?: "tandem" | "custom-llm" | "retell-llm";
  readonly overlay?: JsonObject;
  readonly secrets?: Partial<OfficeSecrets>;
}

/** What both playbooks ask for. */
const everyOverlay = (name: string): JsonObject => ({
  businessName: name,
  timeZone: "America/New_York",
  fallbackNumber: "+15550100104",
  emergencyNumber: "+15550100105",
});

const overlay = (name: string, playbook = "after-hours-answering"): JsonObject => ({
  ...everyOverlay(name),
  ...(playbook === "lead-qualifier"
    ? { offer: "We build dashboards for small and mid-sized manufacturers.", salesNumber: "+15550100106" }
    : {
        businessDescription: "Repairs and installs heating, bathrooms and water pipes in the harbor district.",
        openingHours: CLOSED,
        staffNumbers: ["+15550100101", "+15550100102"],
        onCallNumber: "+15550100103",
      }),
});

async function openAccounts(
  { sandbox }: Installation,
  {
    accounts,
    secrets,
    number,
    hubId,
  }: { accounts: Office["accounts"]; secrets: OfficeSecrets; number: string; hubId: number },
): Promise<void> {
  const { clientSecret, refreshToken } = secrets;
  await sandbox.act("twilio", "addAccount", {
    accountSid: accounts.twilio,
    authToken: secrets.authToken,
    numbers: [number],
  });
  await sandbox.act("retell", "addWorkspace", { id: accounts.retell, apiKeys: [secrets.retellKey] });
  await sandbox.act("google", "addAccount", {
    account: accounts.google,
    clientId: google.clientId,
    clientSecret,
    refreshToken,
  });
  await sandbox.act("hubspot", "addPortal", { hubId, accessToken: secrets.accessToken });
}

async function connect(
  api: TandemApi,
  accounts: Office["accounts"],
  secrets: OfficeSecrets,
): Promise<Record<Role, string>> {
  const wanted = {
    telephony: { vendor: "twilio", config: { accountSid: accounts.twilio }, secrets: { authToken: secrets.authToken } },
    voiceAgent: { vendor: "retell", config: {}, secrets: { apiKey: secrets.retellKey } },
    calendar: {
      vendor: "google",
      config: { auth: "oauth", clientId: google.clientId },
      secrets: { clientSecret: secrets.clientSecret, refreshToken: secrets.refreshToken },
    },
    crm: { vendor: "hubspot", config: {}, secrets: { accessToken: secrets.accessToken } },
  };
  const made = await Promise.all(
    Object.entries(wanted).map(async ([role, { vendor, config, secrets: values }]) => {
      const connection = await api.post("/v1/connections", {
        name: vendor,
        vendor,
        endpoint: "sandbox",
        config,
        smokeWrites: "test-objects",
      });
      await api.put(`/v1/connections/${connection.id}/credential`, { secrets: values });
      return [role, connection.id as string];
    }),
  );
  return Object.fromEntries(made) as Record<Role, string>;
}
