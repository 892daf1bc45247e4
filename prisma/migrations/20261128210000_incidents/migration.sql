-- How the stacks of each deployment stand, and incidents with what happened in them.
CREATE TABLE "stack_health" (
    "tenant_id" UUID NOT NULL,
    "deployment_id" UUID NOT NULL,
    "looked_at" TIMESTAMPTZ(3),
    "words" JSONB NOT NULL DEFAULT '{}',
    "due_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "stack_health_pkey" PRIMARY KEY ("tenant_id","deployment_id")
);
CREATE TABLE "incident" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "deployment_id" UUID NOT NULL,
    "opened_stack" TEXT,
    "severity" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "content" JSONB NOT NULL,
    "opened_by" TEXT NOT NULL,
    "opened_at" TIMESTAMPTZ(3) NOT NULL,
    "diagnosis_due_at" TIMESTAMPTZ(3),
    "resolution_due_at" TIMESTAMPTZ(3) NOT NULL,
    "resolved_at" TIMESTAMPTZ(3),
    "last_seq" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "incident_pkey" PRIMARY KEY ("tenant_id","id")
);
CREATE TABLE "incident_event" (
    "tenant_id" UUID NOT NULL,
    "incident_id" UUID NOT NULL,
    "seq" INTEGER NOT NULL,
    "effect_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "type" TEXT NOT NULL,
    "actor" TEXT NOT NULL,
    "payload" JSONB NOT NULL,

    CONSTRAINT "incident_event_pkey" PRIMARY KEY ("tenant_id","incident_id","seq")
);
CREATE INDEX "stack_health_due" ON "stack_health"("due_at");
CREATE UNIQUE INDEX "incident_id_key" ON "incident"("id");
CREATE INDEX "incident_tenant_id_opened_at_id_idx" ON "incident"("tenant_id", "opened_at", "id");
CREATE UNIQUE INDEX "incident_event_tenant_id_incident_id_effect_id_key" ON "incident_event"("tenant_id", "incident_id", "effect_id");
ALTER TABLE "stack_health" ADD CONSTRAINT "stack_health_tenant_id_deployment_id_fkey" FOREIGN KEY ("tenant_id", "deployment_id") REFERENCES "deployment"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;
ALTER TABLE "incident" ADD CONSTRAINT "incident_tenant_id_deployment_id_fkey" FOREIGN KEY ("tenant_id", "deployment_id") REFERENCES "deployment"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;
ALTER TABLE "incident_event" ADD CONSTRAINT "incident_event_tenant_id_incident_id_fkey" FOREIGN KEY ("tenant_id", "incident_id") REFERENCES "incident"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

ALTER TABLE incident
  ADD CHECK (opened_stack IN ('telephony', 'audio', 'intelligence', 'output')),
  ADD CHECK (severity IN ('sev-1', 'sev-2')),
  ADD CHECK (state IN ('open', 'concluded', 'resolved')),
  ADD CHECK ((state = 'resolved') = (resolved_at IS NOT NULL));
ALTER TABLE incident_event
  ADD CHECK (type IN ('opened', 'stack-suspected', 'stack-cleared', 'concluded', 'severity-changed', 'noted', 'resolved'));
-- No storm: one at a time for a stack of a deployment.
CREATE UNIQUE INDEX incident_one_open ON incident (tenant_id, deployment_id, opened_stack) WHERE state <> 'resolved';
CREATE INDEX incident_unresolved ON incident (tenant_id, opened_at, id) WHERE state <> 'resolved';
-- Writes at vendors that the health of a deployment counts.
CREATE INDEX step_intents ON step (tenant_id, intent_at) WHERE intent_at IS NOT NULL;

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['stack_health', 'incident', 'incident_event'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format($p$CREATE POLICY tenant_own ON %I TO tandem_app
      USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
      WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)$p$, name);
    EXECUTE format('GRANT SELECT, INSERT ON %I TO tandem_app', name);
    EXECUTE format($p$CREATE POLICY erase ON %I TO tandem_eraser
      USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid
        AND EXISTS (SELECT FROM tenant t WHERE t.id = tenant_id AND t.status = 'offboarded'))$p$, name);
    EXECUTE format('GRANT SELECT (tenant_id), DELETE ON %I TO tandem_eraser', name);
  END LOOP;
END
$$;
GRANT UPDATE (looked_at, words, due_at) ON stack_health TO tandem_app;
GRANT UPDATE (severity, state, content, diagnosis_due_at, resolution_due_at, resolved_at, last_seq) ON incident TO tandem_app;
CREATE POLICY sweep ON stack_health FOR SELECT TO tandem_sweeper USING (true);
GRANT SELECT (tenant_id, deployment_id, due_at) ON stack_health TO tandem_sweeper;
