-- Numbers that an agent vendor holds: what it answers with behind our webhook follows the pointer, later and by its own saga.
CREATE TABLE "safety_net" (
    "tenant_id" UUID NOT NULL,
    "deployment_id" UUID NOT NULL,
    "is_held" BOOLEAN,
    "kept_generation" INTEGER,
    "found" JSONB,
    "intended" JSONB,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "failure" TEXT,
    "due_at" TIMESTAMPTZ(6),

    CONSTRAINT "safety_net_pkey" PRIMARY KEY ("tenant_id","deployment_id")
);
ALTER TABLE "safety_net" ADD CONSTRAINT "safety_net_tenant_id_deployment_id_fkey" FOREIGN KEY ("tenant_id", "deployment_id") REFERENCES "deployment"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

ALTER TABLE safety_net ENABLE ROW LEVEL SECURITY;
ALTER TABLE safety_net FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_own ON safety_net TO tandem_app
  USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
  WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY sweep ON safety_net FOR SELECT TO tandem_sweeper USING (true);
GRANT SELECT, INSERT ON safety_net TO tandem_app;
GRANT UPDATE (is_held, kept_generation, found, intended, attempts, failure, due_at) ON safety_net TO tandem_app;
GRANT SELECT (tenant_id, deployment_id, is_held, kept_generation, due_at) ON safety_net TO tandem_sweeper;
-- Whether the pointer has moved since, and whether there is a number at all.
GRANT SELECT (number, generation, pointer_active) ON deployment TO tandem_sweeper;
