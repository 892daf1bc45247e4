// What the tests of this library start from: a database of their own, both tenants of it, and short ways to the states they need.
import { randomUUID } from "node:crypto";
import pg from "pg";
import type { Plan } from "@tandem/domain/plan";
import type { ReleaseBundle } from "@tandem/domain/release";
import type { Slot } from "@tandem/domain/slot";
import type { Deployment } from "@tandem/domain/tenant";
import { contentHash, type Json } from "@tandem/kernel";
import type { Actor, ControlStore } from "@tandem/ports/store/control";
import type { FencedTransaction, Lease } from "@tandem/ports/store/rollouts";
import { type FreshDatabase, freshDatabase } from "../../../vitest.database.ts";
import { openControlStore, openRolloutStore, type StoreOptions, type WorkerStore } from "../src/index.ts";

export const platform: Actor = {
  tenantId: null,
  subject: "key:platform",
  roles: ["platform-admin"],
  via: "cli",
  requestId: "request-0",
};

export interface World {
  readonly database: FreshDatabase;
  readonly control: ControlStore;
  readonly worker: WorkerStore;
  /** Past row security, for looking and for tampering. */
  superuser<Row extends object>(text: string, values?: unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}

export async function openWorld(options: Partial<StoreOptions> = {}): Promise<World> {
  const database = await freshDatabase();
  const control = openControlStore({ url: database.appUrl, ...options });
  const worker = openRolloutStore({ url: database.workerUrl, ...options });
  const client = new pg.Client({ connectionString: database.superuserUrl });
  client.on("error", () => {});
  await client.connect();
  return {
    database,
    control,
    worker,
    superuser: async <Row extends object>(text: string, values: unknown[] = []) =>
      (await client.query(text, values)).rows as Row[],
    close: async () => {
      await Promise.all([control.close(), worker.close(), client.end()]);
      await database.drop();
    },
  };
}

/** A new tenant's administrator. */
export async function newTenant(
  { control }: World,
  slug = `t-${randomUUID().slice(0, 8)}`,
): Promise<Actor & { tenantId: string }> {
  const { id } = await control.createTenant(platform, { slug, name: slug });
  return { tenantId: id, subject: "key:admin", roles: ["tenant-admin"], via: "api", requestId: "request-1" };
}

export interface Served {
  readonly actor: Actor & { tenantId: string };
  readonly deployment: Deployment;
  readonly connectionId: string;
}

/** A deployment with one telephony connection. */
export async function newDeployment(
  world: World,
  actor?: Actor & { tenantId: string },
  number: string | null = null,
): Promise<Served> {
  const owner = actor ?? (await newTenant(world));
  const connection = await world.control.createConnection(owner, {
    name: `c-${randomUUID().slice(0, 8)}`,
    vendor: "twilio",
    endpoint: "sandbox",
    config: { accountSid: "AC1" },
    smokeWrites: "none",
  });
  const deployment = await world.control.createDeployment(owner, {
    name: `d-${randomUUID().slice(0, 8)}`,
    playbook: "after-hours-answering",
    environment: "production",
    number,
    connections: { telephony: connection.id },
    overlay: { greeting: "Hello" },
  });
  return { actor: owner, deployment, connectionId: connection.id };
}

/** A bundle as the store sees it: content with a hash, connections and the longest call; the rest is not looked at. */
export function bundleFor(
  { deployment, connectionId }: Served,
  version = "1.0.0",
): { bundle: ReleaseBundle; bundleHash: string } {
  const bundle = {
    schema: 1,
    playbook: { name: deployment.playbook, version, manifestHash: "0".repeat(64) },
    deployment: {
      id: deployment.id,
      name: deployment.name,
      environment: deployment.environment,
      number: deployment.number,
    },
    connections: { telephony: { connectionId, vendor: "twilio", requiredScopes: [] } },
    conversation: { limits: { maxCallMinutes: 30, inactivitySeconds: 60 } },
    resources: [],
  } as unknown as ReleaseBundle;
  return { bundle, bundleHash: contentHash(bundle as unknown as Json) };
}

export const policy = { approval: "none", promotion: "automatic", bakeMs: 60_000, approvalTtlMs: 60_000 } as const;

export function startRollout({ control }: World, served: Served, version?: string, planId: string | null = null) {
  return control.startRollout(served.actor, {
    deploymentId: served.deployment.id,
    ...bundleFor(served, version),
    policy,
    planId,
  });
}

export async function claim(
  { worker }: World,
  served: Served,
  workerId = "worker-1",
  leaseMs = 60_000,
): Promise<Lease> {
  const lease = await worker.claim(served.actor.tenantId, served.deployment.id, workerId, leaseMs);
  if (lease === null) throw new Error("the lease is taken");
  return lease;
}

export const auditOf = (object: string, action = "test.changed") =>
  ({ actor: "worker:1", via: "worker", action, object }) as const;

/** Fills the target slot and switches to it under a lease, as the engine would; leaves the rollout in `baking`. */
export async function switchTo(world: World, served: Served, version: string): Promise<void> {
  const rollout = await startRollout(world, served, version);
  const lease = await claim(world, served);
  const { bundleHash, targetSlot } = rollout;
  await world.worker.fenced(lease, async (transaction) => {
    await transaction.patchSlot(targetSlot, {
      state: "ready",
      bundleHash,
      readyBundleHash: bundleHash,
      verified: true,
      intact: true,
    });
    await transaction.patchRollout({ phase: "switching" });
    await transaction.audit(auditOf(`rollout/${rollout.id}`));
  });
  await world.worker.fenced(lease, (transaction) => moveTo(transaction, targetSlot, rollout.id));
  await world.worker.release(lease);
}

async function moveTo(transaction: FencedTransaction, target: Slot, rolloutId: string): Promise<void> {
  const { pointer } = transaction;
  const next = { ...pointer, active: target, generation: pointer.generation + 1 };
  if (!(await transaction.movePointer(pointer.generation, next, "switch", "worker:1")))
    throw new Error("moved meanwhile");
  if (pointer.active !== "none") await transaction.patchSlot(pointer.active, { state: "draining" });
  await transaction.patchSlot(target, { state: "active" });
  await transaction.patchRollout({ phase: "baking", dueInMs: 60_000 });
  await transaction.appendEvent({ type: "pointer-moved", payload: { active: target } });
  await transaction.audit(auditOf(`rollout/${rolloutId}`));
}

/** Ends a rollout that bakes, so that the next may begin. */
export async function succeed(world: World, served: Served): Promise<void> {
  const lease = await claim(world, served);
  await world.worker.fenced(lease, async (transaction) => {
    await transaction.patchRollout({ phase: "succeeded" });
    await transaction.audit(auditOf(`rollout/${transaction.rollout?.id}`));
  });
  await world.worker.release(lease);
}

/** A plan against the present state, as far as the store looks at it. */
export async function planFor({ control }: World, served: Served, version?: string): Promise<Plan> {
  const view = await control.view(served.actor, served.deployment.id);
  if (view === null) throw new Error("no view");
  const { pointer, stateSerial, deployment } = view;
  return {
    id: randomUUID(),
    tenantId: served.actor.tenantId,
    deploymentId: deployment.id,
    targetSlot: pointer.active === "blue" ? "green" : "blue",
    bundleHash: bundleFor(served, version).bundleHash,
    previousBundleHash: null,
    base: { generation: pointer.generation, stateSerial, configVersion: deployment.configVersion },
    observed: {},
    changes: [],
    callerChanges: [],
    findings: [],
    hash: "f".repeat(64),
    createdAt: view.now,
    createdBy: "key:admin",
  };
}
