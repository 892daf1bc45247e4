-- CreateTable
CREATE TABLE "api_key" (
    "tenant_id" UUID NOT NULL,
    "key_id" TEXT NOT NULL,
    "secret_hash" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "roles" TEXT[],
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "last_used_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_key_pkey" PRIMARY KEY ("tenant_id","key_id")
);

-- CreateTable
CREATE TABLE "audit" (
    "tenant_id" UUID NOT NULL,
    "seq" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "actor" TEXT NOT NULL,
    "via" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "object" TEXT NOT NULL,
    "before_hash" TEXT,
    "after_hash" TEXT,
    "reason" TEXT,
    "request_id" TEXT,
    "prev_hash" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "written_in" BIGINT NOT NULL DEFAULT ((pg_current_xact_id())::text)::bigint,

    CONSTRAINT "audit_pkey" PRIMARY KEY ("tenant_id","seq")
);

-- CreateTable
CREATE TABLE "audit_head" (
    "tenant_id" UUID NOT NULL,
    "seq" INTEGER NOT NULL,
    "hash" TEXT NOT NULL,

    CONSTRAINT "audit_head_pkey" PRIMARY KEY ("tenant_id")
);

-- CreateTable
CREATE TABLE "binding" (
    "tenant_id" UUID NOT NULL,
    "deployment_id" UUID NOT NULL,
    "address" TEXT NOT NULL,
    "slot" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "owner" TEXT NOT NULL,
    "connection_id" UUID NOT NULL,
    "external_key" TEXT NOT NULL,
    "external_id" TEXT,
    "version" TEXT,
    "last_applied" JSONB,
    "last_applied_hash" TEXT,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "binding_pkey" PRIMARY KEY ("tenant_id","deployment_id","slot","address")
);

-- CreateTable
CREATE TABLE "command" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "subject_id" UUID NOT NULL,
    "bundle_hash" TEXT,
    "requested_by" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'pending',
    "result" JSONB,
    "code" TEXT,
    "detail" TEXT,
    "claimed_by" TEXT,
    "claimed_until" TIMESTAMPTZ(6),
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "command_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "connection" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "vendor" TEXT NOT NULL,
    "endpoint" TEXT NOT NULL,
    "config" JSONB NOT NULL,
    "smoke_writes" TEXT NOT NULL,
    "credential_version" INTEGER,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "connection_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "credential_version" (
    "tenant_id" UUID NOT NULL,
    "connection_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "sealed" TEXT NOT NULL,
    "key_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,

    CONSTRAINT "credential_version_pkey" PRIMARY KEY ("tenant_id","connection_id","version")
);

-- CreateTable
CREATE TABLE "deployment" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "playbook" TEXT NOT NULL,
    "environment" TEXT NOT NULL,
    "ingress_key" TEXT NOT NULL,
    "number" TEXT,
    "overlay" JSONB NOT NULL,
    "config_version" INTEGER NOT NULL DEFAULT 1,
    "pointer_active" TEXT NOT NULL DEFAULT 'none',
    "pointer_candidate" TEXT,
    "pointer_weight_bp" INTEGER NOT NULL DEFAULT 0,
    "pointer_salt" TEXT NOT NULL,
    "pointer_mode" TEXT NOT NULL DEFAULT 'live',
    "generation" INTEGER NOT NULL DEFAULT 0,
    "state_serial" INTEGER NOT NULL DEFAULT 0,
    "credential_serial" INTEGER NOT NULL DEFAULT 0,
    "lease_owner" TEXT,
    "lease_epoch" INTEGER NOT NULL DEFAULT 0,
    "lease_until" TIMESTAMPTZ(6),
    "attached" BOOLEAN NOT NULL DEFAULT false,
    "stored_routing" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "deployment_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "deployment_connection" (
    "tenant_id" UUID NOT NULL,
    "deployment_id" UUID NOT NULL,
    "role" TEXT NOT NULL,
    "connection_id" UUID NOT NULL,

    CONSTRAINT "deployment_connection_pkey" PRIMARY KEY ("tenant_id","deployment_id","role")
);

-- CreateTable
CREATE TABLE "idempotency_key" (
    "tenant_id" UUID NOT NULL,
    "subject" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "route" TEXT NOT NULL,
    "body_hash" TEXT NOT NULL,
    "effect_id" UUID NOT NULL,
    "state" TEXT NOT NULL,
    "status" INTEGER,
    "body" JSONB,
    "claimed_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "idempotency_key_pkey" PRIMARY KEY ("tenant_id","subject","key")
);

-- CreateTable
CREATE TABLE "manifest_version" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "hash" TEXT NOT NULL,
    "playbook" TEXT NOT NULL,
    "version" TEXT NOT NULL,
    "content" JSONB NOT NULL,
    "source" TEXT NOT NULL,
    "published_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "published_by" TEXT NOT NULL,

    CONSTRAINT "manifest_version_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "outbox" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "payload" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "not_before" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "sent_at" TIMESTAMPTZ(3),

    CONSTRAINT "outbox_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "plan" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "deployment_id" UUID NOT NULL,
    "bundle_hash" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "content" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "plan_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "pointer_history" (
    "tenant_id" UUID NOT NULL,
    "deployment_id" UUID NOT NULL,
    "generation" INTEGER NOT NULL,
    "pointer" JSONB NOT NULL,
    "cause" TEXT NOT NULL,
    "rollout_id" UUID,
    "actor" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "pointer_history_pkey" PRIMARY KEY ("tenant_id","deployment_id","generation")
);

