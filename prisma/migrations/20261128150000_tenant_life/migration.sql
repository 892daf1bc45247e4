-- Tenant life: suspension that diverts, credentials with states, and off-boarding with a proof.
CREATE TABLE "off_boarding" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "phase" TEXT NOT NULL,
    "status_before" TEXT NOT NULL,
    "waits_for" JSONB,
    "asked_by" TEXT NOT NULL,
    "why" TEXT NOT NULL,
    "found" JSONB NOT NULL DEFAULT '{}',
    "report" JSONB,
    "report_hash" TEXT,
    "due_at" TIMESTAMPTZ(6),
    "lease_owner" TEXT,
    "lease_epoch" INTEGER NOT NULL DEFAULT 0,
    "lease_until" TIMESTAMPTZ(6),
    "phase_since" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "off_boarding_pkey" PRIMARY KEY ("tenant_id","id")
);
CREATE UNIQUE INDEX "off_boarding_id_key" ON "off_boarding"("id");
ALTER TABLE "off_boarding" ADD CONSTRAINT "off_boarding_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

ALTER TABLE "credential_version"
  ADD COLUMN "state" TEXT NOT NULL DEFAULT 'in-force',
  ADD COLUMN "detail" TEXT,
  ADD COLUMN "changed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;
ALTER TABLE "connection" ADD COLUMN "credentials_due_at" TIMESTAMPTZ(6);

-- What was stored before the newest one goes on draining: the worker ends it.
ALTER TABLE credential_version NO FORCE ROW LEVEL SECURITY;
ALTER TABLE connection NO FORCE ROW LEVEL SECURITY;
UPDATE credential_version v SET state = 'draining' FROM connection c
  WHERE c.tenant_id = v.tenant_id AND c.id = v.connection_id AND v.version <> c.credential_version;
UPDATE connection c SET credentials_due_at = now() WHERE EXISTS (
  SELECT FROM credential_version v WHERE v.tenant_id = c.tenant_id AND v.connection_id = c.id AND v.state = 'draining');
ALTER TABLE credential_version FORCE ROW LEVEL SECURITY;
ALTER TABLE connection FORCE ROW LEVEL SECURITY;

ALTER TABLE tenant DROP CONSTRAINT tenant_status_check,
  ADD CONSTRAINT tenant_status_check CHECK (status IN ('active', 'suspended', 'offboarding', 'offboarded'));
ALTER TABLE credential_version ADD CHECK (state IN ('pending', 'in-force', 'draining', 'revoked', 'refused'));
CREATE UNIQUE INDEX credential_one_in_force ON credential_version (tenant_id, connection_id) WHERE state = 'in-force';
CREATE UNIQUE INDEX credential_one_pending ON credential_version (tenant_id, connection_id) WHERE state = 'pending';
CREATE INDEX connection_credentials_due ON connection (credentials_due_at) WHERE credentials_due_at IS NOT NULL;
ALTER TABLE off_boarding
  ADD CHECK (phase IN ('stopping', 'draining', 'removing', 'revoking', 'erasing', 'done', 'stopped')),
  ADD CHECK ((phase IN ('done', 'stopped')) = (ended_at IS NOT NULL)),
  ADD CHECK ((phase = 'done') = (report_hash IS NOT NULL)),
  ADD CHECK (tenant_id <> '00000000-0000-4000-8000-000000000000');
CREATE UNIQUE INDEX off_boarding_one_open ON off_boarding (tenant_id) WHERE phase NOT IN ('done', 'stopped');
CREATE INDEX off_boarding_due ON off_boarding (due_at) WHERE phase NOT IN ('done', 'stopped');

-- A version that is over stays over, and its sealed value can only go.
CREATE FUNCTION guard_credential_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.sealed <> OLD.sealed AND NEW.sealed <> '' THEN
    RAISE EXCEPTION 'a sealed credential is never replaced: store another version' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.state <> OLD.state AND OLD.state IN ('revoked', 'refused') THEN
    RAISE EXCEPTION 'credential version % is % for good', OLD.version, OLD.state USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER credential_version_ends_once BEFORE UPDATE ON credential_version
  FOR EACH ROW EXECUTE FUNCTION guard_credential_version();
-- What is in force is a version in force.
CREATE FUNCTION require_credential_in_force() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.credential_version IS NOT NULL AND NOT EXISTS (
    SELECT FROM credential_version v WHERE v.tenant_id = NEW.tenant_id AND v.connection_id = NEW.id
      AND v.version = NEW.credential_version AND v.state = 'in-force') THEN
    RAISE EXCEPTION 'version % of connection % is not in force', NEW.credential_version, NEW.id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER credential_is_in_force AFTER UPDATE ON connection
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (OLD.credential_version IS DISTINCT FROM NEW.credential_version) EXECUTE FUNCTION require_credential_in_force();

ALTER TABLE off_boarding ENABLE ROW LEVEL SECURITY;
ALTER TABLE off_boarding FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_own ON off_boarding TO tandem_app
  USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
  WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY sweep ON off_boarding FOR SELECT TO tandem_sweeper USING (true);
CREATE POLICY sweep ON connection FOR SELECT TO tandem_sweeper USING (true);
-- Whether a tenant's calls go to people, and whether its calls may still be written down.
CREATE POLICY feed ON tenant FOR SELECT TO tandem_media USING (true);
GRANT SELECT (id, status) ON tenant TO tandem_media;
GRANT SELECT (state) ON credential_version TO tandem_media;

