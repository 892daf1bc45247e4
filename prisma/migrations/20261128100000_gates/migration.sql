-- What holds rollouts up: policies, freeze windows, approvals by several people, links of one use, and rollouts that wait for another.
CREATE TABLE "gate_policy" (
    "tenant_id" UUID NOT NULL,
    "environment" TEXT NOT NULL,
    "policy" JSONB NOT NULL,
    "version" INTEGER NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_by" TEXT NOT NULL,

    CONSTRAINT "gate_policy_pkey" PRIMARY KEY ("tenant_id","environment")
);
CREATE TABLE "freeze_window" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "playbook" TEXT,
    "environment" TEXT,
    "starts_at" TIMESTAMPTZ(3) NOT NULL,
    "ends_at" TIMESTAMPTZ(3) NOT NULL,
    "reason" TEXT NOT NULL,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ended_at" TIMESTAMPTZ(3),
    "ended_by" TEXT,

    CONSTRAINT "freeze_window_pkey" PRIMARY KEY ("tenant_id","id")
);
CREATE TABLE "freeze_exemption" (
    "tenant_id" UUID NOT NULL,
    "freeze_id" UUID NOT NULL,
    "reason" TEXT NOT NULL,
    "granted_by" TEXT NOT NULL,
    "granted_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "freeze_exemption_pkey" PRIMARY KEY ("tenant_id","freeze_id")
);
CREATE TABLE "approval" (
    "tenant_id" UUID NOT NULL,
    "rollout_id" UUID NOT NULL,
    "plan_hash" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "decision" TEXT NOT NULL,
    "via" TEXT NOT NULL,
    "reason" TEXT,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "approval_pkey" PRIMARY KEY ("tenant_id","rollout_id","plan_hash","subject","decision")
);
CREATE TABLE "decision_link" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "rollout_id" UUID NOT NULL,
    "deployment_id" UUID NOT NULL,
    "action" TEXT NOT NULL,
    "addressee" TEXT NOT NULL,
    "plan_hash" TEXT,
    "generation" INTEGER,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "used_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "decision_link_pkey" PRIMARY KEY ("tenant_id","id")
);
CREATE TABLE "waiting_rollout" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "deployment_id" UUID NOT NULL,
    "turn" INTEGER NOT NULL,
    "bundle_hash" TEXT NOT NULL,
    "policy" JSONB NOT NULL,
    "plan_id" UUID,
    "state" TEXT NOT NULL DEFAULT 'waiting',
    "reason" JSONB,
    "rollout_id" UUID,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "look_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "waiting_rollout_pkey" PRIMARY KEY ("tenant_id","id")
);
CREATE UNIQUE INDEX "freeze_window_id_key" ON "freeze_window"("id");
CREATE UNIQUE INDEX "decision_link_id_key" ON "decision_link"("id");
CREATE INDEX "decision_link_tenant_id_rollout_id_id_idx" ON "decision_link"("tenant_id", "rollout_id", "id");
CREATE UNIQUE INDEX "waiting_rollout_id_key" ON "waiting_rollout"("id");
CREATE INDEX "waiting_rollout_tenant_id_deployment_id_turn_idx" ON "waiting_rollout"("tenant_id", "deployment_id", "turn");

ALTER TABLE "gate_policy" ADD CONSTRAINT "gate_policy_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;
ALTER TABLE "freeze_window" ADD CONSTRAINT "freeze_window_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;
ALTER TABLE "freeze_exemption" ADD CONSTRAINT "freeze_exemption_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;
ALTER TABLE "freeze_exemption" ADD CONSTRAINT "freeze_exemption_freeze_id_fkey" FOREIGN KEY ("freeze_id") REFERENCES "freeze_window"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;
ALTER TABLE "approval" ADD CONSTRAINT "approval_tenant_id_rollout_id_fkey" FOREIGN KEY ("tenant_id", "rollout_id") REFERENCES "rollout"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;
ALTER TABLE "decision_link" ADD CONSTRAINT "decision_link_tenant_id_rollout_id_fkey" FOREIGN KEY ("tenant_id", "rollout_id") REFERENCES "rollout"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;
ALTER TABLE "waiting_rollout" ADD CONSTRAINT "waiting_rollout_tenant_id_deployment_id_fkey" FOREIGN KEY ("tenant_id", "deployment_id") REFERENCES "deployment"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;
ALTER TABLE "waiting_rollout" ADD CONSTRAINT "waiting_rollout_tenant_id_bundle_hash_fkey" FOREIGN KEY ("tenant_id", "bundle_hash") REFERENCES "release"("tenant_id", "hash") ON DELETE RESTRICT ON UPDATE RESTRICT;
ALTER TABLE "waiting_rollout" ADD CONSTRAINT "waiting_rollout_tenant_id_plan_id_fkey" FOREIGN KEY ("tenant_id", "plan_id") REFERENCES "plan"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;
ALTER TABLE "waiting_rollout" ADD CONSTRAINT "waiting_rollout_tenant_id_rollout_id_fkey" FOREIGN KEY ("tenant_id", "rollout_id") REFERENCES "rollout"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

