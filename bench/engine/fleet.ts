import type pg from "pg";
import type { ReleaseBundle } from "@tandem/domain/release";
import type { IngressProbe } from "@tandem/ports/ingress-probe";
import type { Actor, ControlStore } from "@tandem/ports/store/control";
import type { Vendors } from "@tandem/ports/vendors";
import { buildBundle, memoryVendors, MEMORY_VENDOR, noFaults, SeededRng, VendorWorld } from "@tandem/testkit";
import { newTenant } from "../world/tenant.ts";

const POLICY = { approval: "none", promotion: "automatic", bakeMs: 1, approvalTtlMs: 3_600_000 } as const;

export interface Member {
  readonly actor: Actor & { tenantId: string };
  readonly deploymentId: string;
  readonly connectionId: string;
}

/** Deployments of as many tenants, each with one account at a vendor that answers at once. */
export async function fleet(store: ControlStore, size: number): Promise<Member[]> {
  return Promise.all(
    Array.from({ length: size }, async () => {
      const { actor } = await newTenant(store, "operator");
      const { id: connectionId } = await store.createConnection(actor, {
        name: "everything",
        vendor: MEMORY_VENDOR,
        endpoint: "sandbox",
        config: {},
        smokeWrites: "none",
      });
      await store.putCredential(actor, connectionId, "sealed", "bench");
      const roles = { telephony: connectionId, voiceAgent: connectionId, calendar: connectionId, crm: connectionId };
      const { id: deploymentId } = await store.createDeployment(actor, {
        name: "line",
        playbook: "bench",
        environment: "development",
        number: null,
        connections: roles,
        overlay: {},
      });
      return { actor, deploymentId, connectionId };
    }),
  );
}

/** Starts a rollout; `properties` objects must exist at the vendor for it. */
export async function startRollout(
  store: ControlStore,
  { actor, deploymentId, connectionId }: Member,
  wish: { version: string; properties: readonly string[] },
): Promise<string> {
  const { connections } = buildBundle({ deploymentId }).bundle;
  const own = Object.fromEntries(Object.entries(connections).map(([role, one]) => [role, { ...one, connectionId }]));
  const patch = { connections: own } as Partial<ReleaseBundle>;
  const { bundle, hash } = buildBundle({ deploymentId, number: null, ...wish, patch });
  return (await store.startRollout(actor, { deploymentId, bundle, bundleHash: hash, policy: POLICY, planId: null })).id;
}

/** Vendors in memory, a world per tenant, with a line that takes no time. */
export function instantVendors(): Vendors {
  const worlds = new Map<string, Vendors>();
  const line = {
    rng: new SeededRng(1),
    faults: () => noFaults,
    sleep: async () => {},
    later: (_delayMs: number, effect: () => void) => effect(),
    deadlineMs: 1000,
  };
  const make = () => memoryVendors(new VendorWorld(() => Date.now()), line);
  const ofTenant = (tenantId: string): Vendors => {
    let vendors = worlds.get(tenantId);
    if (vendors === undefined) worlds.set(tenantId, (vendors = make()));
    return vendors;
  };
  const { descriptor, kind, providers, carriesStream } = make();
  const open: Vendors["open"] = (tenantId, connectionId) => ofTenant(tenantId).open(tenantId, connectionId);
  return { open, descriptor, kind, providers, carriesStream };
}

/** Answers what media would after it has seen the slot. */
export function instantIngress(superuser: pg.Pool): IngressProbe {
  let session = 0;
  return {
    reach: async () => ({ reached: true, detail: "" }),
    answer: async (tenantId, deploymentId, slot) => {
      const text = "SELECT bundle_hash FROM slot WHERE tenant_id = $1 AND deployment_id = $2 AND slot = $3";
      const { rows } = await superuser.query<{ bundle_hash: string | null }>({
        name: "slot",
        text,
        values: [tenantId, deploymentId, slot],
      });
      const bundleHash = rows[0]?.bundle_hash ?? null;
      const sessionId = `session-${(session += 1)}`;
      const sipUri = "sip:agent@bench";
      return {
        status: 200,
        document: `<Response><Dial><Sip>${sipUri}</Sip></Dial></Response>`,
        instruction: { do: "dial", targets: [{ sipUri }], actionUrl: null },
        slot,
        bundleHash,
        sessionId,
        call: { sessionId, callId: `call-${sessionId}`, nodeOrigin: null },
        latencyMs: 1,
      };
    },
    call: noConversation,
    converse: noConversation,
    settle: async () => null,
    tool: async () => ({ status: 200, result: { outcome: "success" } }),
    replay: () => Promise.reject(new Error("nothing is replayed here")),
    hangUp: async () => {},
  };
}

/** The fleet's releases are a vendor's own agents: nobody converses with them. */
const noConversation = (): Promise<never> => Promise.reject(new Error("this benchmark holds no conversation"));
