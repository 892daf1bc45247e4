-- Drift: the latest look of each deployment, and what people decided about what it found.
CREATE TABLE "drift_look" (
    "tenant_id" UUID NOT NULL,
    "deployment_id" UUID NOT NULL,
    "looked_at" TIMESTAMPTZ(3),
    "complete" BOOLEAN NOT NULL DEFAULT false,
    "resources" JSONB NOT NULL DEFAULT '[]',
    "told" JSONB NOT NULL DEFAULT '[]',
    "due_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "drift_look_pkey" PRIMARY KEY ("tenant_id","deployment_id")
);
CREATE TABLE "drift_decision" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "deployment_id" UUID NOT NULL,
    "address" TEXT NOT NULL,
    "slot" TEXT NOT NULL,
    "answer" TEXT NOT NULL,
    "paths" JSONB NOT NULL,
    "adopted_hash" TEXT,
    "until" TIMESTAMPTZ(3),
    "reason" TEXT NOT NULL,
    "decided_by" TEXT NOT NULL,
    "decided_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "plan_id" UUID,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "drift_decision_pkey" PRIMARY KEY ("tenant_id","id")
);
CREATE UNIQUE INDEX "drift_decision_id_key" ON "drift_decision"("id");
ALTER TABLE "drift_look" ADD CONSTRAINT "drift_look_tenant_id_deployment_id_fkey" FOREIGN KEY ("tenant_id", "deployment_id") REFERENCES "deployment"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;
ALTER TABLE "drift_decision" ADD CONSTRAINT "drift_decision_tenant_id_deployment_id_fkey" FOREIGN KEY ("tenant_id", "deployment_id") REFERENCES "deployment"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

ALTER TABLE drift_decision
  ADD CHECK (slot IN ('blue', 'green', 'none')),
  ADD CHECK (answer IN ('adopt', 'revert', 'ignore')),
  ADD CHECK ((answer = 'ignore') = (until IS NOT NULL)),
  ADD CHECK ((answer = 'adopt') = (adopted_hash IS NOT NULL)),
  ADD CHECK ((answer = 'revert') = (plan_id IS NOT NULL));
-- One decision about an object at a time.
CREATE UNIQUE INDEX drift_decision_one_open ON drift_decision (tenant_id, deployment_id, slot, address) WHERE ended_at IS NULL;
CREATE INDEX drift_look_due ON drift_look (due_at);

ALTER TABLE drift_look ENABLE ROW LEVEL SECURITY;
ALTER TABLE drift_look FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_own ON drift_look TO tandem_app
  USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
  WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY sweep ON drift_look FOR SELECT TO tandem_sweeper USING (true);
GRANT SELECT, INSERT ON drift_look TO tandem_app;
GRANT UPDATE (looked_at, complete, resources, told, due_at) ON drift_look TO tandem_app;
GRANT SELECT (tenant_id, deployment_id, due_at) ON drift_look TO tandem_sweeper;
-- Whether something of a deployment is live tells whether there is anything to look at.
GRANT SELECT (pointer_active) ON deployment TO tandem_sweeper;

ALTER TABLE drift_decision ENABLE ROW LEVEL SECURITY;
ALTER TABLE drift_decision FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_own ON drift_decision TO tandem_app
  USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
  WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
GRANT SELECT, INSERT ON drift_decision TO tandem_app;
GRANT UPDATE (ended_at) ON drift_decision TO tandem_app;
