// A tenant that has rows everywhere, and a look at the tables with the rights of a given login.
import pg from "pg";
import { openSessionWriter } from "../src/index.ts";
import { bundleFor, claim, newDeployment, newTenant, planFor, type Served, switchTo, type World } from "./world.ts";

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
  return served;
}

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
