import type { SlotView } from "@tandem/domain/slot";
import type { NumberRouting } from "@tandem/ports/telephony";
import type { DeploymentState, MemoryDatabase } from "../store/memory-database.ts";
import { MEMORY_VENDOR } from "../vendors/kinds.ts";
import type { VendorWorld } from "../vendors/vendor-world.ts";
import { CONNECTION_ID, NUMBER } from "./bundle.ts";

export const TENANT_ID = "00000000-0000-7000-8000-00000000000a";
export const DEPLOYMENT_ID = "00000000-0000-7000-8000-00000000000d";

/** The routing of the ready-made number before anybody attached it. */
export const STORED_ROUTING: NumberRouting = {
  numberId: "PN1",
  voiceUrl: "https://old.example/voice",
  voiceMethod: "POST",
  voiceFallbackUrl: "",
  voiceFallbackMethod: "POST",
  statusCallbackUrl: "",
  statusCallbackMethod: "POST",
  applicationId: "",
  trunkId: "",
};

const emptySlot = (slot: "blue" | "green"): SlotView => ({
  slot,
  state: "empty",
  bundleHash: null,
  readyBundleHash: null,
  verifiedAt: null,
  intact: true,
  liveCalls: 0,
});

/** Puts a deployment that has never been rolled out, its connection and its number in place. */
export function seedDeployment(
  database: MemoryDatabase,
  world: VendorWorld,
  ids: {
    readonly deploymentId?: string;
    readonly number?: string | null;
    readonly tenantId?: string;
    readonly connectionId?: string;
  } = {},
): DeploymentState {
  const { tenantId = TENANT_ID, connectionId = CONNECTION_ID } = ids;
  const deploymentId = ids.deploymentId ?? DEPLOYMENT_ID;
  const number = ids.number === undefined ? NUMBER : ids.number;
  const state: DeploymentState = {
    deployment: {
      id: deploymentId,
      tenantId,
      name: "main-line",
      playbook: "after-hours",
      environment: "development",
      ingressKey: "0123456789abcdefghijklmnop",
      number,
      connections: { telephony: connectionId, voiceAgent: connectionId, calendar: connectionId, crm: connectionId },
      overlay: {},
      configVersion: 1,
    },
    tenantStatus: "active",
    pointer: { active: "none", candidate: null, weightBp: 0, salt: "salt", mode: "live", generation: 0 },
    stateSerial: 0,
    slots: { blue: emptySlot("blue"), green: emptySlot("green") },
    attachment: { attached: false, storedRouting: null },
    bindings: [],
    rollouts: [],
    steps: {},
    leaseOwner: null,
    leaseEpoch: 0,
    leaseUntilMs: 0,
  };
  database.deployments.set(deploymentId, state);
  if (!database.connections.some(({ id }) => id === connectionId)) {
    database.connections.push({
      id: connectionId,
      tenantId,
      name: "everything",
      vendor: MEMORY_VENDOR,
      endpoint: "sandbox",
      config: {},
      smokeWrites: "test-objects",
      credentialVersion: 1,
    });
  }
  if (number !== null) world.routings.set(number, { ...STORED_ROUTING, numberId: `PN-${number.slice(-4)}` });
  return state;
}
