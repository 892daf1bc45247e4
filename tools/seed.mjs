// First-start data: the playbooks in the library, a demo tenant connected to the sandbox with one deployment, and its keys.
// Runs before the apps, as the API's own database role; what is there already is left alone.
import { randomUUID } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { demoAccount as cartesia } from "@tandem/cartesia/sandbox";
import { demoAccount as deepgram } from "@tandem/deepgram/sandbox";
import { demoAccount as elevenlabs } from "@tandem/elevenlabs/sandbox";
import { demoAccount as google } from "@tandem/google/sandbox";
import { demoAccount as hubspot } from "@tandem/hubspot/sandbox";
import { demoAccount as openai } from "@tandem/openai/sandbox";
import { demoWorkspace as retell } from "@tandem/retell/sandbox";
import { demoAccount as twilio } from "@tandem/twilio/sandbox";
import { apiConfig } from "@tandem/config";
import { parseManifest } from "@tandem/domain/manifest";
import { instant, Secret } from "@tandem/kernel";
import { hashApiKeySecret, makeApiKey, makeSealer } from "@tandem/secrets";
import { openControlStore } from "@tandem/store";
import { readPlaybookFolder } from "./playbook-folder.mjs";
import { workspaceRoot } from "./projects.mjs";

const YEAR_MS = 364 * 86_400_000;
const TENANT = { slug: "harbor", name: "Harbor Plumbing (demo)" };

/** Closed all week, so that the agent answers whatever the time is when somebody tries it. */
const ALWAYS_CLOSED = Object.fromEntries(
  ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"].map((day) => [day, []]),
);

const CONNECTIONS = {
  telephony: {
    name: "twilio-demo",
    vendor: "twilio",
    config: { accountSid: twilio.accountSid },
    secrets: { authToken: twilio.authToken },
  },
  voiceAgent: { name: "retell-demo", vendor: "retell", config: {}, secrets: { apiKey: retell.apiKey } },
  calendar: {
    name: "google-demo",
    vendor: "google",
    config: { auth: "oauth", clientId: google.clientId },
    secrets: { clientSecret: google.clientSecret, refreshToken: google.refreshToken },
  },
  crm: { name: "hubspot-demo", vendor: "hubspot", config: {}, secrets: { accessToken: hubspot.accessToken } },
  "provider.deepgram": speaking("deepgram", deepgram.apiKey),
  "provider.cartesia": speaking("cartesia", cartesia.apiKey),
  "provider.elevenlabs": speaking("elevenlabs", elevenlabs.apiKey),
  "provider.openai": thinking("openai"),
  "provider.groq": thinking("groq"),
  "provider.together": thinking("together"),
};

/** The demo account of a speech vendor. */
function speaking(vendor, apiKey) {
  return { name: `${vendor}-demo`, vendor, config: {}, secrets: { apiKey } };
}

/** The demo account of a service that speaks OpenAI's chat protocol. */
function thinking(service) {
  const secrets = { apiKey: openai.apiKeys[service] };
  return { name: `${service}-demo`, vendor: "openai", config: { service }, secrets };
}

const config = apiConfig();
const store = openControlStore({ url: config.databaseUrl, applicationName: "tandem-seed" });
const folder = process.env.TANDEM_DATA_DIR ?? join(workspaceRoot, ".data");
const file = (name) => join(folder, name);
const platform = {
  tenantId: null,
  subject: "system:seed",
  roles: ["platform-admin"],
  via: "api",
  requestId: randomUUID(),
};
const everything = { limit: 200, cursor: null };

try {
  await publishPlaybooks();
  const tenant = await demoTenant();
  const actor = { ...platform, tenantId: tenant.id, roles: ["tenant-admin"] };
  await demoDeployment(actor);
  await key(actor, "demo-key", ["tenant-admin", "author", "operator"]);
  await key(platform, "platform-key", ["platform-admin"]);
} finally {
  await store.close();
}

async function publishPlaybooks() {
  const root = join(workspaceRoot, "playbooks");
  for (const name of readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)) {
    const files = readPlaybookFolder(join(root, name));
    const parsed = parseManifest(files, `playbooks/${name}/`);
    if (!parsed.ok)
      throw new Error(`playbooks/${name} is not valid: ${parsed.diagnostics.map(({ detail }) => detail).join("; ")}`);
    const { version } = parsed.manifest;
    const published = await store.manifest(platform, `${name}@${version}`);
    if (published === null)
      await store.publishManifest(platform, {
        hash: parsed.hash,
        playbook: name,
        version,
        content: parsed.manifest,
        source: files.get("manifest.yaml"),
      });
    else if (published.hash !== parsed.hash)
      console.warn(
        `playbooks/${name} was edited without a new version: ${version} stays as published. Raise \`version\` and publish it.`,
      );
  }
}

async function demoTenant() {
  const found = (await store.listTenants(platform, everything)).items.find(({ slug }) => slug === TENANT.slug);
  return found ?? store.createTenant(platform, TENANT);
}

async function demoDeployment(actor) {
  if ((await store.deployment(actor, "front-desk")) !== null) return;
  const kept = (await store.listConnections(actor, everything)).items;
  const connections = {};
  for (const [role, wanted] of Object.entries(CONNECTIONS)) {
    const connection =
      kept.find(({ name }) => name === wanted.name) ??
      (await store.createConnection(actor, {
        name: wanted.name,
        vendor: wanted.vendor,
        endpoint: "sandbox",
        config: wanted.config,
        smokeWrites: "test-objects",
      }));
    if (connection.credentialVersion === null) await seal(actor, connection, wanted.secrets);
    connections[role] = connection.id;
  }
  await store.createDeployment(actor, {
    name: "front-desk",
    playbook: "after-hours-answering",
    environment: "development",
    number: twilio.numbers[0],
    connections,
    overlay: {
      agentKind: "tandem",
      businessName: "Harbor Plumbing",
      businessDescription:
        "Harbor Plumbing repairs and installs heating, bathrooms and water pipes in the harbor district.",
      timeZone: "America/New_York",
      openingHours: ALWAYS_CLOSED,
      staffNumbers: ["+15550100101", "+15550100102"],
      onCallNumber: "+15550100103",
      fallbackNumber: "+15550100104",
      emergencyNumber: "+15550100105",
    },
  });
}

async function seal(actor, connection, secrets) {
  const sealer = await makeSealer(config.sealingPublicKey);
  const identity = { tenantId: actor.tenantId, connectionId: connection.id, version: 1 };
  const sealed = await sealer.seal(
    identity,
    Object.fromEntries(Object.entries(secrets).map(([name, value]) => [name, new Secret(value)])),
  );
  await store.putCredential(actor, connection.id, sealed, sealer.kid);
}

/** Makes a key and keeps it for its owner only, unless the file is there. */
async function key(actor, name, roles) {
  if (existsSync(file(name)) && readFileSync(file(name), "utf8").trim() !== "") return;
  const made = makeApiKey("demo");
  await store.createApiKey(actor, {
    keyId: made.keyId,
    secretHash: hashApiKeySecret(config.keyPepper, made.secret),
    name: `made by npm start (${name})`,
    roles,
    tenantId: actor.tenantId,
    expiresAt: instant(Date.now() + YEAR_MS),
  });
  writeFileSync(file(name), `${made.key}\n`, { mode: 0o600 });
}