-- CreateTable
CREATE TABLE "release" (
    "tenant_id" UUID NOT NULL,
    "hash" TEXT NOT NULL,
    "bundle" JSONB NOT NULL,
    "max_call_ms" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "release_pkey" PRIMARY KEY ("tenant_id","hash")
);

-- CreateTable
CREATE TABLE "release_connection" (
    "tenant_id" UUID NOT NULL,
    "hash" TEXT NOT NULL,
    "connection_id" UUID NOT NULL,

    CONSTRAINT "release_connection_pkey" PRIMARY KEY ("tenant_id","hash","connection_id")
);

-- CreateTable
CREATE TABLE "rollout" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "deployment_id" UUID NOT NULL,
    "phase" TEXT NOT NULL,
    "held_phase" TEXT,
    "desired" TEXT NOT NULL DEFAULT 'continue',
    "policy" JSONB NOT NULL,
    "bundle_hash" TEXT NOT NULL,
    "target_slot" TEXT NOT NULL,
    "plan_id" UUID,
    "plan_hash" TEXT,
    "approved_by" TEXT,
    "approved_at" TIMESTAMPTZ(3),
    "due_at" TIMESTAMPTZ(3),
    "reason" JSONB,
    "memory" JSONB NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "engine_version" TEXT NOT NULL,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "rollout_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "rollout_event" (
    "tenant_id" UUID NOT NULL,
    "rollout_id" UUID NOT NULL,
    "seq" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    "type" TEXT NOT NULL,
    "phase" TEXT NOT NULL,
    "payload" JSONB NOT NULL,

    CONSTRAINT "rollout_event_pkey" PRIMARY KEY ("tenant_id","rollout_id","seq")
);

-- CreateTable
CREATE TABLE "session" (
    "tenant_id" UUID NOT NULL,
    "id" TEXT NOT NULL,
    "deployment_id" UUID NOT NULL,
    "call_id" TEXT NOT NULL,
    "slot" TEXT NOT NULL,
    "bundle_hash" TEXT NOT NULL,
    "generation" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "node" TEXT NOT NULL,
    "caller" TEXT,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),
    "disposition" TEXT,

    CONSTRAINT "session_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "session_event" (
    "tenant_id" UUID NOT NULL,
    "session_id" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "deployment_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "type" TEXT NOT NULL,
    "payload" JSONB NOT NULL,

    CONSTRAINT "session_event_pkey" PRIMARY KEY ("tenant_id","session_id","seq")
);

-- CreateTable
CREATE TABLE "slot" (
    "tenant_id" UUID NOT NULL,
    "deployment_id" UUID NOT NULL,
    "slot" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'empty',
    "bundle_hash" TEXT,
    "ready_bundle_hash" TEXT,
    "verified_at" TIMESTAMPTZ(3),
    "intact" BOOLEAN NOT NULL DEFAULT true,

    CONSTRAINT "slot_pkey" PRIMARY KEY ("tenant_id","deployment_id","slot")
);

-- CreateTable
CREATE TABLE "step" (
    "tenant_id" UUID NOT NULL,
    "rollout_id" UUID NOT NULL,
    "seq" INTEGER NOT NULL,
    "stage" TEXT NOT NULL,
    "operation" JSONB NOT NULL,
    "state" TEXT NOT NULL,
    "epoch" INTEGER,
    "request_hash" TEXT,
    "external_id" TEXT,
    "intent_at" TIMESTAMPTZ(3),
    "attempt" INTEGER NOT NULL DEFAULT 0,
    "not_before" TIMESTAMPTZ(3),
    "outcome" JSONB,

    CONSTRAINT "step_pkey" PRIMARY KEY ("tenant_id","rollout_id","seq")
);

-- CreateTable
CREATE TABLE "tenant_overlay" (
    "tenant_id" UUID NOT NULL,
    "playbook" TEXT NOT NULL,
    "values" JSONB NOT NULL,
    "version" INTEGER NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_by" TEXT NOT NULL,

    CONSTRAINT "tenant_overlay_pkey" PRIMARY KEY ("tenant_id","playbook")
);

