-- Fleet rollouts: many deployments of many tenants, in waves.
CREATE TABLE "fleet_rollout" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "playbook" TEXT NOT NULL,
    "version" TEXT NOT NULL,
    "manifest_hash" TEXT NOT NULL,
    "selection" JSONB NOT NULL,
    "policy" JSONB NOT NULL,
    "patience" JSONB NOT NULL,
    "state" TEXT NOT NULL,
    "reason" JSONB,
    "wave_position" INTEGER NOT NULL DEFAULT 0,
    "aborts_running" BOOLEAN NOT NULL DEFAULT false,
    "due_at" TIMESTAMPTZ(3),
    "lease_owner" TEXT,
    "lease_epoch" INTEGER NOT NULL DEFAULT 0,
    "lease_until" TIMESTAMPTZ(6),
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "fleet_rollout_pkey" PRIMARY KEY ("tenant_id","id")
);
CREATE TABLE "fleet_wave" (
    "tenant_id" UUID NOT NULL,
    "fleet_rollout_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "limits" JSONB NOT NULL,
    "size" INTEGER NOT NULL,
    "accepted_failures" INTEGER NOT NULL DEFAULT 0,
    "state" TEXT NOT NULL DEFAULT 'pending',
    "bake_until" TIMESTAMPTZ(3),

    CONSTRAINT "fleet_wave_pkey" PRIMARY KEY ("tenant_id","fleet_rollout_id","position")
);
CREATE TABLE "fleet_member" (
    "tenant_id" UUID NOT NULL,
    "fleet_rollout_id" UUID NOT NULL,
    "deployment_id" UUID NOT NULL,
    "playbook" TEXT NOT NULL,
    "version" TEXT NOT NULL,
    "wave_position" INTEGER NOT NULL,
    "ordinal" INTEGER NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'pending',
    "rollout_id" UUID NOT NULL,
    "reason" TEXT,
    "detail" TEXT,
    "due_at" TIMESTAMPTZ(3),
    "waits_since" TIMESTAMPTZ(3),
    "begun_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "fleet_member_pkey" PRIMARY KEY ("tenant_id","fleet_rollout_id","deployment_id")
);
CREATE TABLE "tenant_tag" (
    "tenant_id" UUID NOT NULL,
    "tag" TEXT NOT NULL,

    CONSTRAINT "tenant_tag_pkey" PRIMARY KEY ("tenant_id","tag")
);
CREATE TABLE "early_access" (
    "tenant_id" UUID NOT NULL,
    "subject_id" UUID NOT NULL,
    "is_member" BOOLEAN NOT NULL,
    "set_by" TEXT NOT NULL,
    "set_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "early_access_pkey" PRIMARY KEY ("tenant_id","subject_id")
);
-- Which manifest version a release was made of, for whoever may not read the bundle.
ALTER TABLE "release" ADD COLUMN "manifest_hash" TEXT GENERATED ALWAYS AS (bundle #>> '{playbook,manifestHash}'::text[]) STORED;

CREATE UNIQUE INDEX "fleet_rollout_id_key" ON "fleet_rollout"("id");
CREATE UNIQUE INDEX "fleet_wave_id_key" ON "fleet_wave"("id");
CREATE UNIQUE INDEX "fleet_member_rollout_id_key" ON "fleet_member"("rollout_id");
CREATE INDEX "fleet_member_fleet_rollout_id_wave_position_state_idx" ON "fleet_member"("fleet_rollout_id", "wave_position", "state");
ALTER TABLE "fleet_wave" ADD CONSTRAINT "fleet_wave_tenant_id_fleet_rollout_id_fkey" FOREIGN KEY ("tenant_id", "fleet_rollout_id") REFERENCES "fleet_rollout"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;
ALTER TABLE "fleet_member" ADD CONSTRAINT "fleet_member_fleet_rollout_id_fkey" FOREIGN KEY ("fleet_rollout_id") REFERENCES "fleet_rollout"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;
ALTER TABLE "fleet_member" ADD CONSTRAINT "fleet_member_tenant_id_deployment_id_fkey" FOREIGN KEY ("tenant_id", "deployment_id") REFERENCES "deployment"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;
ALTER TABLE "tenant_tag" ADD CONSTRAINT "tenant_tag_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;
ALTER TABLE "early_access" ADD CONSTRAINT "early_access_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

ALTER TABLE fleet_rollout
  ADD CHECK (tenant_id = '00000000-0000-4000-8000-000000000000'),
  ADD CHECK (state IN ('running', 'paused', 'aborting', 'completed', 'aborted')),
  ADD CHECK ((state IN ('completed', 'aborted')) = (ended_at IS NOT NULL));
ALTER TABLE fleet_wave
  ADD CHECK (state IN ('pending', 'running', 'baking', 'done')),
  ADD CHECK ((state = 'baking') = (bake_until IS NOT NULL));
ALTER TABLE fleet_member ADD CHECK (state IN ('pending', 'waiting', 'beginning', 'running', 'overdue', 'succeeded', 'rolled-back',
  'aborted', 'failed', 'blocked', 'skipped'));
-- A deployment is moved by one fleet rollout at a time.
CREATE UNIQUE INDEX fleet_member_one_open ON fleet_member (tenant_id, deployment_id)
  WHERE state IN ('pending', 'waiting', 'beginning', 'running');
CREATE INDEX fleet_rollout_due ON fleet_rollout (due_at) WHERE due_at IS NOT NULL;

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['fleet_rollout', 'fleet_wave', 'fleet_member', 'tenant_tag', 'early_access'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY fleet ON %I TO tandem_fleet USING (true) WITH CHECK (true)', name);
  END LOOP;
  FOREACH name IN ARRAY ARRAY['fleet_member', 'tenant_tag', 'early_access'] LOOP
    EXECUTE format($p$CREATE POLICY tenant_own ON %I TO tandem_app
      USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
      WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)$p$, name);
  END LOOP;
  -- Across tenants, read only: which deployments there are, what they run, and how their rollouts stand.
  FOREACH name IN ARRAY ARRAY['tenant', 'deployment', 'slot', 'release', 'rollout'] LOOP
    EXECUTE format('CREATE POLICY fleet ON %I FOR SELECT TO tandem_fleet USING (true)', name);
  END LOOP;
  -- The account of what was done, in the chain of the tenant whose id is set.
  FOREACH name IN ARRAY ARRAY['audit', 'audit_head', 'outbox'] LOOP
    EXECUTE format($p$CREATE POLICY fleet_account ON %I TO tandem_fleet
      USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
      WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)$p$, name);
  END LOOP;
