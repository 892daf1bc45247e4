import { randomUUID } from "node:crypto";
import type { Installation } from "./installation.ts";
import type { Office } from "./office.ts";

/** The number of a lead of the office that has these possessions. */
export const OTHERS_LEAD = "+15557650001";

/** Makes one object of each kind that a tenant can have, and answers its id. */
export class Possessions {
  readonly #office: Office;
  readonly #rolloutId: string;

  constructor(office: Office, rolloutId: string) {
    this.#office = office;
    this.#rolloutId = rolloutId;
  }

  /** A call-back that was placed, written as a worker leaves it: the playbook of the office places none. */
  async outboundCall(): Promise<string> {
    const { installation, tenantId, deploymentId, number } = this.#office;
    return insert(
      installation,
      `INSERT INTO outbound_call (tenant_id, id, deployment_id, to_number, from_number, lead, consent_given_at, consent_source, consent_text,
         state, expires_at, requested_by, finished_at)
       VALUES ($1, gen_random_uuid(), $2, $3, $4, '{}', now(), 'form', 'Their consent', 'busy', now() + interval '1 day', 'key:their', now())
       RETURNING id`,
      [tenantId, deploymentId, OTHERS_LEAD, number],
    );
  }

  /** A window that begins when nobody of a test is there any more. */
  freeze(): Promise<string> {
    const [startsAt, endsAt] = ["2098-01-01T00:00:00.000Z", "2099-01-01T00:00:00.000Z"];
    return this.#made("/v1/freezes", { startsAt, endsAt, reason: "Their holidays" });
  }

  webhook(): Promise<string> {
    return this.#made("/v1/webhooks", { url: "https://hooks.example.com/theirs" });
  }

  link(): Promise<string> {
    return this.#made(`/v1/rollouts/${this.#rolloutId}/links`, { action: "rollback", for: "slack:them" });
  }

  incident(): Promise<string> {
    return this.#made(this.#ofDeployment("incidents"), { severity: "sev-2", summary: "Their own trouble" });
  }

  testCall(): Promise<string> {
    return this.#made(this.#ofDeployment("test-calls"), { slot: "blue" });
  }

  /** A rollout that waited, as it is kept after it was cancelled. */
  waitingRollout(): Promise<string> {
    return insert(
      this.#office.installation,
      `INSERT INTO waiting_rollout (tenant_id, id, deployment_id, turn, bundle_hash, policy, state, created_by, ended_at)
       SELECT tenant_id, gen_random_uuid(), deployment_id, 1, bundle_hash, policy, 'cancelled', 'key:their', now() FROM rollout WHERE id = $1
       RETURNING id`,
      [this.#rolloutId],
    );
  }

  /** Nobody has followed its link. */
  invitation(): Promise<string> {
    return this.#made("/v1/invitations", { email: "invited@example.com", roles: ["viewer"] });
  }

  /** Somebody who came by an invitation and is signed in at a browser. */
  async member(): Promise<{ readonly personId: string; readonly sessionId: string }> {
    const { api } = this.#office;
    const invited = await api.post("/v1/invitations", { email: "member@example.com", roles: ["viewer"] });
    const claim = { token: invited.invitationUrl.split("#")[1], name: "Their Member", password: randomUUID() };
    const { status, body } = await api.ask("POST", "/auth/claim", claim, { origin: api.origin });
    if (status !== 204) throw new Error(`the invitation was not taken: ${status} ${JSON.stringify(body)}`);
    const [member] = (await api.get("/v1/members")).items;
    const [session] = (await api.get(`/v1/members/${member.person.id}/sessions`)).items;
    return { personId: member.person.id, sessionId: session.id };
  }

  #ofDeployment(collection: string): string {
    return `/v1/deployments/${this.#office.deploymentId}/${collection}`;
  }

  async #made(path: string, body: unknown): Promise<string> {
    return (await this.#office.api.post(path, body)).id;
  }
}

/** A paused fleet rollout of the platform: no worker touches it. */
export function fleetOfPlatform(installation: Installation): Promise<string> {
  return insert(
    installation,
    `WITH account AS (SELECT append_audit('00000000-0000-4000-8000-000000000000', 'key:platform', 'api', 'fleet-rollout.started',
       'fleet-rollout/' || $1::text, NULL, NULL, NULL, NULL))
     INSERT INTO fleet_rollout (tenant_id, id, playbook, version, manifest_hash, selection, policy, patience, state, created_by)
     SELECT '00000000-0000-4000-8000-000000000000', $1::uuid, 'after-hours-answering', '9.0.0', 'hash', '{}', '{}', '{}', 'paused',
       'key:platform' FROM account
     RETURNING id`,
    [randomUUID()],
  );
}

async function insert(installation: Installation, statement: string, values: readonly unknown[]): Promise<string> {
  const [row] = await installation.rows<{ id: string }>(statement, [...values]);
  if (row === undefined) throw new Error(`nothing was inserted: ${statement}`);
  return row.id;
}