-- CreateTable
CREATE TABLE "tenant" (
    "id" UUID NOT NULL,
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'active',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "tenant_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "api_key_key_id_key" ON "api_key"("key_id");

-- CreateIndex
CREATE INDEX "audit_tenant_id_written_in_idx" ON "audit"("tenant_id", "written_in");

-- CreateIndex
CREATE INDEX "binding_tenant_id_external_key_idx" ON "binding"("tenant_id", "external_key");

-- CreateIndex
CREATE UNIQUE INDEX "command_id_key" ON "command"("id");

-- CreateIndex
CREATE UNIQUE INDEX "connection_id_key" ON "connection"("id");

-- CreateIndex
CREATE UNIQUE INDEX "connection_tenant_id_name_key" ON "connection"("tenant_id", "name");

-- CreateIndex
CREATE UNIQUE INDEX "deployment_id_key" ON "deployment"("id");

-- CreateIndex
CREATE UNIQUE INDEX "deployment_ingress_key_key" ON "deployment"("ingress_key");

-- CreateIndex
CREATE UNIQUE INDEX "deployment_number_key" ON "deployment"("number");

-- CreateIndex
CREATE INDEX "deployment_tenant_id_name_idx" ON "deployment"("tenant_id", "name");

-- CreateIndex
CREATE UNIQUE INDEX "deployment_tenant_id_playbook_environment_name_key" ON "deployment"("tenant_id", "playbook", "environment", "name");

-- CreateIndex
CREATE INDEX "deployment_connection_tenant_id_connection_id_idx" ON "deployment_connection"("tenant_id", "connection_id");

-- CreateIndex
CREATE INDEX "idempotency_key_tenant_id_expires_at_idx" ON "idempotency_key"("tenant_id", "expires_at");

-- CreateIndex
CREATE UNIQUE INDEX "manifest_version_tenant_id_hash_key" ON "manifest_version"("tenant_id", "hash");

-- CreateIndex
CREATE UNIQUE INDEX "manifest_version_tenant_id_playbook_version_key" ON "manifest_version"("tenant_id", "playbook", "version");

-- CreateIndex
CREATE UNIQUE INDEX "plan_id_key" ON "plan"("id");

-- CreateIndex
CREATE INDEX "release_hash_idx" ON "release"("hash");

-- CreateIndex
CREATE INDEX "release_connection_tenant_id_connection_id_idx" ON "release_connection"("tenant_id", "connection_id");

-- CreateIndex
CREATE UNIQUE INDEX "rollout_id_key" ON "rollout"("id");

-- CreateIndex
CREATE INDEX "rollout_tenant_id_deployment_id_id_idx" ON "rollout"("tenant_id", "deployment_id", "id");

-- CreateIndex
CREATE INDEX "session_tenant_id_deployment_id_started_at_id_idx" ON "session"("tenant_id", "deployment_id", "started_at", "id");

-- CreateIndex
CREATE INDEX "slot_tenant_id_bundle_hash_idx" ON "slot"("tenant_id", "bundle_hash");

-- CreateIndex
CREATE UNIQUE INDEX "tenant_slug_key" ON "tenant"("slug");

-- AddForeignKey
ALTER TABLE "api_key" ADD CONSTRAINT "api_key_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "audit" ADD CONSTRAINT "audit_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "audit_head" ADD CONSTRAINT "audit_head_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "binding" ADD CONSTRAINT "binding_tenant_id_deployment_id_fkey" FOREIGN KEY ("tenant_id", "deployment_id") REFERENCES "deployment"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "binding" ADD CONSTRAINT "binding_tenant_id_connection_id_fkey" FOREIGN KEY ("tenant_id", "connection_id") REFERENCES "connection"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "command" ADD CONSTRAINT "command_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "command" ADD CONSTRAINT "command_tenant_id_bundle_hash_fkey" FOREIGN KEY ("tenant_id", "bundle_hash") REFERENCES "release"("tenant_id", "hash") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "connection" ADD CONSTRAINT "connection_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "credential_version" ADD CONSTRAINT "credential_version_tenant_id_connection_id_fkey" FOREIGN KEY ("tenant_id", "connection_id") REFERENCES "connection"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "deployment" ADD CONSTRAINT "deployment_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "deployment_connection" ADD CONSTRAINT "deployment_connection_tenant_id_deployment_id_fkey" FOREIGN KEY ("tenant_id", "deployment_id") REFERENCES "deployment"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "deployment_connection" ADD CONSTRAINT "deployment_connection_tenant_id_connection_id_fkey" FOREIGN KEY ("tenant_id", "connection_id") REFERENCES "connection"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "idempotency_key" ADD CONSTRAINT "idempotency_key_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "manifest_version" ADD CONSTRAINT "manifest_version_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "outbox" ADD CONSTRAINT "outbox_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "plan" ADD CONSTRAINT "plan_tenant_id_deployment_id_fkey" FOREIGN KEY ("tenant_id", "deployment_id") REFERENCES "deployment"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "plan" ADD CONSTRAINT "plan_tenant_id_bundle_hash_fkey" FOREIGN KEY ("tenant_id", "bundle_hash") REFERENCES "release"("tenant_id", "hash") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "pointer_history" ADD CONSTRAINT "pointer_history_tenant_id_deployment_id_fkey" FOREIGN KEY ("tenant_id", "deployment_id") REFERENCES "deployment"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "release" ADD CONSTRAINT "release_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "release_connection" ADD CONSTRAINT "release_connection_tenant_id_hash_fkey" FOREIGN KEY ("tenant_id", "hash") REFERENCES "release"("tenant_id", "hash") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "release_connection" ADD CONSTRAINT "release_connection_tenant_id_connection_id_fkey" FOREIGN KEY ("tenant_id", "connection_id") REFERENCES "connection"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "rollout" ADD CONSTRAINT "rollout_tenant_id_deployment_id_fkey" FOREIGN KEY ("tenant_id", "deployment_id") REFERENCES "deployment"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "rollout" ADD CONSTRAINT "rollout_tenant_id_bundle_hash_fkey" FOREIGN KEY ("tenant_id", "bundle_hash") REFERENCES "release"("tenant_id", "hash") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "rollout" ADD CONSTRAINT "rollout_tenant_id_plan_id_fkey" FOREIGN KEY ("tenant_id", "plan_id") REFERENCES "plan"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "rollout_event" ADD CONSTRAINT "rollout_event_tenant_id_rollout_id_fkey" FOREIGN KEY ("tenant_id", "rollout_id") REFERENCES "rollout"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "session" ADD CONSTRAINT "session_tenant_id_deployment_id_fkey" FOREIGN KEY ("tenant_id", "deployment_id") REFERENCES "deployment"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "session_event" ADD CONSTRAINT "session_event_tenant_id_deployment_id_fkey" FOREIGN KEY ("tenant_id", "deployment_id") REFERENCES "deployment"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "slot" ADD CONSTRAINT "slot_tenant_id_deployment_id_fkey" FOREIGN KEY ("tenant_id", "deployment_id") REFERENCES "deployment"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "slot" ADD CONSTRAINT "slot_tenant_id_bundle_hash_fkey" FOREIGN KEY ("tenant_id", "bundle_hash") REFERENCES "release"("tenant_id", "hash") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "step" ADD CONSTRAINT "step_tenant_id_rollout_id_fkey" FOREIGN KEY ("tenant_id", "rollout_id") REFERENCES "rollout"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "tenant_overlay" ADD CONSTRAINT "tenant_overlay_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- What Prisma's schema cannot say: checks, partial indexes, row security, rights, triggers and functions.
-- The roles are made before migrations, by tools/prepare-database.mjs.

-- The platform itself: owner of the library playbooks and of the platform keys.
INSERT INTO tenant (id, slug, name) VALUES ('00000000-0000-4000-8000-000000000000', 'platform', 'Platform');

ALTER TABLE tenant ADD CHECK (status IN ('active', 'suspended'));
ALTER TABLE connection ADD CHECK (endpoint IN ('vendor', 'sandbox')), ADD CHECK (smoke_writes IN ('none', 'test-objects'));
ALTER TABLE deployment
  ADD CHECK (environment IN ('production', 'staging', 'development')),
  ADD CHECK (number ~ '^\+[1-9][0-9]{6,14}$'),
  ADD CHECK (ingress_key ~ '^[0-9a-v]{26}$'),
  ADD CHECK (pointer_active IN ('blue', 'green', 'none')),
  ADD CHECK (pointer_candidate IN ('blue', 'green') AND pointer_candidate <> pointer_active),
  ADD CHECK (pointer_weight_bp BETWEEN 0 AND 10000 AND (pointer_weight_bp = 0 OR pointer_candidate IS NOT NULL)),
  ADD CHECK (pointer_mode IN ('live', 'diverted')),
  ADD CHECK (generation >= 0);
ALTER TABLE deployment_connection ADD CHECK (role IN ('telephony', 'voiceAgent', 'calendar', 'crm'));
ALTER TABLE slot
  ADD CHECK (slot IN ('blue', 'green')),
  ADD CHECK (state IN ('empty', 'tainted', 'ready', 'active', 'draining'));
ALTER TABLE binding ADD CHECK (slot IN ('blue', 'green', 'none')), ADD CHECK ((owner = 'slot') = (slot <> 'none')),
  ADD CHECK (owner IN ('slot', 'deployment', 'connection'));
ALTER TABLE rollout ADD CHECK (target_slot IN ('blue', 'green'));
ALTER TABLE step ADD CHECK (state IN ('pending', 'intent', 'done', 'skipped', 'failed'));
ALTER TABLE command ADD CHECK (kind IN ('plan', 'drift', 'test-connection')), ADD CHECK (state IN ('pending', 'done', 'failed'));
ALTER TABLE session ADD CHECK (slot IN ('blue', 'green')), ADD CHECK (kind IN ('live', 'trial'));
ALTER TABLE idempotency_key ADD CHECK (state IN ('in-flight', 'done')), ADD CHECK ((state = 'done') = (status IS NOT NULL));

-- One rollout that is not terminal per deployment.
CREATE UNIQUE INDEX rollout_one_live ON rollout (tenant_id, deployment_id)
  WHERE phase NOT IN ('succeeded', 'aborted', 'rolled-back', 'failed');
-- What each sweep looks for.
CREATE INDEX rollout_live ON rollout (due_at) WHERE phase NOT IN ('succeeded', 'aborted', 'rolled-back', 'failed');
CREATE INDEX step_open ON step (tenant_id, rollout_id) WHERE state IN ('pending', 'intent');
CREATE INDEX command_pending ON command (created_at) WHERE state = 'pending';
CREATE INDEX outbox_unsent ON outbox (not_before) WHERE sent_at IS NULL;
CREATE INDEX session_live ON session (tenant_id, deployment_id, slot) WHERE ended_at IS NULL AND kind = 'live';

-- Row security: every table, forced, so that the owner is bound too. Without a tenant set there is nothing to see.
DO $$
DECLARE
  name text;
  own constant text := $p$(tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)$p$;
BEGIN
  FOR name IN SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
              WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY tenant_own ON %I TO tandem_app USING %s WITH CHECK %s', name, own, own);
  END LOOP;
  -- The platform's own rows, and keys that it makes for a tenant whose id it has set.
  FOREACH name IN ARRAY ARRAY['manifest_version', 'api_key', 'audit', 'audit_head', 'idempotency_key'] LOOP
    EXECUTE format('CREATE POLICY platform_own ON %I TO tandem_platform USING %s WITH CHECK %s', name, own, own);
    EXECUTE format(
      $p$CREATE POLICY not_as_platform ON %I AS RESTRICTIVE FOR INSERT TO tandem_app
         WITH CHECK (tenant_id <> '00000000-0000-4000-8000-000000000000')$p$, name);
    EXECUTE format(
      $p$CREATE POLICY not_of_platform ON %I AS RESTRICTIVE FOR UPDATE TO tandem_app
         USING (tenant_id <> '00000000-0000-4000-8000-000000000000')$p$, name);
  END LOOP;
END
$$;
ALTER TABLE tenant ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenant FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_own ON tenant FOR SELECT TO tandem_app
  USING (id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY platform_all ON tenant TO tandem_platform USING (true) WITH CHECK (true);
CREATE POLICY library_for_all ON manifest_version FOR SELECT TO tandem_app
  USING (tenant_id = '00000000-0000-4000-8000-000000000000');
-- A key is found before its tenant is known, by whoever possesses its secret's hash.
CREATE POLICY key_possession ON api_key FOR SELECT TO tandem_app
  USING (secret_hash = NULLIF(current_setting('app.key_hash', true), ''));

-- Across tenants, read only: what the sweep needs to find work.
CREATE POLICY sweep ON deployment FOR SELECT TO tandem_sweeper USING (true);
CREATE POLICY sweep ON rollout FOR SELECT TO tandem_sweeper USING (true);
CREATE POLICY sweep ON step FOR SELECT TO tandem_sweeper USING (true);
CREATE POLICY sweep ON command FOR SELECT TO tandem_sweeper USING (true);
CREATE POLICY sweep ON outbox FOR SELECT TO tandem_sweeper USING (true);
-- Sealed credentials are read by the worker under this role and within one tenant; the API's role cannot read them at all.
CREATE POLICY credential_of_tenant ON credential_version FOR SELECT TO tandem_sweeper
  USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);

-- Across tenants, read only: what media needs to answer calls.
CREATE POLICY feed ON deployment FOR SELECT TO tandem_media USING (true);
CREATE POLICY feed ON deployment_connection FOR SELECT TO tandem_media USING (true);
CREATE POLICY feed ON slot FOR SELECT TO tandem_media USING (true);
CREATE POLICY feed ON binding FOR SELECT TO tandem_media USING (true);
CREATE POLICY feed ON release_connection FOR SELECT TO tandem_media USING (true);
CREATE POLICY feed ON release FOR SELECT TO tandem_media
  USING (EXISTS (SELECT FROM slot s WHERE s.tenant_id = release.tenant_id AND s.bundle_hash = release.hash));
-- Only accounts that a deployment names or that a filled slot runs on.
CREATE POLICY feed ON connection FOR SELECT TO tandem_media
  USING (
    EXISTS (SELECT FROM deployment_connection u WHERE u.tenant_id = connection.tenant_id AND u.connection_id = connection.id)
    OR EXISTS (SELECT FROM release_connection u JOIN slot s ON s.tenant_id = u.tenant_id AND s.bundle_hash = u.hash
               WHERE u.tenant_id = connection.tenant_id AND u.connection_id = connection.id));
CREATE POLICY feed ON credential_version FOR SELECT TO tandem_media
  USING (EXISTS (SELECT FROM connection c WHERE c.tenant_id = credential_version.tenant_id AND c.id = connection_id));
-- Written within one tenant at a time.
CREATE POLICY session_of_tenant ON session TO tandem_media
  USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
  WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY session_of_tenant ON session_event TO tandem_media
  USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
  WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);

