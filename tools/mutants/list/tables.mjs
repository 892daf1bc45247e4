// Mutants of the real store: SQL, grants, row security. Caught by its own tests on PostgreSQL.
const store = (path) => `libs/store/src/${path}`;
const initial = "prisma/migrations/20261120140000_initial/migration.sql";

export const tables = [
  {
    name: "no fence in PostgreSQL",
    file: store("rollouts/rollout-store.ts"),
    find: "    if (locked.deployment.lease_epoch !== lease.epoch) throw leaseLost(lease);",
    replace: "",
    catcher: { test: "store src/rollouts/lease.test.ts src/journal/fenced-transaction.test.ts" },
  },
  {
    name: "a lease is renewed by whoever asks",
    file: store("rollouts/lease.ts"),
    find: "  WHERE tenant_id = $1 AND id = $2 AND lease_epoch = $3 AND lease_owner = $5`;",
    replace: "  WHERE tenant_id = $1 AND id = $2 AND $3::int IS NOT NULL AND $5::text IS NOT NULL`;",
    catcher: { test: "store src/rollouts/lease.test.ts" },
  },
  {
    name: "a lease in force is taken over",
    file: store("rollouts/lease.ts"),
    find: "(lease_owner IS NULL OR lease_until < clock_timestamp())",
    replace: "(lease_owner IS NULL OR lease_until < clock_timestamp() + interval '1 day')",
    catcher: { test: "store src/rollouts/lease.test.ts" },
  },
  {
    name: "an earlier engine is given what a later one began",
    file: "prisma/migrations/20261128170000_engine_versions/migration.sql",
    find: "  IF EXISTS (",
    replace: "  IF false AND EXISTS (",
    catcher: { test: "store src/rollouts/lease.test.ts" },
  },
  {
    name: "the pointer moves from any generation",
    patches: [
      {
        file: store("journal/deployment-row-change.ts"),
        find: "WHERE tenant_id = $1 AND id = $2 AND generation = $3`",
        replace: "WHERE tenant_id = $1 AND id = $2 AND $3::int IS NOT NULL`",
      },
      {
        file: initial,
        find: "  IF NEW.generation <> OLD.generation + 1 THEN",
        replace: "  IF false THEN",
      },
    ],
    catcher: { test: "store src/journal/fenced-transaction.test.ts src/control/traffic.test.ts" },
  },
  {
    name: "a rollback does not fence the worker",
    file: store("control/traffic.ts"),
    find: "  transaction.fence();\n",
    replace: "",
    catcher: { test: "store src/control/traffic.test.ts" },
  },
  {
    name: "a pointer moves without a notice",
    file: store("journal/deployment-transaction.ts"),
    find: '    if (notice !== null) this.closing.notify("pointer", pointerNotice(notice));',
    replace: "    void pointerNotice;\n    void notice;",
    catcher: { test: "store src/feed/feed.test.ts src/control/traffic.test.ts" },
  },
  {
    name: "a state changes without an audit row",
    file: initial,
    find: "  IF NOT is_audited(NEW.tenant_id, 'rollout/' || NEW.id, 'deployment/' || NEW.deployment_id) THEN",
    replace: "  IF false THEN",
    catcher: { test: "store src/control/traffic.test.ts" },
  },
  {
    name: "row security off on one table",
    file: initial,
    find: "ALTER TABLE tenant FORCE ROW LEVEL SECURITY;",
    replace: "ALTER TABLE tenant FORCE ROW LEVEL SECURITY;\nALTER TABLE binding DISABLE ROW LEVEL SECURITY;",
    catcher: { test: "store src/isolation.test.ts" },
  },
  {
    name: "a grant too wide",
    file: initial,
    find: "GRANT INSERT, SELECT (tenant_id, session_id, seq) ON session_event TO tandem_media;",
    replace: "GRANT INSERT, UPDATE, SELECT (tenant_id, session_id, seq) ON session_event TO tandem_media;",
    catcher: { test: "store src/grants.test.ts" },
  },
  {
    name: "another deployment's intent is not looked for in PostgreSQL",
    file: store("journal/deployment-writes.ts"),
    find: "  await sql.rows(LOCK_KEY, [key.tenantId, externalKey]);",
    replace: "  void LOCK_KEY;",
    catcher: { test: "store src/journal/one-writer.test.ts" },
  },
  {
    name: "requests may change what has happened",
    file: initial,
    find: "GRANT SELECT, INSERT ON manifest_version, release, release_connection, plan, rollout_event, pointer_history TO tandem_app;",
    replace:
      "GRANT SELECT, INSERT ON manifest_version, release, release_connection, plan, rollout_event, pointer_history TO tandem_app;\nGRANT UPDATE (at) ON rollout_event TO tandem_app;",
    catcher: { test: "store src/grants.test.ts" },
  },
  {
    name: "an idempotency key is ignored",
    file: store("control/idempotency.ts"),
    find: '  if (row?.outcome === "replay") return',
    replace:
      '  if (row?.outcome === "replay") return { state: "new", effectId: row.effect_id ?? "" };\n  if (row?.outcome === "new" && row.status === -1) return',
    catcher: { test: "store src/control/control-store.test.ts" },
  },
  {
    name: "an audit row hashes without the row before",
    file: initial,
    find: "  v_hash := encode(sha256(convert_to(v_prev || concat(",
    replace: "  v_hash := encode(sha256(convert_to('' || concat(",
    catcher: { test: "store src/audit/audit.test.ts" },
  },
];
