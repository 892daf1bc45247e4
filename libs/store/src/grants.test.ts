import { afterAll, beforeAll, expect, test } from "vitest";
import { openWorld, type World } from "../test-support/world.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

/** What a role may do to tables of the public schema: `privilege table`, or `privilege table.column` where the right ends at columns. */
async function rightsOf(role: string, privileges: readonly string[]): Promise<string[]> {
  const whole = await world.superuser<{ what: string }>(
    `SELECT privilege_type || ' ' || table_name AS what FROM information_schema.role_table_grants
     WHERE grantee = $1 AND table_schema = 'public' AND privilege_type = ANY($2)`,
    [role, privileges],
  );
  const wide = new Set(whole.map(({ what }) => what));
  const columns = await world.superuser<{ privilege: string; name: string; column: string }>(
    `SELECT privilege_type AS privilege, table_name AS name, column_name AS column FROM information_schema.column_privileges
     WHERE grantee = $1 AND table_schema = 'public' AND privilege_type = ANY($2)`,
    [role, privileges],
  );
  const narrow = columns
    .filter(({ privilege, name }) => !wide.has(`${privilege} ${name}`))
    .map(({ privilege, name, column }) => `${privilege} ${name}.${column}`);
  return [...wide, ...narrow].toSorted();
}

const WRITES = ["INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"];

test("media appends calls and their events, ends calls, tells of its nodes, and can take nothing back", async () => {
  expect(await rightsOf("tandem_media", WRITES)).toEqual([
    "DELETE media_node",
    "INSERT media_node",
    "INSERT session",
    "INSERT session_event",
    "UPDATE media_node.looked_at",
    "UPDATE media_node.name",
    "UPDATE media_node.region",
    "UPDATE session.disposition",
    "UPDATE session.ended_at",
  ]);
});

/** What a role may write, table by table: `INSERT UPDATE(columns where the right ends at some) DELETE`. */
async function writesOf(role: string): Promise<Record<string, string>> {
  const byTable = Map.groupBy(await rightsOf(role, WRITES), (right) => /^\S+ ([^.]+)/.exec(right)?.[1] ?? "");
  return Object.fromEntries(
    [...byTable].map(([table, rights]) => {
      const byKind = Map.groupBy(rights, (right) => right.split(" ")[0] ?? "");
      const folded = [...byKind].map(([kind, all]) => {
        const columns = all.flatMap((right) => right.split(".")[1] ?? []);
        return columns.length === 0 ? kind : `${kind}(${columns.join(",")})`;
      });
      return [table, folded.toSorted().join(" ")];
    }),
  );
}

test("requests and workers write these tables and columns: a right more is given on purpose, and seen here", async () => {
  expect(await writesOf("tandem_app")).toEqual({
    api_key: "INSERT UPDATE",
    approval: "INSERT",
    audit: "INSERT(action,actor,after_hash,at,before_hash,hash,object,prev_hash,reason,request_id,seq,tenant_id,via)",
    audit_checkpoint: "INSERT",
    audit_head: "INSERT UPDATE",
    binding: "DELETE INSERT UPDATE",
    call_figure: "INSERT UPDATE",
    command: "INSERT UPDATE",
    connection: "INSERT UPDATE",
    credential_version: "INSERT UPDATE(changed_at,detail,sealed,state)",
    decision_link: "INSERT UPDATE(revoked_at,used_at)",
    deployment: "INSERT UPDATE",
    deployment_connection: "DELETE INSERT UPDATE",
    drift_decision: "INSERT UPDATE(ended_at)",
    drift_look: "INSERT UPDATE(complete,due_at,looked_at,resources,told)",
    early_access: "DELETE INSERT UPDATE",
    evidence_look: "INSERT",
    fleet_member: "UPDATE(begun_at,detail,due_at,reason,state,waits_since)",
    freeze_window: "INSERT UPDATE(ended_at,ended_by)",
    gate_policy: "INSERT UPDATE(policy,updated_at,updated_by,version)",
    idempotency_key: "DELETE INSERT UPDATE",
    incident: "INSERT UPDATE(content,diagnosis_due_at,last_seq,resolution_due_at,resolved_at,severity,state)",
    incident_event: "INSERT",
    manifest_version: "INSERT",
    membership: "DELETE INSERT UPDATE(roles)",
    off_boarding:
      "INSERT UPDATE(due_at,ended_at,found,lease_epoch,lease_owner,lease_until,phase,phase_since,report,report_hash,waits_for)",
    outbound_call:
      "INSERT UPDATE(call_id,claimed_by,claimed_until,due_at,finished_at,intent_at,lead,reason,state,tries)",
    outbox: "DELETE INSERT UPDATE",
    person_invitation: "INSERT UPDATE(revoked_at)",
    person_session: "UPDATE(ended_at)",
    plan: "INSERT",
    pointer_history: "INSERT",
    release: "INSERT",
    release_connection: "INSERT",
    replay: "INSERT UPDATE(claimed_until,failure,finished_at,report,state)",
    replay_session: "INSERT",
    rollout: "INSERT UPDATE",
    rollout_event: "INSERT",
    safety_net: "INSERT UPDATE(attempts,due_at,failure,found,intended,is_held,kept_generation)",
    slot: "INSERT UPDATE",
    stack_health: "INSERT UPDATE(due_at,looked_at,words)",
    step: "INSERT UPDATE",
    tenant_overlay: "INSERT UPDATE",
    waiting_rollout: "INSERT UPDATE(ended_at,look_at,reason,rollout_id,state)",
    wave_evidence: "INSERT UPDATE",
    webhook_delivery: "INSERT UPDATE(attempts,claimed_by,claimed_until,due_at,finished_at,intent_at,outcomes,state)",
    webhook_endpoint:
      "INSERT UPDATE(description,events,failing_since,host,links_by,links_for,removed_at,state,url,url_by)",
    webhook_message: "DELETE INSERT",
    webhook_secret: "INSERT UPDATE(ends_at)",
  });
});