-- Rights.
GRANT USAGE ON SCHEMA public TO tandem_app, tandem_platform, tandem_sweeper, tandem_media;
GRANT SELECT ON tenant, session, session_event TO tandem_app;
GRANT SELECT, INSERT ON manifest_version, release, release_connection, plan, rollout_event, pointer_history TO tandem_app;
GRANT SELECT, INSERT, UPDATE ON tenant_overlay, connection, deployment, slot, rollout, step, command, api_key, audit_head TO tandem_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON deployment_connection, binding, outbox, idempotency_key TO tandem_app;
GRANT SELECT (tenant_id, connection_id, version, key_id, created_at, created_by), INSERT ON credential_version TO tandem_app;
GRANT SELECT, INSERT (tenant_id, seq, at, actor, via, action, object, before_hash, after_hash, reason, request_id, prev_hash, hash)
  ON audit TO tandem_app, tandem_platform;

GRANT SELECT, INSERT, UPDATE ON tenant, api_key, audit_head TO tandem_platform;
GRANT SELECT, INSERT ON manifest_version TO tandem_platform;
GRANT SELECT, INSERT, UPDATE, DELETE ON idempotency_key TO tandem_platform;

GRANT SELECT (tenant_id, id, lease_owner, lease_until) ON deployment TO tandem_sweeper;
GRANT SELECT (tenant_id, id, deployment_id, phase, desired, due_at, created_at) ON rollout TO tandem_sweeper;
GRANT SELECT (tenant_id, rollout_id, stage, state, not_before) ON step TO tandem_sweeper;
GRANT SELECT (tenant_id, id, state, claimed_until, created_at) ON command TO tandem_sweeper;
GRANT SELECT (tenant_id, id, not_before, sent_at) ON outbox TO tandem_sweeper;
GRANT SELECT ON credential_version TO tandem_sweeper;

