-- What a person sees at once of all tenants that they belong to.
ALTER TABLE "release" ADD COLUMN "version" TEXT GENERATED ALWAYS AS (bundle #>> '{playbook,version}'::text[]) STORED;
CREATE INDEX command_tests ON command (tenant_id, subject_id, id) WHERE kind = 'test-connection';

-- The tenants of the person whose id is set: those that they are a member of, or all. Who only administrates the platform sees none.
CREATE FUNCTION visible_tenants() RETURNS SETOF uuid LANGUAGE sql STABLE AS $$
  SELECT DISTINCT t.id
  FROM membership m JOIN tenant t ON m.tenant_id IN (t.id, '00000000-0000-4000-8000-000000000000')
  WHERE m.person_id = NULLIF(current_setting('app.person_id', true), '')::uuid AND m.disabled_at IS NULL
    AND (m.expires_at IS NULL OR m.expires_at > clock_timestamp()) AND NOT m.roles <@ ARRAY['platform-admin']
    AND t.id <> '00000000-0000-4000-8000-000000000000' AND t.status <> 'offboarded'
$$;

-- Read only. The role's own policies let a person's memberships and the names of tenants be read, and rows of their tenants.
GRANT USAGE ON SCHEMA public TO tandem_overview;
CREATE POLICY overview ON membership FOR SELECT TO tandem_overview
  USING (person_id = NULLIF(current_setting('app.person_id', true), '')::uuid);
CREATE POLICY overview ON tenant FOR SELECT TO tandem_overview USING (NULLIF(current_setting('app.person_id', true), '') IS NOT NULL);
DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['deployment', 'slot', 'release', 'rollout', 'pointer_history', 'session', 'drift_look', 'safety_net',
    'connection', 'deployment_connection', 'credential_version', 'command'] LOOP
    EXECUTE format('CREATE POLICY overview ON %I FOR SELECT TO tandem_overview USING (tenant_id IN (SELECT visible_tenants()))', name);
  END LOOP;
END
$$;
GRANT SELECT (tenant_id, person_id, roles, expires_at, disabled_at) ON membership TO tandem_overview;
GRANT SELECT (id, slug, name, status) ON tenant TO tandem_overview;
GRANT SELECT (tenant_id, id, name, playbook, environment, number, pointer_active, pointer_candidate, pointer_weight_bp, pointer_mode,
  generation, created_at) ON deployment TO tandem_overview;
GRANT SELECT (tenant_id, deployment_id, slot, state, bundle_hash, verified_at, intact) ON slot TO tandem_overview;
GRANT SELECT (tenant_id, hash, manifest_hash, version) ON release TO tandem_overview;
GRANT SELECT (tenant_id, id, deployment_id, phase, held_phase, reason, bundle_hash, target_slot, plan_id, due_at, created_by, created_at, updated_at)
  ON rollout TO tandem_overview;
GRANT SELECT (tenant_id, deployment_id, generation, cause, rollout_id, actor, at) ON pointer_history TO tandem_overview;
GRANT SELECT (tenant_id, deployment_id, slot, kind, ended_at) ON session TO tandem_overview;
GRANT SELECT (tenant_id, deployment_id, looked_at, told) ON drift_look TO tandem_overview;
GRANT SELECT (tenant_id, deployment_id, is_held, kept_generation, failure) ON safety_net TO tandem_overview;
GRANT SELECT (tenant_id, id, name, vendor, endpoint, credential_version) ON connection TO tandem_overview;
GRANT SELECT ON deployment_connection TO tandem_overview;
GRANT SELECT (tenant_id, connection_id, version, state, detail, created_at, changed_at) ON credential_version TO tandem_overview;
GRANT SELECT (tenant_id, id, kind, subject_id, state, code, detail, result, finished_at) ON command TO tandem_overview;