test("what the platform may write beside its tenants' work", async () => {
  expect(await writesOf("tandem_platform")).toEqual({
    api_key: "INSERT UPDATE",
    audit: "INSERT(action,actor,after_hash,at,before_hash,hash,object,prev_hash,reason,request_id,seq,tenant_id,via)",
    audit_head: "INSERT UPDATE",
    freeze_exemption: "INSERT",
    freeze_window: "INSERT UPDATE(ended_at,ended_by)",
    gate_policy: "INSERT UPDATE(policy,updated_at,updated_by,version)",
    idempotency_key: "DELETE INSERT UPDATE",
    manifest_version: "INSERT",
    media_node: "DELETE",
    outbox: "INSERT(id,kind,payload,tenant_id)",
    tenant: "INSERT UPDATE",
    webhook_delivery: "UPDATE(attempts,due_at,finished_at,state)",
    webhook_endpoint:
      "INSERT UPDATE(description,events,failing_since,host,links_by,links_for,removed_at,state,url,url_by)",
    webhook_secret: "INSERT UPDATE(ends_at)",
  });
});

test("the sweeper looks and never writes", async () => {
  expect(await rightsOf("tandem_sweeper", WRITES)).toEqual([]);
});

test("retention takes texts and callers out, and can remove no row", async () => {
  expect(await rightsOf("tandem_retention", WRITES)).toEqual([
    "UPDATE outbound_call.consent_proof",
    "UPDATE outbound_call.consent_text",
    "UPDATE outbound_call.to_number",
    "UPDATE replay_session.words",
    "UPDATE session.caller",
    "UPDATE session_event.payload",
  ]);
});

test("the eraser removes rows of tenants that have left, changes nothing else, and reads no content but where recordings lie", async () => {
  const wrote = await rightsOf("tandem_eraser", WRITES);
  expect(wrote.filter((right) => !right.startsWith("DELETE "))).toEqual(["UPDATE tenant.name", "UPDATE tenant.status"]);
  expect(wrote.filter((right) => / (audit|audit_head|audit_checkpoint|off_boarding|tenant)$/.test(right))).toEqual([]);
  const seen = await rightsOf("tandem_eraser", ["SELECT"]);
  expect(seen.filter((right) => !right.endsWith(".tenant_id"))).toEqual([
    "SELECT session.id",
    "SELECT session_event.payload",
    "SELECT session_event.seq",
    "SELECT session_event.session_id",
    "SELECT session_event.type",
    "SELECT tenant.id",
    "SELECT tenant.slug",
    "SELECT tenant.status",
  ]);
});

test("who looks after persons writes nothing else but the account of it, and sees of tenants their names", async () => {
  expect(await writesOf("tandem_access")).toEqual({
    audit: "INSERT(action,actor,after_hash,at,before_hash,hash,object,prev_hash,reason,request_id,seq,tenant_id,via)",
    audit_head: "INSERT UPDATE",
    membership: "DELETE INSERT UPDATE",
    outbox: "INSERT(id,kind,payload,tenant_id)",
    person: "INSERT UPDATE",
    person_invitation: "INSERT UPDATE",
    person_session: "INSERT UPDATE",
  });
  const seen = await rightsOf("tandem_access", ["SELECT"]);
  expect(seen.filter((right) => / tenant\b/.test(right))).toEqual(
    ["id", "name", "slug", "status"].map((column) => `SELECT tenant.${column}`),
  );
  const readers = await world.superuser<{ grantee: string }>(
    "SELECT DISTINCT grantee FROM information_schema.column_privileges WHERE column_name IN ('password_hash', 'token_hash') AND grantee LIKE 'tandem\\_%' AND privilege_type = 'SELECT'",
  );
  expect(readers.map(({ grantee }) => grantee).toSorted()).toEqual(["tandem_access", "tandem_owner"]);
});