END
$$;

GRANT USAGE ON SCHEMA public TO tandem_fleet;
GRANT SELECT, INSERT ON fleet_rollout, fleet_wave, fleet_member TO tandem_fleet;
GRANT UPDATE (state, reason, wave_position, aborts_running, due_at, lease_owner, lease_epoch, lease_until, ended_at)
  ON fleet_rollout TO tandem_fleet;
GRANT UPDATE (accepted_failures, state, bake_until) ON fleet_wave TO tandem_fleet;
GRANT UPDATE (state, reason, detail, due_at, waits_since, ended_at) ON fleet_member TO tandem_fleet;
GRANT SELECT, INSERT, DELETE ON tenant_tag TO tandem_fleet;
GRANT SELECT, INSERT, UPDATE, DELETE ON early_access TO tandem_fleet, tandem_app;
GRANT SELECT (id, slug, status) ON tenant TO tandem_fleet;
GRANT SELECT (tenant_id, id, name, playbook, environment, pointer_active) ON deployment TO tandem_fleet;
GRANT SELECT (tenant_id, deployment_id, slot, bundle_hash) ON slot TO tandem_fleet;
GRANT SELECT (tenant_id, hash, manifest_hash) ON release TO tandem_fleet;
GRANT SELECT (tenant_id, id, deployment_id, phase, desired) ON rollout TO tandem_fleet;
GRANT SELECT, INSERT (tenant_id, seq, at, actor, via, action, object, before_hash, after_hash, reason, request_id, prev_hash, hash)
  ON audit TO tandem_fleet;
GRANT SELECT, INSERT, UPDATE ON audit_head TO tandem_fleet;
GRANT INSERT (tenant_id, id, kind, payload) ON outbox TO tandem_fleet;
GRANT SELECT ON fleet_member, tenant_tag TO tandem_app;
GRANT UPDATE (state, reason, detail, begun_at, waits_since, due_at) ON fleet_member TO tandem_app;

-- No change of a fleet rollout or of a member's standing without its audit row in the same transaction (I5).
CREATE FUNCTION require_fleet_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT is_audited(NEW.tenant_id, 'fleet-rollout/' || NEW.id, '') THEN
    RAISE EXCEPTION 'fleet rollout % changed state without an audit row', NEW.id USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER fleet_start_is_audited AFTER INSERT ON fleet_rollout
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION require_fleet_audit();
CREATE CONSTRAINT TRIGGER fleet_change_is_audited AFTER UPDATE ON fleet_rollout
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN ((OLD.state, OLD.wave_position) IS DISTINCT FROM (NEW.state, NEW.wave_position)) EXECUTE FUNCTION require_fleet_audit();

-- A member is accounted for in the platform's chain with its fleet rollout, or in its tenant's chain with its own rollout.
CREATE FUNCTION require_member_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT is_audited('00000000-0000-4000-8000-000000000000', 'fleet-rollout/' || NEW.fleet_rollout_id, '')
    AND NOT is_audited(NEW.tenant_id, 'rollout/' || NEW.rollout_id, '') THEN
    RAISE EXCEPTION 'member % of a fleet rollout changed state without an audit row', NEW.deployment_id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER member_change_is_audited AFTER UPDATE ON fleet_member
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION require_member_audit();