GRANT SELECT (tenant_id, id, ingress_key, number, pointer_active, pointer_candidate, pointer_weight_bp, pointer_salt, pointer_mode,
  generation, state_serial, config_version, credential_serial, stored_routing) ON deployment TO tandem_media;
GRANT SELECT ON deployment_connection, release_connection TO tandem_media;
GRANT SELECT (tenant_id, deployment_id, slot, state, bundle_hash) ON slot TO tandem_media;
GRANT SELECT (tenant_id, deployment_id, address, slot, kind, external_id, version, connection_id) ON binding TO tandem_media;
GRANT SELECT (tenant_id, hash, bundle) ON release TO tandem_media;
GRANT SELECT (tenant_id, id, vendor, endpoint, config, credential_version) ON connection TO tandem_media;
GRANT SELECT (tenant_id, connection_id, version, sealed, created_at) ON credential_version TO tandem_media;
GRANT INSERT, UPDATE (ended_at, disposition), SELECT (tenant_id, id, ended_at, disposition) ON session TO tandem_media;
GRANT INSERT, SELECT (tenant_id, session_id, seq) ON session_event TO tandem_media;

-- The audit log only grows.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% on % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER audit_only_grows BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_is_never_emptied BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_head_stays BEFORE DELETE ON audit_head FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_head_is_never_emptied BEFORE TRUNCATE ON audit_head FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_head_only_advances BEFORE UPDATE ON audit_head FOR EACH ROW
  WHEN (NEW.seq <> OLD.seq + 1 OR NEW.tenant_id <> OLD.tenant_id) EXECUTE FUNCTION refuse_change();