test("who looks over all tenants of a person writes nothing and sees no configuration, word or secret", async () => {
  expect(await writesOf("tandem_overview")).toEqual({});
  const seen = await rightsOf("tandem_overview", ["SELECT"]);
  expect(
    seen.filter((right) =>
      /overlay|config\b|sealed|bundle$|payload|ingress|salt|caller|email|hash_|policy/.test(right),
    ),
  ).toEqual([]);
  expect(seen.filter((right) => / tenant\b/.test(right))).toEqual(
    ["id", "name", "slug", "status"].map((column) => `SELECT tenant.${column}`),
  );
  expect(seen.filter((right) => / (audit|fleet_\w+)\b/.test(right))).toEqual([
    ...["action", "actor", "at", "object", "seq", "tenant_id"].map((column) => `SELECT audit.${column}`),
    ...["fleet_rollout_id", "reason", "state"].map((column) => `SELECT fleet_member.${column}`),
    ...["id", "playbook", "reason", "state", "version"].map((column) => `SELECT fleet_rollout.${column}`),
  ]);
});

test("fleet rollouts read across tenants where deployments are and how they stand, and write their own rows only", async () => {
  const wrote = await rightsOf("tandem_fleet", WRITES);
  const tables = new Set(wrote.map((right) => right.split(" ")[1]?.split(".")[0]));
  const own = ["early_access", "fleet_member", "fleet_rollout", "fleet_wave", "tenant_tag"];
  const told = ["outbox", "webhook_delivery", "webhook_endpoint"]; // the platform's rows of them only
  expect(tables).toEqual(new Set(["audit", "audit_head", ...own, ...told]));
  expect(wrote.filter((right) => /^(DELETE|UPDATE) (audit|outbox)\b/.test(right))).toEqual([]);
  const seen = await rightsOf("tandem_fleet", ["SELECT"]);
  expect(seen.filter((right) => / (tenant|deployment|slot|release|rollout)\./.test(right))).toEqual(
    [
      "deployment.environment",
      "deployment.id",
      "deployment.name",
      "deployment.playbook",
      "deployment.pointer_active",
      "deployment.tenant_id",
      "release.hash",
      "release.manifest_hash",
      "release.tenant_id",
      "rollout.deployment_id",
      "rollout.desired",
      "rollout.id",
      "rollout.phase",
      "rollout.tenant_id",
      "slot.bundle_hash",
      "slot.deployment_id",
      "slot.slot",
      "slot.tenant_id",
      "tenant.id",
      "tenant.slug",
      "tenant.status",
    ].map((column) => `SELECT ${column}`),
  );
});

test("what callers said, who they are and what is sealed is read by no role that need not", async () => {
  const guarded = (right: string) => /\.(caller|payload|sealed|secret_hash|lead|to_number|consent_text)$/.test(right);
  expect((await rightsOf("tandem_media", ["SELECT"])).filter(guarded)).toEqual(["SELECT credential_version.sealed"]);
  expect((await rightsOf("tandem_sweeper", ["SELECT"])).filter(guarded)).toEqual([]);
  // Sealed credentials whole, but of one tenant at a time: its policy says which.
  expect(await rightsOf("tandem_sweeper", ["SELECT"])).toContain("SELECT credential_version");
  const [policy] = await world.superuser<{ using: string }>(
    "SELECT qual AS using FROM pg_policies WHERE tablename = 'credential_version' AND 'tandem_sweeper' = ANY(roles)",
  );
  expect(policy?.using).toContain("app.tenant_id");
  for (const role of ["tandem_media", "tandem_sweeper", "tandem_retention"])
    for (const table of ["audit", "api_key", "outbound_call", "session_event", "session", "idempotency_key"])
      expect(await rightsOf(role, ["SELECT"])).not.toContain(`SELECT ${table}`);
});

test("no role but the owner can empty a table, and none may act as another", async () => {
  const emptying = await world.superuser<{ grantee: string; name: string }>(
    `SELECT grantee, table_name AS name FROM information_schema.role_table_grants
     WHERE table_schema = 'public' AND privilege_type IN ('TRUNCATE', 'TRIGGER', 'REFERENCES')
       AND grantee LIKE 'tandem\\_%' AND grantee <> 'tandem_owner'`,
  );
  expect(emptying).toEqual([]);
  const above = await world.superuser<{ name: string }>(
    "SELECT rolname AS name FROM pg_roles WHERE rolname LIKE 'tandem\\_%' AND (rolsuper OR rolbypassrls OR rolreplication)",
  );
  expect(above).toEqual([]);
});
