// A tenant that has rows everywhere, and a look at the tables with the rights of a given login.
import pg from "pg";
import type { FleetWish } from "@tandem/ports/store/fleet";
import { builtInPolicies } from "@tandem/domain/gate";
import { openSessionWriter, PLATFORM_TENANT_ID } from "../src/index.ts";
import {
  bundleFor,
  claim,
  newDeployment,
  newTenant,
  planFor,
  platform,
  policy,
  type Served,
  switchTo,
  type World,
} from "./world.ts";

/** Id of the message that waits for the tenant's endpoint. */
export const MESSAGE_OF_MINE = "01900000-0000-7000-8000-000000000001";

/** A tenant with at least one row in every table. */
export async function fillEveryTable(world: World): Promise<Served> {
  const served = await newDeployment(world, await newTenant(world, "mine"), "+15550000001");
  const { actor, deployment, connectionId } = served;
  const { control } = world;
  await control.putCredential(actor, connectionId, "sealed-1", "kid-1");
  await control.putTenantOverlay(actor, "after-hours-answering", { greeting: "Hi" }, 0);
  await control.publishManifest(actor, {
    hash: "a".repeat(64),
    playbook: "own",
    version: "1.0.0",
    content: {},
    source: "own",
  });
  await control.claimIdempotency(actor, "key-1", "POST /v1/x", "hash");
  await control.createApiKey(actor, {
    keyId: "mineKey",
    secretHash: "h".repeat(64),
    name: "k",
    roles: ["viewer"],
    tenantId: actor.tenantId,
    expiresAt: "2099-01-01T00:00:00.000Z",
  });
  const { planId } = await control.requestPlan(actor, { deploymentId: deployment.id, ...bundleFor(served) });
  const [command] = await world.worker.claimCommands("w", 10, 1_000);
  if (command === undefined) throw new Error("no command to claim");
  await world.worker.finishPlan(command, { ...(await planFor(world, served)), id: planId });
  await switchTo(world, served, "1.0.0");
  await world.worker.fenced(await claim(world, served), async (transaction) => {
    const operation = { seq: 0 } as never;
    await transaction.insertSteps([{ seq: 0, stage: "cleanup", operation, state: "pending" }]);
    await transaction.putBinding({
      address: "telephony.number/main",
      slot: null,
      kind: "telephony.number",
      owner: "deployment",
      connectionId,
      externalKey: "k1",
      externalId: "PN1",
      version: null,
      lastApplied: null,
      lastAppliedHash: null,
    });
    await transaction.enqueue("test", {});
  });
  await world.superuser(
    `INSERT INTO outbound_call (tenant_id, id, deployment_id, to_number, from_number, lead, consent_given_at, consent_source,
       consent_text, state, due_at, expires_at, requested_by)
     VALUES ($1, gen_random_uuid(), $2, '+15550190001', '+15550000001', '{}', now(), 'form', 'Call me back', 'scheduled',
       now() + interval '1 day', now() + interval '2 days', 'key:admin')`,
    [actor.tenantId, deployment.id],
  );
  await world.worker.health.claimHealthLooks(60_000, 10);
  await control.requestTestCall(actor, deployment.id, { slot: "blue", script: null });
  await control.openIncident(actor, deployment.id, {
    severity: "sev-2",
    summary: "callers hear nothing",
    stack: "output",
  });
  await world.worker.safetyNets.claimSafetyNets(10, 60_000);
  await world.worker.keepDriftLook(actor.tenantId, deployment.id, {
    lookedAt: new Date().toISOString(),
    complete: true,
    resources: [
      {
        address: "telephony.number/main",
        slot: null,
        kind: "telephony.number",
        owner: "deployment",
        connectionId,
        externalId: "PN1",
        state: "missing",
        changed: [],
        fields: [],
        detail: null,
      },
    ],
  });
  await control.decideDrift(actor, deployment.id, {
    address: "telephony.number/main",
    slot: null,
    answer: "revert",
    paths: [],
    until: null,
    reason: "test",
    planId,
  });
  const webhook = await control.createWebhook(
    actor,
    {
      id: control.newWebhookId(actor),
      kind: "standard",
      url: "https://mine.example.org/",
      host: "mine.example.org",
      description: "",
      events: ["*"],
    },
    { sealed: "sealed-webhook", keyId: "kid-1" },
  );
  await world.superuser(
    "INSERT INTO webhook_message (tenant_id, id, type, body) VALUES ($1, $2, 'webhook.test', '{}')",
    [actor.tenantId, MESSAGE_OF_MINE],
  );
  await world.superuser("INSERT INTO webhook_delivery (tenant_id, endpoint_id, message_id) VALUES ($1, $2, $3)", [
    actor.tenantId,
    webhook.id,
    MESSAGE_OF_MINE,
  ]);
  await world.superuser(
    "INSERT INTO audit_checkpoint (tenant_id, seq, hash, at, key_id, signature) SELECT tenant_id, seq, hash, now(), 'k', 's' FROM audit_head WHERE tenant_id = $1",
    [actor.tenantId],
  );
  await world.superuser(
    `SELECT append_audit('${actor.tenantId}', 'key:admin', 'api', 'tenant.off-boarding-stopped',
       'off-boarding/01900000-0000-7000-8000-000000000002', NULL, NULL, NULL, NULL);
     INSERT INTO off_boarding (tenant_id, id, phase, status_before, asked_by, why, ended_at)
     VALUES ('${actor.tenantId}', '01900000-0000-7000-8000-000000000002', 'stopped', 'active', 'key:admin', 'test', now())`,
  );
  await fillGates(world, served);
  await fillPersons(world, served);
  await control.startFleet(platform, fleetWish, null);
  await control.tagTenant(platform, actor.tenantId, ["gold"]);
  await control.setCohort(actor, { tenantId: actor.tenantId, deploymentId: null, isMember: true });
  const writer = openSessionWriter({ url: world.database.mediaUrl });
  await writer.write({
    sessions: [
      {
        tenantId: actor.tenantId,
        deploymentId: deployment.id,
        sessionId: "s1",
        callId: "CA1",
        slot: "blue",
        bundleHash: "b",
        generation: 1,
        kind: "live",
        node: "n",
        from: null,
        startedAt: new Date().toISOString(),
        endedAt: null,
        disposition: null,
      },
    ],
    events: [
      {
        tenantId: actor.tenantId,
        deploymentId: deployment.id,
        sessionId: "s1",
        seq: 1,
        at: new Date().toISOString(),
        type: "call-answered",
        payload: {},
      },
    ],
  });
  await writer.close();
  await world.superuser(
    `INSERT INTO call_figure (tenant_id, session_id, deployment_id, bundle_hash, started_at, ended_at, is_agents, is_error, is_hang_up, is_crash,
       has_silence)
     VALUES ($1, 's1', $2, 'b', now(), now(), true, false, false, false, false)`,
    [actor.tenantId, deployment.id],
  );
  await world.superuser(
    "INSERT INTO replay (tenant_id, id, deployment_id, policy, requested_by) VALUES ($1, gen_random_uuid(), $2, '{}', 'key:admin')",
    [actor.tenantId, deployment.id],
  );
  await world.superuser(`UPDATE rollout SET policy = policy || '{"replay": {}}' WHERE tenant_id = $1`, [
    actor.tenantId,
  ]);
  await world.superuser(
    `INSERT INTO replay_session (tenant_id, replay_id, session_id, comparison, words_until) SELECT tenant_id, id, 's1', '{}', now() FROM rollout
     WHERE tenant_id = $1`,
    [actor.tenantId],
  );
  await world.superuser(
    `INSERT INTO wave_evidence (tenant_id, rollout_id, wave_id, figure, candidate_calls, candidate_sum, candidate_squares, baseline_calls,
       baseline_sum, baseline_squares)
     SELECT tenant_id, id, gen_random_uuid(), 'booked', 1, 1, 1, 1, 1, 1 FROM rollout WHERE tenant_id = $1`,
    [actor.tenantId],
  );
  await world.superuser(
    "INSERT INTO evidence_look (tenant_id, rollout_id, at, watch, verdict) SELECT tenant_id, id, now(), 'baking', '{}' FROM rollout WHERE tenant_id = $1",
    [actor.tenantId],
  );
  return served;
}