-- Appends to a tenant's chain. hash = SHA-256 of the hash before and the row's canonical JSON (members sorted, no white space).
-- Called last in a transaction: the lock is held until commit.
CREATE FUNCTION append_audit(
  p_tenant uuid, p_actor text, p_via text, p_action text, p_object text,
  p_before text, p_after text, p_reason text, p_request text
) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  v_seq integer;
  v_prev text;
  v_hash text;
  v_at timestamptz(3);
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('audit:' || p_tenant, 0));
  SELECT seq + 1, hash INTO v_seq, v_prev FROM audit_head WHERE tenant_id = p_tenant;
  IF NOT FOUND THEN
    v_seq := 1;
    v_prev := repeat('0', 64);
  END IF;
  v_at := date_trunc('milliseconds', clock_timestamp());
  v_hash := encode(sha256(convert_to(v_prev || concat(
    '{"action":', to_json(p_action),
    ',"actor":', to_json(p_actor),
    ',"afterHash":', coalesce(to_json(p_after)::text, 'null'),
    ',"at":"', to_char(v_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    '","beforeHash":', coalesce(to_json(p_before)::text, 'null'),
    ',"object":', to_json(p_object),
    ',"reason":', coalesce(to_json(p_reason)::text, 'null'),
    ',"requestId":', coalesce(to_json(p_request)::text, 'null'),
    ',"seq":', v_seq,
    ',"tenantId":"', p_tenant,
    '","via":', to_json(p_via), '}'), 'UTF8')), 'hex');
  INSERT INTO audit (tenant_id, seq, at, actor, via, action, object, before_hash, after_hash, reason, request_id, prev_hash, hash)
    VALUES (p_tenant, v_seq, v_at, p_actor, p_via, p_action, p_object, p_before, p_after, p_reason, p_request, v_prev, v_hash);
  IF v_seq = 1 THEN
    INSERT INTO audit_head (tenant_id, seq, hash) VALUES (p_tenant, v_seq, v_hash);
  ELSE
    UPDATE audit_head SET seq = v_seq, hash = v_hash WHERE tenant_id = p_tenant;
  END IF;
  RETURN v_seq;
END
$$;

-- No state change without its audit row in the same transaction (I5). Checked at commit.
CREATE FUNCTION is_audited(p_tenant uuid, p_object text, p_other text) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (
    SELECT FROM audit
    WHERE tenant_id = p_tenant AND written_in = pg_current_xact_id()::text::bigint AND object IN (p_object, p_other))
$$;
CREATE FUNCTION require_rollout_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT is_audited(NEW.tenant_id, 'rollout/' || NEW.id, 'deployment/' || NEW.deployment_id) THEN
    RAISE EXCEPTION 'rollout % changed state without an audit row', NEW.id USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER rollout_start_is_audited AFTER INSERT ON rollout
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION require_rollout_audit();
CREATE CONSTRAINT TRIGGER rollout_change_is_audited AFTER UPDATE ON rollout
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN ((OLD.phase, OLD.held_phase, OLD.desired, OLD.approved_by) IS DISTINCT FROM (NEW.phase, NEW.held_phase, NEW.desired, NEW.approved_by))
  EXECUTE FUNCTION require_rollout_audit();

-- The pointer moves by one generation at a time (I1), with its history and its audit row.
CREATE FUNCTION require_next_generation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.generation <> OLD.generation + 1 THEN
    RAISE EXCEPTION 'the pointer of deployment % may only move to generation %', NEW.id, OLD.generation + 1
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE FUNCTION require_pointer_record() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM pointer_history
                 WHERE tenant_id = NEW.tenant_id AND deployment_id = NEW.id AND generation = NEW.generation) THEN
    RAISE EXCEPTION 'the pointer of deployment % moved without history', NEW.id USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NOT EXISTS (SELECT FROM audit a
                 WHERE a.tenant_id = NEW.tenant_id AND a.written_in = pg_current_xact_id()::text::bigint
                   AND (a.object = 'deployment/' || NEW.id
                     OR a.object IN (SELECT 'rollout/' || r.id FROM rollout r
                                     WHERE r.tenant_id = NEW.tenant_id AND r.deployment_id = NEW.id))) THEN
    RAISE EXCEPTION 'the pointer of deployment % moved without an audit row', NEW.id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER pointer_moves_by_one BEFORE UPDATE ON deployment FOR EACH ROW
  WHEN ((OLD.generation, OLD.pointer_active, OLD.pointer_candidate, OLD.pointer_weight_bp, OLD.pointer_salt, OLD.pointer_mode)
    IS DISTINCT FROM
    (NEW.generation, NEW.pointer_active, NEW.pointer_candidate, NEW.pointer_weight_bp, NEW.pointer_salt, NEW.pointer_mode))
  EXECUTE FUNCTION require_next_generation();
