-- A fleet rollout that is paused needs a person: one who administrates the platform, for whom the overview tells of it.
CREATE FUNCTION sees_fleet_rollouts() RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (
    SELECT 1 FROM membership m
    WHERE m.person_id = NULLIF(current_setting('app.person_id', true), '')::uuid
      AND m.tenant_id = '00000000-0000-4000-8000-000000000000' AND m.disabled_at IS NULL
      AND (m.expires_at IS NULL OR m.expires_at > clock_timestamp()) AND 'platform-admin' = ANY (m.roles))
$$;
CREATE POLICY overview ON fleet_rollout FOR SELECT TO tandem_overview USING ((SELECT sees_fleet_rollouts()));
CREATE POLICY overview ON fleet_member FOR SELECT TO tandem_overview USING ((SELECT sees_fleet_rollouts()));
-- Since when it is paused and by whom stands in the platform's chain; of the chain nothing else is seen.
CREATE POLICY overview ON audit FOR SELECT TO tandem_overview
  USING (tenant_id = '00000000-0000-4000-8000-000000000000' AND action IN ('fleet-rollout.paused', 'fleet-rollout.pause-asked')
    AND (SELECT sees_fleet_rollouts()));
GRANT SELECT (id, playbook, version, state, reason) ON fleet_rollout TO tandem_overview;
GRANT SELECT (fleet_rollout_id, state, reason) ON fleet_member TO tandem_overview;
GRANT SELECT (tenant_id, seq, at, actor, action, object) ON audit TO tandem_overview;
CREATE INDEX audit_fleet_paused ON audit (object, seq) WHERE action IN ('fleet-rollout.paused', 'fleet-rollout.pause-asked');
CREATE INDEX fleet_rollout_paused ON fleet_rollout (id) WHERE state = 'paused';