/** Id of the tenant's one member. */
export const MEMBER_OF_MINE = "01900000-0000-7000-8000-000000000003";

/** A member who is signed in, and somebody who is invited. */
async function fillPersons({ control, superuser }: World, { actor }: Served): Promise<void> {
  await superuser(
    `INSERT INTO person (tenant_id, id, email, name, password_hash) VALUES ('${PLATFORM_TENANT_ID}', $1, 'mina@example.org', 'Mina', 'h')`,
    [MEMBER_OF_MINE],
  );
  await superuser(
    "INSERT INTO membership (tenant_id, person_id, source, roles, created_by) VALUES ($1, $2, 'member', '{viewer}', 'test')",
    [actor.tenantId, MEMBER_OF_MINE],
  );
  const session = {
    personId: MEMBER_OF_MINE,
    tokenHash: "session-of-mine",
    userAgent: "test",
    authenticatedAt: new Date().toISOString(),
    replaces: null,
  };
  await control.startSession(session, "request-1");
  await control.invite(actor, {
    tokenHash: "invitation-of-mine",
    email: "new@example.org",
    roles: ["viewer"],
    expiresAt: "2099-01-01T00:00:00.000Z",
  });
}

/** What holds rollouts up; the exemption is from a window of the tenant's own, so that no row of the platform is there. */
async function fillGates(world: World, served: Served): Promise<void> {
  const { actor, deployment } = served;
  const { control } = world;
  await control.putGatePolicy(actor, "staging", builtInPolicies.staging, 0);
  const { id: freezeId } = await control.createFreeze(actor, {
    playbook: null,
    environment: "development",
    startsAt: null,
    endsAt: "2099-01-01T00:00:00.000Z",
    reason: "test",
  });
  await world.superuser(
    "INSERT INTO freeze_exemption (tenant_id, freeze_id, reason, granted_by) VALUES ($1, $2, 'test', 'key:platform')",
    [actor.tenantId, freezeId],
  );
  const rolloutId = (await control.deployment(actor, deployment.id))?.liveRollout?.id ?? "";
  await world.superuser(
    `INSERT INTO approval (tenant_id, rollout_id, plan_hash, subject, decision, via) VALUES ($1, $2, 'p', 'key:mineKey', 'approve', 'api')`,
    [actor.tenantId, rolloutId],
  );
  await control.createLink(actor, rolloutId, { action: "rollback", addressee: "slack:anna", ttlMs: 3_600_000 });
  await control.queueRollout(actor, {
    deploymentId: deployment.id,
    ...bundleFor(served, "2.0.0"),
    policy,
    planId: null,
  });
}

/** A fleet rollout of the whole playbook. */
export const fleetWish: FleetWish = {
  selection: {
    playbook: "after-hours-answering",
    environments: null,
    tenantIds: null,
    tenantTags: null,
    deploymentIds: null,
  },
  version: "9.0.0",
  manifestHash: "c".repeat(64),
  rings: [{ name: "all", members: { rest: true } }],
  limits: {},
  patience: { heldMs: 1000, waitMs: 1000 },
  policy: {},
  includesNeverLive: true,
};

/** The library's version that `fleetWish` asks for. */
export const publishFleetVersion = async ({ control }: World): Promise<void> => {
  await control.publishManifest(platform, {
    hash: fleetWish.manifestHash,
    playbook: fleetWish.selection.playbook,
    version: fleetWish.version,
    content: {},
    source: "",
  });
};

/** One query in a transaction of its own, with or without a tenant. */
export async function queryAs<Row extends object>(url: string, tenantId: string | null, text: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query("BEGIN");
    if (tenantId !== null) await client.query("SELECT set_config('app.tenant_id', $1, true)", [tenantId]);
    return (await client.query(text)).rows as Row[];
  } finally {
    await client.end();
  }
}