CREATE CONSTRAINT TRIGGER pointer_move_is_recorded AFTER UPDATE ON deployment
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.generation IS DISTINCT FROM NEW.generation)
  EXECUTE FUNCTION require_pointer_record();

-- The live rollout of a deployment, or the newest ended one that still has cleaning up to do.
CREATE FUNCTION workable_rollout(p_tenant uuid, p_deployment uuid) RETURNS SETOF rollout LANGUAGE sql STABLE AS $$
  SELECT r.* FROM rollout r
  WHERE r.tenant_id = p_tenant AND r.deployment_id = p_deployment
    AND (r.phase NOT IN ('succeeded', 'aborted', 'rolled-back', 'failed')
      OR EXISTS (SELECT FROM step s WHERE s.tenant_id = r.tenant_id AND s.rollout_id = r.id
                 AND s.stage = 'cleanup' AND s.state IN ('pending', 'intent')))
  ORDER BY (r.phase NOT IN ('succeeded', 'aborted', 'rolled-back', 'failed')) DESC, r.id DESC LIMIT 1
$$;
-- Takes the row that orders everything about a deployment, then reads what decisions need: each as it is once the lock is held.
-- NO KEY UPDATE: media may go on inserting sessions, whose foreign keys only need the key to stay.
CREATE FUNCTION lock_deployment(p_tenant uuid, p_deployment uuid)
RETURNS TABLE (deployment json, rollout json, slots json, locked_at timestamptz) LANGUAGE plpgsql AS $$
BEGIN
  SELECT row_to_json(d) INTO deployment FROM deployment d WHERE d.tenant_id = p_tenant AND d.id = p_deployment FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  rollout := (SELECT row_to_json(r) FROM workable_rollout(p_tenant, p_deployment) r);
  slots := (SELECT json_agg(s) FROM slot s WHERE s.tenant_id = p_tenant AND s.deployment_id = p_deployment);
  locked_at := clock_timestamp();
  RETURN NEXT;
END
$$;

-- A deployment as the API shows it. Read with the rights of whoever asks.
CREATE VIEW deployment_summary WITH (security_invoker = true) AS
SELECT d.tenant_id, d.id, d.name, d.playbook, d.environment, json_build_object(
  'id', d.id, 'tenantId', d.tenant_id, 'name', d.name, 'playbook', d.playbook, 'environment', d.environment,
  'ingressKey', d.ingress_key, 'number', d.number,
  'connections', (SELECT coalesce(json_object_agg(c.role, c.connection_id), '{}') FROM deployment_connection c
                  WHERE c.tenant_id = d.tenant_id AND c.deployment_id = d.id),
  'overlay', d.overlay, 'configVersion', d.config_version,
  'pointer', json_build_object('active', d.pointer_active, 'candidate', d.pointer_candidate, 'weightBp', d.pointer_weight_bp,
    'salt', d.pointer_salt, 'mode', d.pointer_mode, 'generation', d.generation),
  'liveRollout', (SELECT json_build_object('id', r.id, 'phase', r.phase) FROM rollout r
                  WHERE r.tenant_id = d.tenant_id AND r.deployment_id = d.id
                    AND r.phase NOT IN ('succeeded', 'aborted', 'rolled-back', 'failed'))
) AS summary
FROM deployment d;
GRANT SELECT ON deployment_summary TO tandem_app;

-- The identity behind a key, or no row: unknown, expired and revoked look the same.
CREATE FUNCTION authenticate_key(p_key_id text, p_secret_hash text)
RETURNS TABLE (tenant_id uuid, roles text[], expires_at timestamptz, last_used_at timestamptz) LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('app.key_hash', p_secret_hash, true);
  RETURN QUERY SELECT k.tenant_id, k.roles, k.expires_at::timestamptz, k.last_used_at::timestamptz FROM api_key k
    WHERE k.key_id = p_key_id AND k.secret_hash = p_secret_hash AND k.revoked_at IS NULL AND k.expires_at > clock_timestamp();
