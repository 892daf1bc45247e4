-- Endpoints that are told of what happens, what is on its way to them, and signed checkpoints of the audit chain.
CREATE TABLE "webhook_endpoint" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "url" TEXT,
    "host" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "events" TEXT[],
    "state" TEXT NOT NULL DEFAULT 'active',
    "failing_since" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,
    "removed_at" TIMESTAMPTZ(3),

    CONSTRAINT "webhook_endpoint_pkey" PRIMARY KEY ("tenant_id","id")
);
CREATE TABLE "webhook_secret" (
    "tenant_id" UUID NOT NULL,
    "endpoint_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "sealed" TEXT NOT NULL,
    "key_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,
    "ends_at" TIMESTAMPTZ(3),

    CONSTRAINT "webhook_secret_pkey" PRIMARY KEY ("tenant_id","endpoint_id","version")
);
CREATE TABLE "webhook_message" (
    "tenant_id" UUID NOT NULL,
    "id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "body" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "webhook_message_pkey" PRIMARY KEY ("tenant_id","id")
);
CREATE TABLE "webhook_delivery" (
    "tenant_id" UUID NOT NULL,
    "endpoint_id" UUID NOT NULL,
    "message_id" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'pending',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "due_at" TIMESTAMPTZ(3) DEFAULT CURRENT_TIMESTAMP,
    "claimed_by" TEXT,
    "claimed_until" TIMESTAMPTZ(6),
    "intent_at" TIMESTAMPTZ(3),
    "outcomes" JSONB NOT NULL DEFAULT '[]',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "webhook_delivery_pkey" PRIMARY KEY ("tenant_id","endpoint_id","message_id")
);
CREATE TABLE "audit_checkpoint" (
    "tenant_id" UUID NOT NULL,
    "seq" INTEGER NOT NULL,
    "hash" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "signature" TEXT NOT NULL,
    "key_id" TEXT NOT NULL,

    CONSTRAINT "audit_checkpoint_pkey" PRIMARY KEY ("tenant_id","seq")
);
CREATE UNIQUE INDEX "webhook_endpoint_id_key" ON "webhook_endpoint"("id");
CREATE INDEX "webhook_message_tenant_id_created_at_idx" ON "webhook_message"("tenant_id", "created_at");
CREATE INDEX "webhook_delivery_tenant_id_message_id_idx" ON "webhook_delivery"("tenant_id", "message_id");
ALTER TABLE "webhook_endpoint" ADD CONSTRAINT "webhook_endpoint_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;
ALTER TABLE "webhook_secret" ADD CONSTRAINT "webhook_secret_tenant_id_endpoint_id_fkey" FOREIGN KEY ("tenant_id", "endpoint_id") REFERENCES "webhook_endpoint"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;
ALTER TABLE "webhook_message" ADD CONSTRAINT "webhook_message_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;
ALTER TABLE "webhook_delivery" ADD CONSTRAINT "webhook_delivery_tenant_id_endpoint_id_fkey" FOREIGN KEY ("tenant_id", "endpoint_id") REFERENCES "webhook_endpoint"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;
ALTER TABLE "webhook_delivery" ADD CONSTRAINT "webhook_delivery_tenant_id_message_id_fkey" FOREIGN KEY ("tenant_id", "message_id") REFERENCES "webhook_message"("tenant_id", "id") ON DELETE CASCADE ON UPDATE RESTRICT;
ALTER TABLE "audit_checkpoint" ADD CONSTRAINT "audit_checkpoint_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

ALTER TABLE webhook_endpoint
  ADD CHECK (kind IN ('standard', 'slack')),
  ADD CHECK (state IN ('active', 'paused', 'disabled')),
  -- The URL of a chat's webhook is its secret.
  ADD CHECK ((kind = 'standard') = (url IS NOT NULL));
ALTER TABLE webhook_message ADD CHECK (octet_length(body) < 20000);
ALTER TABLE webhook_delivery
  ADD CHECK (state IN ('pending', 'delivered', 'failed')),
  ADD CHECK ((state = 'pending') = (finished_at IS NULL)),
  ADD CHECK ((finished_at IS NULL) = (due_at IS NOT NULL));
-- What is due, endpoint by endpoint: so that a long queue of one is never walked through for another.
CREATE INDEX webhook_delivery_due ON webhook_delivery (tenant_id, endpoint_id, due_at) WHERE finished_at IS NULL;
CREATE INDEX webhook_endpoint_active ON webhook_endpoint (tenant_id) WHERE state = 'active' AND removed_at IS NULL;

DO $$
DECLARE
  name text;
  own constant text := $p$(tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)$p$;
BEGIN
  FOREACH name IN ARRAY ARRAY['webhook_endpoint', 'webhook_secret', 'webhook_message', 'webhook_delivery', 'audit_checkpoint'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY tenant_own ON %I TO tandem_app USING %s WITH CHECK %s', name, own, own);
  END LOOP;
END
$$;
CREATE POLICY platform_own ON audit_checkpoint FOR SELECT TO tandem_platform
  USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
-- Across tenants, read only: where there is something to send or to sign.
CREATE POLICY sweep ON webhook_endpoint FOR SELECT TO tandem_sweeper USING (true);
CREATE POLICY sweep ON webhook_delivery FOR SELECT TO tandem_sweeper USING (true);
CREATE POLICY sweep ON audit_head FOR SELECT TO tandem_sweeper USING (true);
CREATE POLICY sweep ON audit_checkpoint FOR SELECT TO tandem_sweeper USING (true);
-- Sealed secrets are read by workers under this role and within one tenant; the API's role cannot read them at all.
CREATE POLICY secret_of_tenant ON webhook_secret FOR SELECT TO tandem_sweeper
  USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);

GRANT SELECT, INSERT ON webhook_endpoint TO tandem_app;
GRANT UPDATE (url, host, description, events, state, failing_since, removed_at) ON webhook_endpoint TO tandem_app;
GRANT INSERT ON webhook_secret TO tandem_app;
GRANT SELECT (tenant_id, endpoint_id, version, key_id, created_at, created_by, ends_at), UPDATE (ends_at) ON webhook_secret TO tandem_app;
GRANT SELECT, INSERT, DELETE ON webhook_message TO tandem_app;
GRANT SELECT, INSERT ON webhook_delivery TO tandem_app;
GRANT UPDATE (state, attempts, due_at, claimed_by, claimed_until, intent_at, outcomes, finished_at) ON webhook_delivery TO tandem_app;
GRANT SELECT, INSERT ON audit_checkpoint TO tandem_app;
GRANT SELECT ON audit_checkpoint TO tandem_platform;
GRANT SELECT (tenant_id, id, state, removed_at) ON webhook_endpoint TO tandem_sweeper;
GRANT SELECT (tenant_id, endpoint_id, message_id, due_at, claimed_until, finished_at) ON webhook_delivery TO tandem_sweeper;
GRANT SELECT ON webhook_secret TO tandem_sweeper;
GRANT SELECT (tenant_id, seq) ON audit_head TO tandem_sweeper;
GRANT SELECT (tenant_id, seq, at) ON audit_checkpoint TO tandem_sweeper;

CREATE TRIGGER audit_checkpoint_only_grows BEFORE UPDATE OR DELETE ON audit_checkpoint FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_checkpoint_is_never_emptied BEFORE TRUNCATE ON audit_checkpoint FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
