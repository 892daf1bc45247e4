// A fleet of tenants on a real database, whose rollouts a test ends as it likes.
import { randomUUID } from "node:crypto";
import type { FleetRunnerOptions } from "@tandem/engine";
import { FleetRunner } from "@tandem/engine";
import type { Actor } from "@tandem/ports/store/control";
import type { FleetRolloutDetail, FleetWish, MemberSubject } from "@tandem/ports/store/fleet";
import { defaultPatience } from "@tandem/domain/fleet";
import { openFleetWork } from "@tandem/store";
import {
  auditOf,
  bundleFor,
  newDeployment,
  newTenant,
  openWorld,
  platform,
  type Served,
} from "../../../libs/store/test-support/world.ts";

export { platform, type Served, startRollout } from "../../../libs/store/test-support/world.ts";

export const MANIFEST = "b".repeat(64);
const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };

export async function openFleetWorld() {
  const world = await openWorld();
  const work = openFleetWork({ url: world.database.workerUrl, maxConnections: 6 });
  await world.control.publishManifest(platform, {
    hash: MANIFEST,
    playbook: "after-hours-answering",
    version: "2.0.0",
    content: {},
    source: "",
  });
  return {
    ...world,
    work,
    close: async () => {
      await work.close();
      await world.close();
    },
    /** So many tenants with so many deployments each. */
    tenants: async (count: number, each = 1): Promise<Served[]> => {
      const served: Served[] = [];
      for (let tenant = 0; tenant < count; tenant += 1) {
        const actor = await newTenant(world);
        for (let index = 0; index < each; index += 1) served.push(await newDeployment(world, actor));
      }
      return served;
    },
    start: (served: readonly Served[], over: Partial<FleetWish> = {}, actor = newRequest()) =>
      world.control.startFleet(actor, wishFor(served, over), null),
    runner: (over: Partial<FleetRunnerOptions> = {}) =>
      new FleetRunner({
        work,
        workerId: `w-${randomUUID().slice(0, 8)}`,
        leaseMs: 400,
        concurrency: 4,
        compile: compiled,
        ring: () => undefined,
        log: SILENT,
        ...over,
      }),
    /** Ends a rollout, as the engine would after its work. */
    end: async (served: Served, phase: "succeeded" | "failed" | "rolled-back"): Promise<boolean> => {
      const lease = await world.worker.claim(served.actor.tenantId, served.deployment.id, "engine", 60_000);
      if (lease === null) return false;
      const ended = await world.worker.fenced(lease, async (transaction) => {
        const { rollout } = transaction;
        if (rollout === null || rollout.phase === phase) return false;
        await transaction.patchRollout({ phase });
        await transaction.audit(auditOf(`rollout/${rollout.id}`));
        return true;
      });
      await world.worker.release(lease);
      return ended;
    },
    members: (fleet: Pick<FleetRolloutDetail, "id">) =>
      world.superuser<{
        deployment_id: string;
        state: string;
        reason: string | null;
        detail: string | null;
        rolloutId: string;
      }>(
        `SELECT deployment_id, state, reason, detail, rollout_id AS "rolloutId" FROM fleet_member WHERE fleet_rollout_id = $1`,
        [fleet.id],
      ),
    fleet: async (id: string): Promise<FleetRolloutDetail> => {
      const found = await world.control.fleet(platform, id);
      if (found === null) throw new Error(`no fleet rollout ${id}`);
      return found;
    },
  };
}

export type FleetWorld = Awaited<ReturnType<typeof openFleetWorld>>;

/** A request of the platform with an id for what it makes. */
export const newRequest = (): Actor => ({ ...platform, effectId: randomUUID() });

export const wishFor = (served: readonly Served[], over: Partial<FleetWish> = {}): FleetWish => ({
  selection: {
    playbook: "after-hours-answering",
    environments: null,
    tenantIds: null,
    tenantTags: null,
    deploymentIds: served.map(({ deployment }) => deployment.id),
  },
  version: "2.0.0",
  manifestHash: MANIFEST,
  rings: [{ name: "all", members: { rest: true } }],
  limits: { concurrency: 4, perTenant: 2, budget: { count: 1000 }, bakeMs: 0 },
  patience: defaultPatience,
  policy: {},
  includesNeverLive: true,
  ...over,
});

export const compiled = ({ deployment, connections }: MemberSubject) => {
  const { bundle, bundleHash } = bundleFor(
    { deployment, connectionId: connections.telephony?.id ?? "" } as unknown as Served,
    "2.0.0",
  );
  return { ok: true, bundle, hash: bundleHash } as const;
};