END
$$;

-- The commonest read in one round trip: enter the tenant and read one deployment as the API shows it, ready to be sent: without the salt,
-- which would let a caller choose a canary side, and with its address. An assignment, unlike PERFORM, runs no query for the setting, and a
-- function of its own keeps the order: the setting is there before row security asks for it.
CREATE FUNCTION shown_deployment(p_tenant uuid, p_deployment uuid, p_ingress_base text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  v_tenant text;
  v_shown text;
BEGIN
  v_tenant := set_config('app.tenant_id', p_tenant::text, true);
  SELECT json_build_object(
    'id', d.id, 'name', d.name, 'playbook', d.playbook, 'environment', d.environment, 'ingressUrl', p_ingress_base || d.ingress_key,
    'number', d.number,
    'connections', (SELECT coalesce(json_object_agg(c.role, c.connection_id), '{}') FROM deployment_connection c
                    WHERE c.tenant_id = d.tenant_id AND c.deployment_id = d.id),
    'overlay', d.overlay, 'configVersion', d.config_version,
    'pointer', json_build_object('active', d.pointer_active, 'candidate', d.pointer_candidate, 'weightBp', d.pointer_weight_bp,
      'mode', d.pointer_mode, 'generation', d.generation),
    'liveRollout', (SELECT json_build_object('id', r.id, 'phase', r.phase) FROM rollout r
                    WHERE r.tenant_id = d.tenant_id AND r.deployment_id = d.id
                      AND r.phase NOT IN ('succeeded', 'aborted', 'rolled-back', 'failed')))
  INTO v_shown FROM deployment d WHERE d.tenant_id = p_tenant AND d.id = p_deployment;
  RETURN v_shown;
END
$$;

-- Idempotency keys, each in one round trip that does not wait for the disk: what a key guards commits later and waits, and with it
-- everything before; a completion that is lost is found out by doing the request again.
CREATE FUNCTION claim_idempotency(
  p_tenant uuid, p_subject text, p_key text, p_route text, p_body_hash text, p_effect uuid, p_ttl_ms float8, p_stale_ms float8
) RETURNS TABLE (outcome text, effect_id uuid, status integer, body jsonb) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  v_row idempotency_key;
  v_now timestamptz := clock_timestamp();
  v_expires timestamptz := v_now + p_ttl_ms * interval '1 millisecond';
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant::text, true), set_config('synchronous_commit', 'off', true);
  IF random() < 0.02 THEN
    DELETE FROM idempotency_key WHERE (tenant_id, subject, key) IN (
      SELECT tenant_id, subject, key FROM idempotency_key
      WHERE tenant_id = p_tenant AND expires_at < v_now LIMIT 200 FOR UPDATE SKIP LOCKED);
  END IF;
  INSERT INTO idempotency_key AS k (tenant_id, subject, key, route, body_hash, effect_id, state, claimed_at, expires_at)
    VALUES (p_tenant, p_subject, p_key, p_route, p_body_hash, p_effect, 'in-flight', v_now, v_expires)
    ON CONFLICT (tenant_id, subject, key) DO UPDATE
      SET route = p_route, body_hash = p_body_hash, effect_id = p_effect, state = 'in-flight', status = NULL, body = NULL,
        claimed_at = v_now, expires_at = v_expires
      WHERE k.expires_at < v_now
    RETURNING * INTO v_row;
  IF FOUND THEN
    RETURN QUERY SELECT 'new', v_row.effect_id, NULL::integer, NULL::jsonb;
    RETURN;
  END IF;
  SELECT * INTO v_row FROM idempotency_key WHERE tenant_id = p_tenant AND subject = p_subject AND key = p_key FOR UPDATE;
  IF NOT FOUND THEN
    -- Abandoned this moment: the next attempt gets it.
    RETURN QUERY SELECT 'in-flight', NULL::uuid, NULL::integer, NULL::jsonb;
  ELSIF v_row.route <> p_route OR v_row.body_hash <> p_body_hash THEN
    RETURN QUERY SELECT 'mismatch', NULL::uuid, NULL::integer, NULL::jsonb;
  ELSIF v_row.state = 'done' THEN
    RETURN QUERY SELECT 'replay', NULL::uuid, v_row.status, v_row.body;
  ELSIF v_row.claimed_at < v_now - p_stale_ms * interval '1 millisecond' THEN
    UPDATE idempotency_key SET claimed_at = v_now WHERE tenant_id = p_tenant AND subject = p_subject AND key = p_key;
    RETURN QUERY SELECT 'new', v_row.effect_id, NULL::integer, NULL::jsonb;
  ELSE
    RETURN QUERY SELECT 'in-flight', NULL::uuid, NULL::integer, NULL::jsonb;
  END IF;
END
$$;
CREATE FUNCTION complete_idempotency(p_tenant uuid, p_subject text, p_key text, p_route text, p_status integer, p_body jsonb)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant::text, true), set_config('synchronous_commit', 'off', true);
  UPDATE idempotency_key SET state = 'done', status = p_status, body = p_body
    WHERE tenant_id = p_tenant AND subject = p_subject AND key = p_key AND route = p_route AND state = 'in-flight';
END
$$;
