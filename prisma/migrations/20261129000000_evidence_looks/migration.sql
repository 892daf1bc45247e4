-- What the calls on a release told from look to look: kept when the calls themselves are long erased.
CREATE TABLE "evidence_look" (
    "tenant_id" UUID NOT NULL,
    "rollout_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "watch" TEXT NOT NULL,
    "verdict" JSONB NOT NULL,

    CONSTRAINT "evidence_look_pkey" PRIMARY KEY ("tenant_id","rollout_id","at")
);
ALTER TABLE "evidence_look" ADD CONSTRAINT "evidence_look_tenant_id_rollout_id_fkey" FOREIGN KEY ("tenant_id", "rollout_id") REFERENCES "rollout"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;
ALTER TABLE evidence_look ADD CHECK (watch IN ('shifting', 'baking'));

ALTER TABLE evidence_look ENABLE ROW LEVEL SECURITY;
ALTER TABLE evidence_look FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_own ON evidence_look TO tandem_app
  USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
  WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
GRANT SELECT, INSERT ON evidence_look TO tandem_app;
CREATE POLICY erase ON evidence_look TO tandem_eraser
  USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid
    AND EXISTS (SELECT FROM tenant t WHERE t.id = tenant_id AND t.status = 'offboarded'));
GRANT SELECT (tenant_id), DELETE ON evidence_look TO tandem_eraser;
