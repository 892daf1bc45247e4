import { randomUUID } from "node:crypto";
import type { RolloutPolicy } from "@tandem/domain/rollout";
import type { Actor, ControlStore } from "@tandem/ports/store/control";
import { type BundleWish, buildBundle, everyGateOpen, MEMORY_VENDOR, type SeededRng } from "@tandem/testkit";
import { GroundTruth } from "./ground-truth.ts";

/** One tenant with one deployment, its number and the vendors behind it: what one cell or schedule plays on. */
export interface Site {
  readonly actor: Actor & { readonly tenantId: string };
  readonly deploymentId: string;
  readonly truth: GroundTruth;
  readonly connectionId: string;
}

const platform: Actor = {
  tenantId: null,
  subject: "key:platform",
  roles: ["platform-admin"],
  via: "cli",
  requestId: "crash",
};
let sites = 0;

/** Opens a site through the real control store. */
export async function openSite(
  control: ControlStore,
  hostility: { readonly rng: SeededRng } | null = null,
): Promise<Site> {
  const nth = (sites += 1);
  const slug = `crash-${randomUUID().slice(0, 8)}`;
  const tenant = await control.createTenant(platform, { slug, name: slug });
  const actor = {
    tenantId: tenant.id,
    subject: "user:operator",
    roles: ["tenant-admin", "operator", "approver"],
    via: "api",
    requestId: "crash",
  } as const;
  const connection = await control.createConnection(actor, {
    name: "everything",
    vendor: MEMORY_VENDOR,
    endpoint: "sandbox",
    config: {},
    smokeWrites: "test-objects",
  });
  await control.putCredential(actor, connection.id, "sealed", "key-1");
  const number = `+1555${String(nth).padStart(7, "0")}`;
  const deployment = await control.createDeployment(actor, {
    name: "main-line",
    playbook: "after-hours",
    environment: "development",
    number,
    connections: {
      telephony: connection.id,
      voiceAgent: connection.id,
      calendar: connection.id,
      crm: connection.id,
    },
    overlay: {},
  });
  return {
    actor,
    deploymentId: deployment.id,
    truth: new GroundTruth(number, hostility),
    connectionId: connection.id,
  };
}

/** The argument of `startRollout` for a release of this site. */
export function startOf(
  { deploymentId, connectionId, truth }: Site,
  wish: Partial<BundleWish>,
  policy: Partial<RolloutPolicy> = {},
) {
  const connection = { connectionId, vendor: MEMORY_VENDOR, requiredScopes: ["objects:write"] };
  const { bundle, hash } = buildBundle({
    deploymentId,
    number: truth.number,
    ...wish,
    patch: {
      connections: { telephony: connection, voiceAgent: connection, calendar: connection, crm: connection },
      ...wish.patch,
    },
  });
  return {
    deploymentId,
    bundle,
    bundleHash: hash,
    policy: { ...everyGateOpen, bakeMs: 0, ...policy },
    planId: null,
  };
}
