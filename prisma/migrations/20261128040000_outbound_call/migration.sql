-- Calls that we place: call-backs that somebody asked for.
CREATE TABLE "outbound_call" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "deployment_id" UUID NOT NULL,
    "to_number" TEXT NOT NULL,
    "from_number" TEXT NOT NULL,
    "time_zone" TEXT,
    "lead" JSONB NOT NULL,
    "consent_given_at" TIMESTAMPTZ(3) NOT NULL,
    "consent_source" TEXT NOT NULL,
    "consent_text" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "reason" TEXT,
    "due_at" TIMESTAMPTZ(3),
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "requested_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "claimed_by" TEXT,
    "claimed_until" TIMESTAMPTZ(6),
    "intent_at" TIMESTAMPTZ(6),
    "tries" INTEGER NOT NULL DEFAULT 0,
    "call_id" TEXT,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "outbound_call_pkey" PRIMARY KEY ("tenant_id","id")
);
CREATE UNIQUE INDEX "outbound_call_id_key" ON "outbound_call"("id");
-- One attempt for each lead and consent.
CREATE UNIQUE INDEX "outbound_call_one_attempt" ON "outbound_call"("tenant_id", "deployment_id", "to_number", "consent_given_at");
ALTER TABLE "outbound_call" ADD CONSTRAINT "outbound_call_tenant_id_deployment_id_fkey" FOREIGN KEY ("tenant_id", "deployment_id") REFERENCES "deployment"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

ALTER TABLE outbound_call
  ADD CHECK (state IN ('queued', 'scheduled', 'calling', 'connected', 'voicemail', 'no-answer', 'busy', 'failed', 'refused', 'expired')),
  ADD CHECK (to_number ~ '^\+[1-9][0-9]{6,14}$'),
  -- Open calls have a time at which they are looked at, ended ones an end; what a lead told does not outlive the call.
  ADD CHECK ((state IN ('queued', 'scheduled', 'calling')) = (finished_at IS NULL)),
  ADD CHECK ((finished_at IS NULL) = (due_at IS NOT NULL)),
  ADD CHECK (finished_at IS NULL OR lead = '{}');
-- Nobody is called twice at the same time, and a call that is looked up at the carrier cannot be mistaken for another.
CREATE UNIQUE INDEX outbound_call_one_open ON outbound_call (tenant_id, deployment_id, to_number) WHERE finished_at IS NULL;
CREATE INDEX outbound_call_due ON outbound_call (due_at) WHERE finished_at IS NULL;

ALTER TABLE outbound_call ENABLE ROW LEVEL SECURITY;
ALTER TABLE outbound_call FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_own ON outbound_call TO tandem_app
  USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
  WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY sweep ON outbound_call FOR SELECT TO tandem_sweeper USING (true);
GRANT SELECT, INSERT ON outbound_call TO tandem_app;
GRANT UPDATE (state, reason, due_at, lead, claimed_by, claimed_until, intent_at, tries, call_id, finished_at) ON outbound_call TO tandem_app;
GRANT SELECT (tenant_id, id, due_at, claimed_until, finished_at) ON outbound_call TO tandem_sweeper;