ALTER TABLE gate_policy ADD CHECK (environment IN ('production', 'staging', 'development')), ADD CHECK (version > 0);
ALTER TABLE freeze_window
  ADD CHECK (environment IN ('production', 'staging', 'development')),
  ADD CHECK (starts_at < ends_at),
  ADD CHECK ((ended_at IS NULL) = (ended_by IS NULL));
ALTER TABLE approval ADD CHECK (decision IN ('approve', 'reject')), ADD CHECK (via IN ('api', 'cli', 'link'));
ALTER TABLE decision_link
  ADD CHECK (action IN ('approve', 'reject', 'rollback')),
  ADD CHECK ((action = 'rollback') = (generation IS NOT NULL)),
  ADD CHECK ((action = 'rollback') = (plan_hash IS NULL));
ALTER TABLE waiting_rollout
  ADD CHECK (state IN ('waiting', 'started', 'cancelled', 'failed')),
  ADD CHECK ((state = 'waiting') = (ended_at IS NULL)),
  ADD CHECK ((state = 'started') = (rollout_id IS NOT NULL));
CREATE INDEX waiting_rollout_open ON waiting_rollout (look_at) WHERE state = 'waiting';
CREATE INDEX freeze_window_open ON freeze_window (tenant_id, ends_at) WHERE ended_at IS NULL;

DO $$
DECLARE
  name text;
  own constant text := $p$(tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)$p$;
  platform constant text := $p$(tenant_id <> '00000000-0000-4000-8000-000000000000')$p$;
BEGIN
  FOREACH name IN ARRAY ARRAY['gate_policy', 'freeze_window', 'freeze_exemption', 'approval', 'decision_link', 'waiting_rollout'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY tenant_own ON %I TO tandem_app USING %s WITH CHECK %s', name, own, own);
  END LOOP;
  -- The platform's own policies and windows, and exemptions that it grants to a tenant whose id it has set.
  FOREACH name IN ARRAY ARRAY['gate_policy', 'freeze_window', 'freeze_exemption'] LOOP
    EXECUTE format('CREATE POLICY platform_own ON %I TO tandem_platform USING %s WITH CHECK %s', name, own, own);
  END LOOP;
  FOREACH name IN ARRAY ARRAY['gate_policy', 'freeze_window'] LOOP
    EXECUTE format('CREATE POLICY not_as_platform ON %I AS RESTRICTIVE FOR INSERT TO tandem_app WITH CHECK %s', name, platform);
    EXECUTE format('CREATE POLICY not_of_platform ON %I AS RESTRICTIVE FOR UPDATE TO tandem_app USING %s', name, platform);
    EXECUTE format($p$CREATE POLICY platform_for_all ON %I FOR SELECT TO tandem_app
      USING (tenant_id = '00000000-0000-4000-8000-000000000000' AND NULLIF(current_setting('app.tenant_id', true), '') IS NOT NULL)$p$, name);
  END LOOP;
END
$$;
CREATE POLICY sweep ON waiting_rollout FOR SELECT TO tandem_sweeper USING (true);

GRANT SELECT, INSERT ON gate_policy, freeze_window, approval, decision_link, waiting_rollout TO tandem_app;
GRANT SELECT ON freeze_exemption TO tandem_app;
GRANT UPDATE (policy, version, updated_at, updated_by) ON gate_policy TO tandem_app, tandem_platform;
GRANT UPDATE (ended_at, ended_by) ON freeze_window TO tandem_app, tandem_platform;
GRANT UPDATE (used_at, revoked_at) ON decision_link TO tandem_app;
GRANT UPDATE (state, reason, rollout_id, look_at, ended_at) ON waiting_rollout TO tandem_app;
GRANT SELECT, INSERT ON gate_policy, freeze_window, freeze_exemption TO tandem_platform;
GRANT SELECT (tenant_id, deployment_id, turn, state, look_at) ON waiting_rollout TO tandem_sweeper;

-- The windows that concern a deployment and have not ended. Waits for windows that are being created, and lets those that come later
-- wait for its transaction, so that none can begin between the look and the move that follows it.
CREATE FUNCTION freezes_of(p_tenant uuid, p_playbook text, p_environment text)
RETURNS TABLE (freeze_row json, is_exempt boolean, seen_at timestamptz) LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(hashtextextended('tandem.freeze ' || t.id, 0))
    FROM (VALUES (p_tenant), ('00000000-0000-4000-8000-000000000000'::uuid)) AS t (id);
  RETURN QUERY
    SELECT row_to_json(f), EXISTS (SELECT FROM freeze_exemption e WHERE e.tenant_id = p_tenant AND e.freeze_id = f.id),
      clock_timestamp()
    FROM freeze_window f
    WHERE f.tenant_id IN (p_tenant, '00000000-0000-4000-8000-000000000000')
      AND f.ended_at IS NULL AND f.ends_at > clock_timestamp()
      AND (f.playbook IS NULL OR f.playbook = p_playbook) AND (f.environment IS NULL OR f.environment = p_environment);
END
$$;