GRANT SELECT, INSERT ON off_boarding TO tandem_app;
GRANT UPDATE (phase, waits_for, found, report, report_hash, due_at, lease_owner, lease_epoch, lease_until, phase_since, ended_at)
  ON off_boarding TO tandem_app;
GRANT SELECT (tenant_id, id, phase, due_at, lease_until) ON off_boarding TO tandem_sweeper;
CREATE POLICY platform_looks ON off_boarding FOR SELECT TO tandem_platform USING (true);
GRANT SELECT (tenant_id, id, phase, status_before, created_at) ON off_boarding TO tandem_platform;
GRANT SELECT (tenant_id, id, credentials_due_at) ON connection TO tandem_sweeper;
GRANT SELECT (state, detail, changed_at), UPDATE (state, detail, changed_at, sealed) ON credential_version TO tandem_app;

-- No change of phase without its audit row in the same transaction (I5).
CREATE FUNCTION require_off_boarding_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT is_audited(NEW.tenant_id, 'off-boarding/' || NEW.id, '') THEN
    RAISE EXCEPTION 'off-boarding % changed phase without an audit row', NEW.id USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER off_boarding_start_is_audited AFTER INSERT ON off_boarding
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION require_off_boarding_audit();
CREATE CONSTRAINT TRIGGER off_boarding_change_is_audited AFTER UPDATE ON off_boarding
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (OLD.phase IS DISTINCT FROM NEW.phase) EXECUTE FUNCTION require_off_boarding_audit();

-- Who removes a tenant's data: one tenant at a time, and only one that has left.
CREATE POLICY erase ON tenant TO tandem_eraser
  USING (id = NULLIF(current_setting('app.tenant_id', true), '')::uuid AND status IN ('offboarding', 'offboarded'))
  WITH CHECK (id = NULLIF(current_setting('app.tenant_id', true), '')::uuid AND status = 'offboarded');
GRANT USAGE ON SCHEMA public TO tandem_eraser;
GRANT SELECT (id, slug, status), UPDATE (name, status) ON tenant TO tandem_eraser;
DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['call_figure', 'session_event', 'session', 'outbound_call', 'wave_evidence', 'decision_link', 'approval',
    'waiting_rollout', 'step', 'rollout_event', 'drift_look', 'drift_decision', 'safety_net', 'fleet_member', 'pointer_history', 'rollout',
    'binding', 'slot', 'plan', 'command', 'release_connection', 'release', 'deployment_connection', 'deployment', 'credential_version',
    'connection', 'tenant_overlay', 'manifest_version', 'freeze_exemption', 'freeze_window', 'gate_policy', 'webhook_delivery',
    'webhook_message', 'webhook_secret', 'webhook_endpoint', 'tenant_tag', 'early_access', 'idempotency_key', 'outbox', 'api_key'] LOOP
    EXECUTE format($p$CREATE POLICY erase ON %I TO tandem_eraser
      USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid
        AND EXISTS (SELECT FROM tenant t WHERE t.id = tenant_id AND t.status = 'offboarded'))$p$, name);
    EXECUTE format('GRANT SELECT (tenant_id), DELETE ON %I TO tandem_eraser', name);
  END LOOP;
END
$$;
GRANT SELECT (session_id, seq, type, payload) ON session_event TO tandem_eraser;
GRANT SELECT (id) ON session TO tandem_eraser;

-- A key says how its tenant stands, so that the door knows what it may still do.
DROP FUNCTION authenticate_key(text, text);
CREATE FUNCTION authenticate_key(p_key_id text, p_secret_hash text)
RETURNS TABLE (tenant_id uuid, roles text[], expires_at timestamptz, last_used_at timestamptz, tenant_status text) LANGUAGE plpgsql AS $$
DECLARE
  v_key record;
BEGIN
  PERFORM set_config('app.key_hash', p_secret_hash, true);
  SELECT k.tenant_id, k.roles, k.expires_at::timestamptz, k.last_used_at::timestamptz INTO v_key FROM api_key k
    WHERE k.key_id = p_key_id AND k.secret_hash = p_secret_hash AND k.revoked_at IS NULL AND k.expires_at > clock_timestamp();
  IF NOT FOUND THEN
    RETURN;
  END IF;
  PERFORM set_config('app.tenant_id', v_key.tenant_id::text, true);
  RETURN QUERY SELECT v_key.tenant_id, v_key.roles, v_key.expires_at, v_key.last_used_at, t.status FROM tenant t WHERE t.id = v_key.tenant_id;
  PERFORM set_config('app.tenant_id', '', true);
END
$$;

-- What a lock tells beside the row: whether the tenant's calls go to people.
DROP FUNCTION lock_deployment(uuid, uuid);
CREATE FUNCTION lock_deployment(p_tenant uuid, p_deployment uuid)
RETURNS TABLE (deployment json, rollout json, slots json, locked_at timestamptz, is_tenant_active boolean) LANGUAGE plpgsql AS $$
BEGIN
  SELECT row_to_json(d) INTO deployment FROM deployment d WHERE d.tenant_id = p_tenant AND d.id = p_deployment FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  rollout := (SELECT row_to_json(r) FROM workable_rollout(p_tenant, p_deployment) r);
  slots := (SELECT json_agg(s) FROM slot s WHERE s.tenant_id = p_tenant AND s.deployment_id = p_deployment);
  locked_at := clock_timestamp();
  is_tenant_active := coalesce((SELECT t.status = 'active' FROM tenant t WHERE t.id = p_tenant), true);
  RETURN NEXT;
END
$$;
