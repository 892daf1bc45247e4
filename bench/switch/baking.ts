import { randomUUID } from "node:crypto";
import type pg from "pg";
import type { ReleaseBundle } from "@tandem/domain/release";
import type { Deployment } from "@tandem/domain/tenant";
import { contentHash } from "@tandem/kernel";
import type { Actor, ControlStore } from "@tandem/ports/store/control";

const POLICY = { approval: "none", promotion: "automatic", bakeMs: 3_600_000, approvalTtlMs: 3_600_000 } as const;

export interface Baking {
  readonly deployment: Deployment;
  readonly rolloutId: string;
  /** Puts the rollout back into `baking` of the active slot, with the other one ready to go back to. */
  bakeAgain(): Promise<void>;
}

/** A deployment with a release in both slots and a rollout that bakes: what a rollback needs. */
export async function bakingDeployment(
  store: ControlStore,
  actor: Actor & { tenantId: string },
  superuser: pg.Client,
): Promise<Baking> {
  const { id: connectionId } = await store.createConnection(actor, {
    name: "line",
    vendor: "twilio",
    endpoint: "sandbox",
    config: { accountSid: "AC1" },
    smokeWrites: "none",
  });
  const name = `switch-${randomUUID().slice(0, 8)}`;
  const deployment = await store.createDeployment(actor, {
    name,
    playbook: "bench",
    environment: "production",
    number: null,
    connections: { telephony: connectionId },
    overlay: {},
  });
  const rollout = await store.startRollout(actor, {
    deploymentId: deployment.id,
    ...bundleOf(deployment, connectionId),
    policy: POLICY,
    planId: null,
  });
  const bakeAgain = () => putBack(superuser, deployment.id, rollout.id);
  await superuser.query("UPDATE slot SET bundle_hash = $2 WHERE deployment_id = $1", [
    deployment.id,
    rollout.bundleHash,
  ]);
  await tamper(superuser, [
    "UPDATE deployment SET pointer_active = 'blue', generation = 1, state_serial = state_serial + 1 WHERE id = $1",
    [deployment.id],
  ]);
  await bakeAgain();
  return { deployment, rolloutId: rollout.id, bakeAgain };
}

/** Past the triggers that ask for history and audit rows: this is set-up, not a move. */
async function tamper(superuser: pg.Client, ...statements: [text: string, values: unknown[]][]): Promise<void> {
  await superuser.query("SET session_replication_role = replica");
  for (const [text, values] of statements) await superuser.query(text, values);
  await superuser.query("SET session_replication_role = DEFAULT");
}

const putBack = (superuser: pg.Client, deploymentId: string, rolloutId: string): Promise<void> =>
  tamper(
    superuser,
    [
      `UPDATE rollout SET phase = 'baking', held_phase = NULL, desired = 'continue', reason = NULL,
        target_slot = (SELECT pointer_active FROM deployment WHERE id = $1) WHERE id = $2`,
      [deploymentId, rolloutId],
    ],
    [
      `UPDATE slot SET ready_bundle_hash = bundle_hash, intact = true,
        state = CASE WHEN slot = (SELECT pointer_active FROM deployment WHERE id = $1) THEN 'active' ELSE 'draining' END WHERE deployment_id = $1`,
      [deploymentId],
    ],
  );

function bundleOf(deployment: Deployment, connectionId: string): { bundle: ReleaseBundle; bundleHash: string } {
  const { id, name, environment, number } = deployment;
  const bundle = {
    schema: 1,
    playbook: { name: deployment.playbook, version: "1.0.0", manifestHash: "0".repeat(64) },
    deployment: { id, name, environment, number },
    connections: { telephony: { connectionId, vendor: "twilio", requiredScopes: [] } },
    conversation: { limits: { maxCallMinutes: 30, inactivitySeconds: 60 } },
    resources: [],
  };
  return { bundle: bundle as unknown as ReleaseBundle, bundleHash: contentHash(bundle) };
}
