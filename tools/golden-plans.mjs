// Writes playbooks/<name>/plan.golden.json: the first plan of the playbook with the values of its example.overlay.yaml, on vendors
// that hold nothing yet; and plan-<x>.golden.json for each example-<x>.overlay.yaml. A change of a manifest, an adapter or the planner shows in its diff. With --check fails when one differs.
// Run with `node --conditions=@tandem/source`.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { descriptors } from "@tandem/catalog";
import { parseManifest } from "@tandem/domain/manifest";
import { compileOperations, makePlan, renderPlan } from "@tandem/domain/plan";
import { compileRelease } from "@tandem/domain/release";
import { load } from "js-yaml";
import { readPlaybookFolder } from "./playbook-folder.mjs";
import { workspaceRoot } from "./projects.mjs";

const root = join(workspaceRoot, "playbooks");
const id = (digits) => `00000000-0000-7000-8000-${String(digits).padStart(12, "0")}`;
const kindOf = (vendor, kind) => descriptors[vendor]?.resources.find((resource) => resource.kind === kind) ?? null;
const emptySlot = (slot) => ({
  slot,
  state: "empty",
  bundleHash: null,
  readyBundleHash: null,
  verifiedAt: null,
  intact: false,
  liveCalls: 0,
});

/** What the carrier has for the number before Tandem comes. */
const FOUND_ROUTING = {
  numberId: "PN00000000000000000000000000000001",
  voiceUrl: "https://before.example/voice",
  voiceMethod: "POST",
  voiceFallbackUrl: "",
  voiceFallbackMethod: "POST",
  statusCallbackUrl: "",
  statusCallbackMethod: "POST",
  applicationId: "",
  trunkId: "",
};

/** Every role that a vendor's account can have: its own, and one for each provider name it serves. */
const rolesOf = ({ roles, providers = {} }) => [...roles, ...Object.keys(providers).map((name) => `provider.${name}`)];

/** Role → account, for every vendor of the catalogue. */
const connectionsOf = (connections, account) =>
  Object.fromEntries(
    connections.flatMap((connection) =>
      rolesOf(connection.descriptor).map((role) => [role, account(connection, role)]),
    ),
  );

/** The first plan of a playbook with the values of an example, and the operations it compiles to. */
export function goldenPlan(name, example = "example.overlay.yaml") {
  const parsed = parseManifest(readPlaybookFolder(join(root, name)), `playbooks/${name}/`);
  if (!parsed.ok)
    throw new Error(`playbooks/${name} is not valid: ${parsed.diagnostics.map(({ detail }) => detail).join("; ")}`);
  const vendors = Object.values(descriptors);
  const connections = vendors.map((descriptor, index) => ({
    id: id(`c${index + 1}`),
    vendor: descriptor.id,
    descriptor,
  }));
  const deployment = {
    id: id(9),
    tenantId: id(8),
    name: "main-office",
    playbook: name,
    environment: "production",
    ingressKey: "0123456789abcdefghijklmnop",
    number: "+15550100100",
    connections: connectionsOf(connections, ({ id: connectionId }) => connectionId),
    overlay: {},
    configVersion: 1,
  };
  const voice = `https://voice.example/voice/${deployment.ingressKey}`;
  const agent = `https://voice.example/agent/${deployment.ingressKey}`;
  const release = compileRelease({
    manifest: parsed.manifest,
    manifestHash: parsed.hash,
    deployment,
    overlays: load(readFileSync(join(root, name, example), "utf8")),
    connections: connectionsOf(connections, ({ id: connectionId, vendor, descriptor }) => ({
      connectionId,
      vendor,
      requiredScopes: Object.keys(descriptor.requiredScopes),
      providers: descriptor.providers ?? {},
    })),
    ingress: {
      voiceUrl: voice,
      voiceFallbackUrl: "https://fallback.example/voice",
      statusUrl: `${voice}/status`,
      toolUrl: `${agent}/tools`,
      agentEventsUrl: `${agent}/events`,
      llmUrl: `${agent.replace("https:", "wss:")}/llm/secret`,
    },
    kindOf,
    providers: Object.assign({}, ...vendors.map(({ providers }) => providers ?? {})),
  });
  if (!release.ok)
    throw new Error(
      `playbooks/${name} does not compile: ${release.diagnostics.map(({ detail }) => detail).join("; ")}`,
    );
  const slotOf = (resource) => (resource.owner === "slot" ? `blue:${resource.address}` : resource.address);
  const plan = makePlan({
    id: id(7),
    createdAt: "2026-01-01T00:00:00.000Z",
    createdBy: "golden",
    deployment,
    pointer: { active: "none", candidate: null, weightBp: 0, salt: "", mode: "live", generation: 0 },
    slots: { blue: emptySlot("blue"), green: emptySlot("green") },
    stateSerial: 0,
    bundle: release.bundle,
    bundleHash: release.hash,
    previous: null,
    bindings: [],
    observed: new Map(release.bundle.resources.map((resource) => [slotOf(resource), null])),
    kinds: kindOf,
    connections,
    otherReferences: new Map(),
    routing: routingOf(release.bundle),
    findings: [],
    installKey: "golden",
  });
  const { apply } = compileOperations(plan, kindOf);
  return {
    prose: renderPlan(plan).split("\n"),
    operations: apply.map(({ seq, verb, vendor, address }) => `${seq} ${verb} ${vendor} ${address}`),
    plan,
  };
}

function routingOf({ resources }) {
  const number = resources.find(({ kind }) => kind === "telephony.number");
  const { voiceUrl, voiceFallbackUrl, statusCallbackUrl } = number.fields;
  return {
    address: number.address,
    observed: FOUND_ROUTING,
    wanted: { ...FOUND_ROUTING, voiceUrl, voiceFallbackUrl, statusCallbackUrl },
    isAttached: false,
  };
}

const EXAMPLE = /^example(?<variant>(-[a-z]+)*)\.overlay\.yaml$/;

/** Golden plans that differ from their file. */
export function staleGoldenPlans() {
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) =>
      readdirSync(join(root, name))
        .filter((file) => EXAMPLE.test(file))
        .map((example) => ({
          name: `${name} (${example})`,
          path: join(root, name, example.replace(EXAMPLE, "plan$<variant>.golden.json")),
          text: `${JSON.stringify(goldenPlan(name, example), null, 2)}\n`,
        })),
    )
    .filter(({ path, text }) => !existsSync(path) || readFileSync(path, "utf8") !== text);
}

if (process.argv[1] === import.meta.filename) {
  const stale = staleGoldenPlans();
  if (process.argv.includes("--check") && stale.length > 0) {
    console.error(
      `The plan of ${stale.map(({ name }) => name).join(", ")} changed. Look at it, then run \`npm run golden:generate\`.`,
    );
    process.exit(1);
  }
  for (const { path, text } of stale) writeFileSync(path, text);
  console.log(stale.length === 0 ? "golden plans are up to date" : `wrote ${stale.map(({ name }) => name).join(", ")}`);
}
